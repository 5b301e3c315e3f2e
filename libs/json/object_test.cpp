#include <string>
#include <vector>

#include <ambula/json/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace object_test {

using ambula::Error;
using ambula::ErrorKind;
using ambula::Instant;
using ambula::LocalMinutes;
using ambula::Uuid;
using ambula::json::Object;
using ambula::json::Text;
using ambula::json::Value;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

/// A body and its reader.
struct Body {
  explicit Body(std::string_view text) : value(*ambula::json::parse(text)), object(value) {}
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;

  /// "kind code: pointer=rule …" of what `finish` says.
  std::string verdict() {
    const auto error = object.finish();
    if (!error) return "fine";
    std::string text =
        std::string(error->kind == ErrorKind::malformed ? "400 " : "422 ") + error->code + ":";
    EXPECT_TRUE(error->kind == ErrorKind::malformed || error->kind == ErrorKind::rule);
    for (const auto& field : error->fields) {
      EXPECT_FALSE(field.detail.empty());
      text += " " + field.pointer + "=" + field.rule;
    }
    return text;
  }

  Value value;
  Object object;
};

TEST(JsonObject, ReadsEveryKindOfMember) {
  Body body(R"({"text":" Anna \n","integer":-3,"number":2.5,"whole":4,"boolean":true,
    "uuid":"017F22E2-79B0-7CC3-98C4-DC0C0C07398F","instant":"2026-11-24T10:30:00+01:00",
    "date":"2026-11-24","time":"24:00","choice":"MALE","object":{"a":1},"objects":[{"a":1},{"a":2}],
    "texts":["x","y"],"integers":[1,2],"uuids":["017f22e2-79b0-7cc3-98c4-dc0c0c07398f"]})");
  auto& object = body.object;
  const auto id = *Uuid::parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  EXPECT_EQ(object.text("text"), "Anna");
  EXPECT_EQ(object.integer("integer", -5, 5), -3);
  EXPECT_EQ(object.number("number", 0, 5), 2.5);
  EXPECT_EQ(object.number("whole", 0, 5), 4.0);
  EXPECT_TRUE(object.boolean("boolean"));
  EXPECT_EQ(object.uuid("uuid"), id);
  EXPECT_EQ(object.instant("instant"), *ambula::parse_instant("2026-11-24T09:30:00Z"));
  EXPECT_EQ(object.date("date"), *ambula::parse_date("2026-11-24"));
  EXPECT_EQ(object.local_time("time"), LocalMinutes{1440});
  EXPECT_EQ(object.choice("choice", {"FEMALE", "MALE"}), 1U);
  EXPECT_EQ(object.object("object").integer("a", 0, 5), 1);
  auto objects = object.objects("objects", 0, 5);
  ASSERT_EQ(objects.size(), 2U);
  EXPECT_EQ(objects[0].integer("a", 0, 5), 1);
  EXPECT_EQ(objects[1].integer("a", 0, 5), 2);
  EXPECT_THAT(object.texts("texts", 0, 5), ElementsAre("x", "y"));
  EXPECT_THAT(object.integers("integers", 0, 5, 0, 5), ElementsAre(1, 2));
  EXPECT_THAT(object.uuids("uuids", 0, 5), ElementsAre(id));
  EXPECT_EQ(body.verdict(), "fine");
}

TEST(JsonObject, OptionalMembersMayBeMissingOrNull) {
  Body body(R"({"text":null,"integer":null,"object":null})");
  auto& object = body.object;
  EXPECT_EQ(object.optional_text("text"), std::nullopt);
  EXPECT_EQ(object.optional_integer("integer", 0, 1), std::nullopt);
  EXPECT_EQ(object.optional_number("number", 0, 1), std::nullopt);
  EXPECT_EQ(object.optional_boolean("boolean"), std::nullopt);
  EXPECT_EQ(object.optional_uuid("uuid"), std::nullopt);
  EXPECT_EQ(object.optional_instant("instant"), std::nullopt);
  EXPECT_EQ(object.optional_date("date"), std::nullopt);
  EXPECT_EQ(object.optional_local_time("time"), std::nullopt);
  EXPECT_EQ(object.optional_choice("choice", {"A"}), std::nullopt);
  EXPECT_FALSE(object.optional_object("object"));
  EXPECT_EQ(body.verdict(), "fine");
}

TEST(JsonObject, OptionalMembersAreReadWhenPresent) {
  Body body(
      R"({"text":"x","integer":1,"number":0.5,"boolean":false,"instant":"2026-11-24T09:30:00Z",
    "date":"2026-11-24","time":"09:00","choice":"B","object":{"a":1},
    "uuid":"017f22e2-79b0-7cc3-98c4-dc0c0c07398f"})");
  auto& object = body.object;
  EXPECT_EQ(object.optional_text("text"), "x");
  EXPECT_EQ(object.optional_integer("integer", 0, 1), 1);
  EXPECT_EQ(object.optional_number("number", 0, 1), 0.5);
  EXPECT_EQ(object.optional_boolean("boolean"), false);
  EXPECT_TRUE(object.optional_uuid("uuid"));
  EXPECT_TRUE(object.optional_instant("instant"));
  EXPECT_TRUE(object.optional_date("date"));
  EXPECT_EQ(object.optional_local_time("time"), LocalMinutes{540});
  EXPECT_EQ(object.optional_choice("choice", {"A", "B"}), 1U);
  EXPECT_EQ(object.optional_object("object")->integer("a", 0, 1), 1);
  EXPECT_EQ(body.verdict(), "fine");
}

// INT-2: errors[] names every fault by its pointer.
TEST(JsonObject, CollectsEveryFaultInTheOrderOfDiscovery) {
  Body body(R"({"name":5,"items":[{"quantity":0},{"quantity":"x","extra":1}],"also":true})");
  auto& object = body.object;
  object.text("name");
  object.uuid("patient_id");
  for (auto& item : object.objects("items", 1, 9))
    item.integer("quantity", 1, 9);
  EXPECT_EQ(body.verdict(),
            "400 invalid-request: /name=type /patient_id=required /items/0/quantity=range "
            "/items/1/quantity=type /also=unknown-field /items/1/extra=unknown-field");
}

TEST(JsonObject, ValueFaultsAloneAre422) {
  Body body(R"({"a":"","b":10,"c":"X","d":"a\u0007b","e":[],"f":0.1})");
  auto& object = body.object;
  object.text("a");
  object.integer("b", 0, 9);
  object.choice("c", {"A", "B"});
  object.text("d");
  object.texts("e", 1, 2);
  object.number("f", 1, 2);
  EXPECT_EQ(body.verdict(),
            "422 invalid-value: /a=length /b=range /c=choice /d=control-character /e=length "
            "/f=range");
}

TEST(JsonObject, AMissingOrNullMemberIsRequired) {
  Body body(R"({"a":null})");
  auto& object = body.object;
  object.text("a");
  EXPECT_EQ(object.integer("b", 5, 9), 0);
  object.objects("c", 0, 1);
  object.object("d").text("never-told");
  EXPECT_EQ(body.verdict(), "400 invalid-request: /a=required /b=required /c=required /d=required");
}

TEST(JsonObject, IntegersAreIntegers) {
  for (const char* text : {"3.99", "3.0", "true", "\"3\"", "[3]", "{}", "1e2"}) {
    Body body(std::string(R"({"a":)") + text + "}");
    EXPECT_EQ(body.object.integer("a", 0, 1000), 0);
    EXPECT_EQ(body.verdict(), "400 invalid-request: /a=type") << text;
  }
  Body large(R"({"a":4294967297})");
  EXPECT_EQ(large.object.integer("a", 0, INT64_MAX), 4294967297);
  Body beyond_int(R"({"a":4294967297})");
  beyond_int.object.integer("a", 0, 1'000'000);
  EXPECT_EQ(beyond_int.verdict(), "422 invalid-value: /a=range");
  Body edges(R"({"a":-9223372036854775808,"b":9223372036854775807})");
  EXPECT_EQ(edges.object.integer("a", INT64_MIN, 0), INT64_MIN);
  EXPECT_EQ(edges.object.integer("b", 0, INT64_MAX), INT64_MAX);
  EXPECT_EQ(edges.verdict(), "fine");
}

TEST(JsonObject, AnUnsignedValueOfOurOwnIsReadToo) {
  const Value value{{"a", std::uint64_t{7}}, {"b", UINT64_MAX}};
  Object object(value);
  EXPECT_EQ(object.integer("a", 0, 9), 7);
  object.integer("b", 0, 9);
  EXPECT_EQ(object.finish()->fields.at(0).rule, "type");
}

TEST(JsonObject, WrongTypesAreShapeFaults) {
  struct Row {
    const char* text;
    const char* rule;
  };
  const std::vector<Row> rows{
      {"5", "type"}, {"null", "required"}, {"{}", "type"}, {"\"x\"", "format"}};
  for (const auto& [text, rule] : rows) {
    Body body(std::string(R"({"a":)") + text + R"(,"b":)" + text + R"(,"c":)" + text + R"(,"d":)" +
              text + "}");
    body.object.uuid("a");
    body.object.instant("b");
    body.object.date("c");
    body.object.local_time("d");
    const std::string r = rule;
    EXPECT_EQ(body.verdict(),
              "400 invalid-request: /a=" + r + " /b=" + r + " /c=" + r + " /d=" + r);
  }
}

TEST(JsonObject, FarYearsAreOutOfRangeNotMalformed) {
  struct Row {
    const char* date;
    const char* verdict;
  };
  for (const auto& [date, verdict] :
       std::initializer_list<Row>{{"2201-01-01", "422 invalid-value: /a=range"},
                                  {"1899-12-31", "422 invalid-value: /a=range"},
                                  {"0001-01-01", "422 invalid-value: /a=range"},
                                  {"9999-12-31", "422 invalid-value: /a=range"},
                                  {"2400-02-29", "422 invalid-value: /a=range"},
                                  {"2300-02-29", "400 invalid-request: /a=format"},
                                  {"2026-02-30", "400 invalid-request: /a=format"},
                                  {"2026-13-01", "400 invalid-request: /a=format"},
                                  {"20260101", "400 invalid-request: /a=format"},
                                  {"", "400 invalid-request: /a=format"},
                                  {"202", "400 invalid-request: /a=format"},
                                  {"2026", "400 invalid-request: /a=format"}}) {
    Body body(std::string(R"({"a":")") + date + "\"}");
    body.object.date("a");
    EXPECT_EQ(body.verdict(), verdict) << date;
  }
  Body body(R"({"a":"2500-01-01T00:00:00Z","b":"2500-01-01T00:00:00"})");
  body.object.instant("a");
  EXPECT_EQ(body.object.finish()->fields.at(0).rule, "range");
  body.object.instant("b");
  EXPECT_EQ(body.verdict(), "400 invalid-request: /a=range /b=format");
}

TEST(JsonObject, TextIsCountedInCharacters) {
  Body body(R"({"a":"äöü","b":"äöüß","c":"  x  ","d":"one\ntwo","e":"one\ntwo","f":"\u0000"})");
  auto& object = body.object;
  EXPECT_EQ(object.text("a", {.max = 3}), "äöü");
  EXPECT_EQ(object.text("b", {.max = 3}), "");
  EXPECT_EQ(object.text("c", {.max = 1}), "x");
  EXPECT_EQ(object.text("d", {.multiline = true}), "one\ntwo");
  object.text("e");
  object.text("f", {.multiline = true});
  EXPECT_EQ(body.verdict(),
            "422 invalid-value: /b=length /e=control-character /f=control-character");
}

TEST(JsonObject, TextThatIsNotUtf8IsAFault) {
  const Value value{{"a", "x\xFFz"}};
  Object object(value);
  object.text("a");
  EXPECT_EQ(object.finish()->fields.at(0).rule, "utf8");
}

TEST(JsonObject, EmptyTextWhereItMayBe) {
  Body body(R"({"a":"  "})");
  EXPECT_EQ(body.object.text("a", {.min = 0}), "");
  EXPECT_EQ(body.verdict(), "fine");
}

TEST(JsonObject, ListsNameTheirElements) {
  Body body(R"({"a":["x",5,""],"b":[1,"2",30],"c":["nonsense"],"d":[{},7],"e":{},"f":[1,2,3]})");
  auto& object = body.object;
  EXPECT_THAT(object.texts("a", 0, 9), ElementsAre("x"));
  EXPECT_THAT(object.integers("b", 0, 9, 0, 9), ElementsAre(1));
  object.uuids("c", 0, 9);
  EXPECT_EQ(object.objects("d", 0, 9).size(), 2U);
  object.objects("e", 0, 9);
  EXPECT_TRUE(object.integers("f", 0, 2, 0, 9).empty());
  EXPECT_EQ(body.verdict(),
            "400 invalid-request: /a/1=type /a/2=length /b/1=type /b/2=range /c/0=format "
            "/d/1=type /e=type /f=length");
}

TEST(JsonObject, ABodyThatIsNoObjectIsOneFault) {
  for (const char* text : {"[]", "5", "null", "\"x\""}) {
    Body body(text);
    EXPECT_EQ(body.object.text("a"), "");
    EXPECT_FALSE(body.object.has("a"));
    EXPECT_TRUE(body.object.object("b").objects("c", 1, 2).empty());
    EXPECT_EQ(body.verdict(), "400 invalid-request: =type") << text;
  }
}

TEST(JsonObject, UnknownFieldsAreFoundInEveryNestedObject) {
  Body body(R"({"a":{"b":{"x1":0}},"x2":0,"c":[{"x3":0},{"d":1}],"never":{"inside":1}})");
  auto& object = body.object;
  object.object("a").object("b");
  for (auto& one : object.objects("c", 0, 9))
    one.optional_integer("d", 0, 9);
  EXPECT_EQ(body.verdict(),
            "400 invalid-request: /x2=unknown-field /never=unknown-field /a/b/x1=unknown-field "
            "/c/0/x3=unknown-field");
  // Asking again gives the same.
  EXPECT_EQ(object.finish()->fields.size(), 4U);
}

TEST(JsonObject, AskingIsKnowing) {
  Body body(R"({"a":1,"b":null,"c":[],"d":0})");
  auto& object = body.object;
  EXPECT_TRUE(object.has("a"));
  EXPECT_FALSE(object.has("b"));
  EXPECT_TRUE(object.is_null("b"));
  EXPECT_FALSE(object.is_null("a"));
  EXPECT_TRUE(object.is_present("c"));
  EXPECT_TRUE(object.has("c"));
  EXPECT_FALSE(object.is_present("z"));
  EXPECT_FALSE(object.is_null("z"));
  EXPECT_EQ(body.verdict(), "400 invalid-request: /d=unknown-field");
}

TEST(JsonObject, NamesAreWhole) {
  Body body(R"({"nam":1,"names":1,"Name":1})");
  EXPECT_FALSE(body.object.has("name"));
  EXPECT_EQ(body.object.finish()->fields.size(), 3U);
}

TEST(JsonObject, ServerFieldsAloneAreReadOnly) {
  Body body(R"({"id":"x","version":null,"name":"Anna"})");
  body.object.read_only({"id", "version", "status"});
  body.object.text("name");
  EXPECT_EQ(body.verdict(), "400 read-only: /id=read-only /version=read-only");
}

TEST(JsonObject, ServerFieldsAmongOtherFaultsAreNot) {
  Body shape(R"({"id":"x","extra":1})");
  shape.object.read_only({"id"});
  EXPECT_EQ(shape.verdict(), "400 invalid-request: /id=read-only /extra=unknown-field");
  Body value(R"({"id":"x","name":""})");
  value.object.read_only({"id"});
  value.object.text("name");
  EXPECT_EQ(value.verdict(), "400 invalid-request: /id=read-only /name=length");
}

TEST(JsonObject, CodecsAddFaultsOfTheirOwn) {
  Body body(R"({"from":2,"to":1})");
  auto& object = body.object;
  if (object.integer("from", 0, 9) > object.integer("to", 0, 9)) {
    object.fault("to", "range", "Must not be before from.");
  }
  EXPECT_EQ(body.verdict(), "422 invalid-value: /to=range");
  object.fault("", "required", "Give one of two.", true);
  EXPECT_EQ(body.verdict(), "400 invalid-request: /to=range =required");
}

TEST(JsonObject, PointersAreEscaped) {
  Body body(R"({"a":{}})");
  EXPECT_EQ(body.object.object("a").pointer("x/y~z"), "/a/x~1y~0z");
  EXPECT_EQ(body.object.object("a").pointer(""), "/a");
  EXPECT_EQ(body.object.pointer(""), "");
}

TEST(JsonObject, TellsAtMostAHundredFaults) {
  std::string text = "{";
  for (int i = 0; i < 5'000; ++i)
    text += "\"k" + std::to_string(i) + "\":0,";
  Body body(text + "\"end\":0}");
  const auto error = body.object.finish();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->fields.size(), 100U);
}

TEST(JsonObject, AShapeFaultBehindAHundredOthersIsStillA400) {
  std::string text = R"({"a":[)";
  for (int i = 0; i < 150; ++i)
    text += "99,";
  Body body(text + R"(99],"extra":1})");
  body.object.integers("a", 0, 1000, 0, 9);
  EXPECT_EQ(body.object.finish()->kind, ErrorKind::malformed);
}

// AUD-2: no refused value and no odd name stands in an error.
TEST(JsonObject, NeverRepeatsWhatWasSent) {
  Body body(R"({"text":"CANARY\u0001","integer":"CANARY","uuid":"CANARY","date":"CANARY",
    "choice":"CANARY","long":"CANARYCANARY","CANARY Anna":1,"CANARY":2,"Canary/x":3,
    "list":["CANARY"]})");
  auto& object = body.object;
  object.text("text");
  object.integer("integer", 0, 1);
  object.uuid("uuid");
  object.date("date");
  object.choice("choice", {"A"});
  object.text("long", {.max = 3});
  object.integers("list", 0, 1, 0, 1);
  const auto error = object.finish();
  ASSERT_TRUE(error);
  std::string all = error->code + error->detail;
  for (const auto& field : error->fields)
    all += field.pointer + field.rule + field.detail;
  EXPECT_THAT(all, Not(HasSubstr("CANARY")));
  EXPECT_THAT(all, Not(HasSubstr("Canary")));
  // The odd names are told as one fault of their object.
  EXPECT_EQ(error->fields.back().pointer, "");
  EXPECT_EQ(error->fields.back().rule, "unknown-field");
  EXPECT_EQ(error->fields.size(), 8U);
}

TEST(JsonObject, CopiesShareWhatWasFound) {
  Body body(R"({"a":1,"b":"x"})");
  Object copy = body.object;
  copy.integer("a", 0, 9);
  copy.integer("b", 0, 9);
  EXPECT_EQ(body.verdict(), "400 invalid-request: /b=type");
}

TEST(JsonObject, AnyValueIsReadOrRefused) {
  EXPECT_TRUE(rc::check("readers never crash and a fault is never lost", [] {
    static const std::vector<Value> values{nullptr,
                                           true,
                                           0,
                                           -1,
                                           3.5,
                                           1e300,
                                           "",
                                           "x",
                                           "2026-11-24",
                                           "2026-11-24T09:30:00Z",
                                           "09:00",
                                           Value::array(),
                                           Value::array({1}),
                                           Value::array({nullptr}),
                                           Value::object(),
                                           Value{{"a", 1}},
                                           "017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
                                           UINT64_MAX,
                                           "\xFF"};
    const Value one = *rc::gen::element(0UL, 1UL) == 0
                          ? values[*rc::gen::inRange<std::size_t>(0, values.size())]
                          : Value(*rc::gen::arbitrary<std::string>());
    const Value whole{{"a", one}};
    int accepted = 0;
    const auto attempt = [&](const auto& read) {
      Object object(whole);
      read(object);
      accepted += object.finish() ? 0 : 1;
    };
    attempt([](Object& o) { o.text("a"); });
    attempt([](Object& o) { o.integer("a", 0, 9); });
    attempt([](Object& o) { o.number("a", 0, 9); });
    attempt([](Object& o) { o.boolean("a"); });
    attempt([](Object& o) { o.uuid("a"); });
    attempt([](Object& o) { o.instant("a"); });
    attempt([](Object& o) { o.date("a"); });
    attempt([](Object& o) { o.local_time("a"); });
    attempt([](Object& o) { o.texts("a", 1, 2); });
    attempt([](Object& o) { o.integers("a", 1, 2, 0, 9); });
    attempt([](Object& o) { o.uuids("a", 1, 2); });
    // A text may also be a date, a number also an integer; nothing is three things.
    RC_ASSERT(accepted <= 2);
    RC_ASSERT(!one.is_null() || accepted == 0);
  }));
}

TEST(JsonWrite, PutsWhatThereIs) {
  Value object;
  object["id"] = ambula::json::of(*Uuid::parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"));
  object["at"] = ambula::json::of(*ambula::parse_instant("2026-11-24T09:30:00Z"));
  object["on"] = ambula::json::of(*ambula::parse_date("2026-11-24"));
  object["from"] = ambula::json::of(LocalMinutes{540});
  object["names"] = ambula::json::of(std::vector<std::string>{"a", "b"});
  object["none"] = ambula::json::of(std::optional<std::int64_t>{});
  object["truth"] = ambula::json::of(true);
  ambula::json::put(object, "absent", std::optional<std::string>{});
  ambula::json::put(object, "present", std::optional<std::string>{"x"});
  EXPECT_EQ(ambula::json::dump(object),
            R"({"id":"017f22e2-79b0-7cc3-98c4-dc0c0c07398f","at":"2026-11-24T09:30:00Z",)"
            R"("on":"2026-11-24","from":"09:00","names":["a","b"],"none":null,"truth":true,)"
            R"("present":"x"})");
}

}  // namespace object_test

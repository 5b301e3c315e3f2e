#include "consultation/store/diagnosis_codes.hpp"
#include "fixture_test.hpp"

// Notes field by field, and the facility's diagnosis codes [CON-2].
namespace ambula::consultation::api::notes_test {

using flow_test::Flow;

class Notes : public Flow {
 protected:
  Result<Answer> save(const Uuid& one, const std::string& note) {
    return run(update_consultation, R"({"note":)" + note + "}", one);
  }
  void load(std::vector<domain::DiagnosisCode> codes) {
    ASSERT_TRUE(session.transact([&](db::Transaction& tx) -> Result<void> {
      store::replace_codes(tx, facility, codes);
      return {};
    }));
  }
  std::vector<std::string> find(const std::string& text, const std::string& limit = "20") {
    const auto found =
        body(list(as(auth::Role::doctor), find_diagnosis_codes, {{"q", text}, {"limit", limit}}));
    std::vector<std::string> codes;
    for (const auto& one : found.at("items"))
      codes.push_back(one.at("code").get<std::string>());
    return codes;
  }
};

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(Notes, AMergePatchKeepsWhatItDoesNotName) {
  const auto one = started();
  EXPECT_TRUE(save(one, R"({"vitals":{"pulse":80,"spo2":97},"follow_up":{"on":"2026-12-01"}})"));
  EXPECT_TRUE(
      save(one, R"({"vitals":{"systolic":120,"spo2":null},"follow_up":{"note":"fasting"}})"));
  auto note = body(run(get_consultation, "", one)).at("note");
  EXPECT_EQ(note.at("vitals").dump(), R"({"systolic":120,"pulse":80})");
  EXPECT_EQ(note.at("follow_up").dump(), R"({"on":"2026-12-01","note":"fasting"})");
  EXPECT_TRUE(save(one, R"({"vitals":null,"follow_up":{"on":null,"note":null}})"));
  note = body(run(get_consultation, "", one)).at("note");
  EXPECT_FALSE(note.contains("vitals"));
  EXPECT_FALSE(note.contains("follow_up"));
}

TEST_F(Notes, AStaleSaveLearnsThePresentVersion) {
  const auto one = started();
  EXPECT_TRUE(save(one, R"({"complaint":"Cough"})"));
  EXPECT_TRUE(save(one, R"({"plan":"Rest"})"));
  const auto stale = run(update_consultation, R"({"note":{"plan":"Run"}})", one, "\"v2\"");
  ASSERT_EQ(code(stale), "version-mismatch");
  EXPECT_THAT(stale.error().members, ElementsAre(::testing::Pair("version", "3")));
  EXPECT_EQ(body(run(get_consultation, "", one)).at("note").at("plan"), "Rest");
}

TEST_F(Notes, PressuresAreComparedOverSaves) {
  const auto one = started();
  EXPECT_TRUE(save(one, R"({"vitals":{"systolic":110}})"));
  EXPECT_EQ(code(save(one, R"({"vitals":{"diastolic":120}})")), "implausible-vitals");
}

TEST_F(Notes, CodesHaveTheShapeOfIcd10) {
  const auto one = started();
  const auto refused =
      save(one, R"({"diagnoses":[{"code":"J20.9","text":"x"},{"code":"banana","text":"x"}]})");
  ASSERT_EQ(code(refused), "invalid-value");
  EXPECT_EQ(refused.error().fields.at(0).pointer, "/note/diagnoses/1/code");
  EXPECT_EQ(refused.error().fields.at(0).rule, "icd10");
  EXPECT_TRUE(save(one, R"({"diagnoses":[{"code":"123","system":"SNOMED CT","text":"x"}]})"))
      << "other systems have other codes";
  const auto small = body(save(one, R"({"diagnoses":[{"code":"j20.9"}]})"));
  EXPECT_EQ(small.at("note").at("diagnoses").dump(),
            R"([{"code":"J20.9","text":"J20.9","primary":false}])");
  EXPECT_EQ(code(save(one, R"({"diagnoses":[{"primary":true}]})")), "invalid-request")
      << "a code or a text";
}

TEST_F(Notes, CodesExistWhereAListWasLoaded) {
  const auto one = started();
  EXPECT_TRUE(save(one, R"({"diagnoses":[{"code":"Z99.9","text":"before the list"}]})"));
  load({{"J20.9", "Acute bronchitis, unspecified"}});
  const auto refused = save(one, R"({"diagnoses":[{"text":"x"},{"code":"J20.8","text":"x"}]})");
  ASSERT_EQ(code(refused), "unknown-diagnosis-code");
  EXPECT_EQ(refused.error().fields.at(0).pointer, "/note/diagnoses/1/code");
  const auto kept = body(
      save(one, R"({"diagnoses":[{"code":"Z99.9","text":"before the list"},{"code":"J20.9"}]})"));
  EXPECT_EQ(kept.at("note").at("diagnoses").at(1).at("text"), "Acute bronchitis, unspecified")
      << "the list's text";
  EXPECT_EQ(code(save(one, R"({"plan":"Rest"})")), "");
}

TEST_F(Notes, CodesAreFoundByCodeAndByWords) {
  load({{"J20", "Acute bronchitis"},
        {"J20.9", "Acute bronchitis, unspecified"},
        {"J21.0", "Acute bronchiolitis due to respiratory syncytial virus"},
        {"H81.0", "Ménière's disease"},
        {"D51.0", "Vitamin B12 deficiency anemia due to intrinsic factor deficiency"},
        {"B12", "A code like a vitamin"}});
  EXPECT_THAT(find("j20"), ElementsAre("J20", "J20.9"));
  EXPECT_THAT(find("J20."), ElementsAre("J20.9"));
  EXPECT_THAT(find("j209"), ElementsAre("J20.9"));
  EXPECT_THAT(find("bronch acu"), ElementsAre("J20", "J20.9", "J21.0")) << "general ones first";
  EXPECT_THAT(find("MENIERE"), ElementsAre("H81.0"));
  EXPECT_THAT(find("b12"), ElementsAre("B12", "D51.0")) << "codes before words";
  EXPECT_THAT(find("acute", "1"), ElementsAre("J20"));
  EXPECT_THAT(find("'); --"), IsEmpty());
  EXPECT_THAT(find("acute & !bronchitis | x"), IsEmpty())
      << "every word counts, nothing is an operator";
  EXPECT_THAT(find("1"), IsEmpty()) << "the list's own number is no word";
}

TEST_F(Notes, AFacilitySeesItsOwnList) {
  load({{"J20", "Acute bronchitis"}});
  auto elsewhere = as(auth::Role::doctor);
  elsewhere.facility_id = Uuid::make();
  EXPECT_TRUE(body(list(elsewhere, find_diagnosis_codes, {{"q", "bronch"}})).at("items").empty());
  load({{"J00", "Common cold"}});
  EXPECT_THAT(find("bronch"), IsEmpty()) << "a new list takes the old one's place";
  EXPECT_EQ(code(list(elsewhere, find_diagnosis_codes, {})), "invalid-request");
}

/// No search reads the whole list. (How long each takes with 75 000 codes stands in the README.)
TEST_F(Notes, ASearchUsesItsIndexes) {
  std::vector<domain::DiagnosisCode> codes;
  for (int i = 0; i < 26 * 10 * 10 * 3; ++i) {
    const int n = i / 3;
    std::string code{static_cast<char>('A' + n / 100), static_cast<char>('0' + n / 10 % 10),
                     static_cast<char>('0' + n % 10)};
    if (i % 3 > 0) code += "." + std::to_string(i % 3);
    codes.push_back({code, "Disorder number " + std::to_string(n) +
                               ", initial encounter, variant " + std::to_string(i % 3)});
  }
  load(codes);
  session.run_script("ANALYZE diagnosis_code, diagnosis_word");
  const auto plan = [&](const db::Statement& statement, const auto&... arguments) {
    const auto text = "EXPLAIN (COSTS OFF) " + std::string(statement.sql);
    const std::string name = "explain_" + std::string(statement.name);
    std::string lines;
    for (const auto row : session.read(db::Statement{name, text}, facility, arguments...))
      lines += row.template get<std::string>("QUERY PLAN") + "\n";
    return lines;
  };
  using ::testing::HasSubstr;
  const std::vector<std::string> one = {"7"};
  const std::vector<std::string> all = {"7", "variant"};
  EXPECT_THAT(plan(sql::find_codes_by_prefix, std::string("J2"), 20),
              HasSubstr("diagnosis_code_pkey"));
  EXPECT_THAT(plan(sql::find_codes_by_words, one, all, 20), HasSubstr("diagnosis_code_words"));
  EXPECT_THAT(plan(sql::count_diagnosis_words, std::string("initial enc")),
              HasSubstr("diagnosis_word_pkey"));
  EXPECT_EQ(find("initial enc").size(), 20U);
  EXPECT_EQ(find("disorder 2599").size(), 3U);
  EXPECT_THAT(find("initial zebra"), IsEmpty());
}

}  // namespace ambula::consultation::api::notes_test

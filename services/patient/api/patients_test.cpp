#include <algorithm>

#include <ambula/json/json.hpp>
#include <ambula/testing/postgres.hpp>

#include "patient/store/fixture_test.hpp"

// The registry's handlers, called as the dispatcher calls them [PAT-1, PAT-2, PAT-3, PAT-4].
namespace ambula::patient::api::patients_test {

using fixture_test::Request;
using fixture_test::Role;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Patients : public fixture_test::Fixture {
 protected:
  Result<Answer> patch(const Uuid& id, const json::Value& body) { return patch(desk(), id, body); }
  Result<Answer> patch(const auth::Principal& principal, const Uuid& id, const json::Value& body) {
    return run(update_patient, principal, id, {.body = json::dump(body)});
  }
  Result<Answer> registered(const json::Value& body) {
    return run(register_patient, desk(), {}, {.body = json::dump(body)});
  }
  static std::vector<std::string> pointers(const Result<Answer>& answer) {
    std::vector<std::string> found;
    if (answer) return found;
    for (const auto& field : answer.error().fields)
      found.push_back(field.pointer);
    return found;
  }
  std::vector<std::string> event_types(const Uuid& id) {
    const db::Statement statement{"types",
                                  "SELECT array_agg(type || ' ' || aggregate_version ORDER BY id) "
                                  "AS types FROM outbox WHERE key = $1"};
    return session.read(statement, id.str()).front().get<std::vector<std::string>>("types");
  }
};

TEST_F(Patients, ARegistrationAnswersTheWholeRecord) {  // PAT-1
  auto body = person();
  body["email"] = "asha@mail.example";
  const auto answer = registered(body);
  const auto value = json_of(answer);
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(answer->version, 1);
  EXPECT_EQ(answer->location, "/v1/patients/" + value.at("id").get<std::string>());
  EXPECT_THAT(answer->patients, ElementsAre(id_of(value)));
  EXPECT_EQ(value.at("mrn"), "AMB-00000015");
  EXPECT_EQ(value.at("status"), "ACTIVE");
  EXPECT_EQ(value.at("birth_date_estimated"), false);
  EXPECT_EQ(value.at("created_by"), actor.str());
  EXPECT_EQ(value.at("created_at"), "2026-11-24T04:00:00Z");
  EXPECT_FALSE(value.contains("phone")) << "absent, not null";
  EXPECT_THAT(event_types(id_of(value)), ElementsAre("PatientRegistered 1"));
  EXPECT_EQ(json_of(run(get_patient, desk(), id_of(value))), value);
}

TEST_F(Patients, AnAgeIsAnEstimatedBirthDateOnTheFacilitysDay) {  // PAT-1
  know_facility(facility, "AMB", "Pacific/Kiritimati");           // already the 24th, 18:00
  auto body = person();
  body.erase("birth_date");
  body["age_years"] = 36;
  auto value = json_of(registered(body));
  EXPECT_EQ(value.at("birth_date"), "1990-11-24");
  EXPECT_EQ(value.at("birth_date_estimated"), true);
  know_facility(facility, "AMB", "Pacific/Pago_Pago");  // still the 23rd, 17:00
  EXPECT_EQ(json_of(registered(body)).at("birth_date"), "1990-11-23");
  value = json_of(patch(id_of(value), {{"birth_date", "1991-01-01"}}));
  EXPECT_EQ(value.at("birth_date_estimated"), false) << "a date that somebody knows";
  value = json_of(patch(id_of(value), {{"age_years", 40}}));
  EXPECT_EQ(value.at("birth_date"), "1986-11-23");
  EXPECT_EQ(value.at("birth_date_estimated"), true);
}

TEST_F(Patients, TomorrowIsTheFacilitysTomorrow) {
  auto body = person();
  body["birth_date"] = "2026-11-24";
  EXPECT_TRUE(registered(body));
  know_facility(facility, "AMB", "Pacific/Pago_Pago");
  EXPECT_EQ(code_of(registered(body)), "invalid-value");
  EXPECT_THAT(pointers(registered(body)), ElementsAre("/birth_date"));
}

TEST_F(Patients, MalformedRegistrationsAreRefused) {
  auto body = person();
  body.erase("birth_date");
  EXPECT_EQ(code_of(registered(body)), "invalid-request");
  EXPECT_THAT(pointers(registered(body)), ElementsAre("/birth_date"));
  body["birth_date"] = "1990-02-28";
  body["age_years"] = 3;
  EXPECT_THAT(pointers(registered(body)), ElementsAre("/age_years"));
  body.erase("age_years");
  for (const auto* field : {"id", "mrn", "status", "version", "account_id", "created_at"}) {
    auto more = body;
    more[field] = "x";
    EXPECT_EQ(code_of(registered(more)), "read-only") << field;
  }
  auto more = body;
  more["nickname"] = "x";
  EXPECT_EQ(code_of(registered(more)), "invalid-request");
  EXPECT_EQ(code_of(registered(json::Value::object())), "invalid-request");
  more = body;
  more["blood_group"] = "C+";
  more["address"] = {{"planet", "Mars"}};
  EXPECT_EQ(code_of(registered(more)), "invalid-request");
  more.erase("address");
  EXPECT_EQ(code_of(registered(more)), "invalid-value");
  more = body;
  more["emergency_contact"] = {{"phone", "12345"}};
  EXPECT_THAT(pointers(registered(more)), ElementsAre("/emergency_contact/name"));
}

TEST_F(Patients, AnUnknownFacilityIsWaitedFor) {
  auto principal = desk();
  principal.facility_id = Uuid::make(now);
  EXPECT_EQ(code_of(run(register_patient, principal, {}, {.body = json::dump(person())})),
            "projection-behind");
  principal.facility_id = Uuid::make(now - std::chrono::hours{1});
  EXPECT_EQ(code_of(run(register_patient, principal, {}, {.body = json::dump(person())})),
            "facility-not-found");
}

TEST_F(Patients, AnAddressBelongsToOneActivePatient) {  // PAT-2
  auto body = person();
  body["email"] = "Asha@mail.example";
  const auto first = id_of(json_of(registered(body)));
  body["email"] = "aSHA@MAIL.example";
  auto refused = registered(body);
  EXPECT_EQ(code_of(refused), "email-taken");
  EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
  EXPECT_THAT(pointers(refused), ElementsAre("/email"));

  const auto other = add_person();
  refused = patch(other, {{"email", "asha@mail.example"}});
  EXPECT_EQ(code_of(refused), "email-taken");
  EXPECT_THAT(pointers(refused), ElementsAre("/email"));

  ASSERT_TRUE(run(deactivate_patient, desk(), first, {.body = R"({"reason":"moved"})"}));
  EXPECT_TRUE(patch(other, {{"email", "asha@mail.example"}})) << "free again";
  EXPECT_EQ(code_of(run(reactivate_patient, desk(), first)), "email-taken");
  ASSERT_TRUE(patch(first, {{"email", nullptr}})) << "an inactive record is mended too";
  EXPECT_TRUE(run(reactivate_patient, desk(), first));

  facility = Uuid::make();
  know_facility(facility, "TWO", "UTC");
  EXPECT_TRUE(registered(body)) << "another facility's patients have their own addresses";
}

TEST_F(Patients, APatchKeepsClearsAndSets) {  // PAT-4
  auto body = person();
  body["phone"] = "12345";
  body["address"] = {{"line", "1 Road"}, {"city", "Chennai"}};
  body["emergency_contact"] = {{"name", "Ravi"}, {"relationship", "brother"}};
  const auto id = id_of(add(body));
  auto answer = patch(id, {{"phone", nullptr},
                           {"family_name", "Example"},
                           {"address", {{"line", nullptr}, {"state", "TN"}}},
                           {"emergency_contact", {{"phone", "54321"}}}});
  auto value = json_of(answer);
  EXPECT_FALSE(value.contains("phone"));
  EXPECT_EQ(value.at("family_name"), "Example");
  EXPECT_EQ(value.at("address"), (json::Value{{"city", "Chennai"}, {"state", "TN"}}));
  EXPECT_EQ(value.at("emergency_contact"),
            (json::Value{{"name", "Ravi"}, {"relationship", "brother"}, {"phone", "54321"}}));
  EXPECT_EQ(value.at("version"), 2);
  EXPECT_EQ(answer->version, 2);
  EXPECT_THAT(answer->changed, ElementsAre("family_name", "phone", "address", "emergency_contact"));
  EXPECT_EQ(answer->resource, "patient/" + id.str());
  value = json_of(patch(id, {{"address", nullptr}, {"emergency_contact", nullptr}}));
  EXPECT_FALSE(value.contains("address"));
  EXPECT_FALSE(value.contains("emergency_contact"));
  EXPECT_EQ(code_of(patch(id, {{"given_name", nullptr}})), "invalid-request");
  EXPECT_EQ(code_of(patch(id, {{"birth_date", nullptr}})), "invalid-request");
  EXPECT_EQ(code_of(patch(id, {{"sex", nullptr}})), "invalid-request");
  EXPECT_EQ(code_of(patch(id, {{"mrn", "X"}})), "read-only");
  EXPECT_THAT(event_types(id),
              ElementsAre("PatientRegistered 1", "PatientUpdated 2", "PatientUpdated 3"));
}

TEST_F(Patients, AnOldVersionChangesNothing) {  // PAT-4
  const auto id = add_person();
  ASSERT_TRUE(run(update_patient, desk(), id, {.body = R"({"notes":"a"})", .if_match = "\"v1\""}));
  const auto stale =
      run(update_patient, desk(), id, {.body = R"({"notes":"b"})", .if_match = "\"v1\""});
  EXPECT_EQ(code_of(stale), "version-mismatch");
  EXPECT_EQ(json_of(run(get_patient, desk(), id)).at("notes"), "a");
}

TEST_F(Patients, ComesAndGoesWithItsReason) {  // PAT-4
  const auto id = add_person();
  EXPECT_EQ(code_of(run(deactivate_patient, desk(), id, {.body = "{}"})), "invalid-request");
  EXPECT_EQ(code_of(run(reactivate_patient, desk(), id)), "illegal-transition");
  auto value = json_of(run(deactivate_patient, desk(), id, {.body = R"({"reason":"moved away"})"}));
  EXPECT_EQ(value.at("status"), "INACTIVE");
  EXPECT_EQ(value.at("status_reason"), "moved away");
  EXPECT_EQ(code_of(run(deactivate_patient, desk(), id, {.body = R"({"reason":"x"})"})),
            "illegal-transition");
  EXPECT_EQ(
      json_of(run(reactivate_patient, desk(), id, {.body = R"({"reason":"back"})"})).at("status"),
      "ACTIVE");
  EXPECT_THAT(event_types(id),
              ElementsAre("PatientRegistered 1", "PatientDeactivated 2", "PatientReactivated 3"));
  const auto rows = query(
      "SELECT event, reason, actor_id FROM patient_transition WHERE facility_id = $1 ORDER BY "
      "version");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[1].get<std::string>("reason"), "moved away");
  EXPECT_EQ(rows[2].get<std::string>("event"), "PatientReactivated");
  EXPECT_EQ(rows[2].get<Uuid>("actor_id"), actor);
}

TEST_F(Patients, ARepeatedKeyRegistersOnce) {
  const Request request{.body = json::dump(person()),
                        .query = {},
                        .if_match = {},
                        .idempotency_key = Uuid::make().str()};
  const auto first = run(register_patient, desk(), {}, request);
  const auto again = run(register_patient, desk(), {}, request);
  EXPECT_EQ(json_of(first), json_of(again));
  EXPECT_EQ(again->patients, first->patients) << "the audit names them on a replay too";
  EXPECT_EQ(query("SELECT 1 FROM patient WHERE facility_id = $1").size(), 1U);
}

TEST_F(Patients, AnotherFacilitysRecordDoesNotExist) {  // OPS-6
  const auto id = add_person();
  facility = Uuid::make();
  know_facility(facility, "TWO", "UTC");
  for (const auto& principal : {desk(), who({Role::admin}), who({Role::nurse}),
                                who({Role::pharmacist}), doctor(Uuid::make()), patient(id)}) {
    EXPECT_EQ(code_of(run(get_patient, principal, id)), "patient-not-found");
    EXPECT_EQ(code_of(run(list_history, principal, id)), "patient-not-found");
    EXPECT_THAT(json_of(run(list_patients, principal)).at("items"), IsEmpty());
  }
  EXPECT_EQ(code_of(patch(id, {{"notes", "x"}})), "patient-not-found");
  EXPECT_EQ(code_of(patch(patient(id), id, {{"phone", "12345"}})), "patient-not-found");
  EXPECT_EQ(code_of(run(deactivate_patient, desk(), id, {.body = R"({"reason":"x"})"})),
            "patient-not-found");
}

TEST_F(Patients, EachRoleSeesItsPart) {
  auto body = person();
  body["phone"] = "12345";
  body["medical_history"] = "asthma";
  body["notes"] = "prefers mornings";
  const auto id = id_of(add(body));
  const auto other = add_person("Ravi");
  for (const auto& principal : {desk(), who({Role::admin}), who({Role::nurse})}) {
    const auto value = json_of(run(get_patient, principal, id));
    EXPECT_EQ(value.at("medical_history"), "asthma");
    EXPECT_EQ(value.at("notes"), "prefers mornings");
    EXPECT_EQ(json_of(run(list_patients, principal)).at("items").size(), 2U);
  }
  const auto reduced = json_of(run(get_patient, who({Role::pharmacist}), id));
  std::vector<std::string> members;
  for (const auto& [name, value] : reduced.items())
    members.push_back(name);
  EXPECT_THAT(members, ElementsAre("id", "facility_id", "mrn", "status", "given_name", "birth_date",
                                   "birth_date_estimated", "sex", "allergies"));
  EXPECT_EQ(json_of(run(list_patients, who({Role::pharmacist}))).at("items").at(0), reduced);

  const auto own = json_of(run(get_patient, patient(id), id));
  EXPECT_EQ(own.at("phone"), "12345");
  EXPECT_FALSE(own.contains("notes"));
  EXPECT_FALSE(own.contains("medical_history"));
  EXPECT_EQ(json_of(run(list_patients, patient(id))).at("items"), json::Value::array({own}));
  EXPECT_EQ(code_of(run(get_patient, patient(id), other)), "patient-not-found");
  EXPECT_EQ(code_of(run(get_patient, who({Role::patient}), other)), "patient-not-found")
      << "an account that is bound to no record";
  EXPECT_EQ(code_of(run(get_patient, doctor(Uuid::make()), id)), "not-on-your-list");
  EXPECT_EQ(code_of(run(get_patient, who({Role::doctor}), id)), "not-on-your-list");
  EXPECT_THAT(json_of(run(list_patients, who({Role::doctor}))).at("items"), IsEmpty());
}

TEST_F(Patients, PatientsChangeTheirOwnContactOnly) {
  const auto id = add_person();
  const auto other = add_person("Ravi");
  const auto self = patient(id);
  const auto value = json_of(patch(self, id,
                                   {{"phone", "54321"},
                                    {"address", {{"city", "Chennai"}}},
                                    {"emergency_contact", {{"name", "Ravi"}}}}));
  EXPECT_EQ(value.at("phone"), "54321");
  EXPECT_EQ(json_of(patch(self, id, {{"email", "a@mail.example"}})).at("email_pending"),
            "a@mail.example");
  EXPECT_EQ(code_of(patch(self, id, {{"given_name", "Else"}})), "field-not-yours");
  EXPECT_EQ(code_of(patch(self, id, {{"notes", "x"}})), "field-not-yours");
  EXPECT_EQ(code_of(patch(self, other, {{"phone", "54321"}})), "patient-not-found");
}

TEST_F(Patients, CursorsAndQueriesCarryNoNames) {  // AUD-2
  add_person("Zaphod");
  add_person("Zaphod");
  const auto value =
      json_of(run(list_patients, desk(), {}, {.query = {{"limit", "1"}, {"q", "zaphod"}}}));
  const auto cursor = value.at("next_cursor").get<std::string>();
  EXPECT_THAT(*service::decode_cursor(cursor),
              ElementsAre(::testing::_, "0", value.at("items").at(0).at("id")));
  const auto next = json_of(run(list_patients, desk(), {},
                                {.query = {{"limit", "1"}, {"q", "zaphod"}, {"cursor", cursor}}}));
  EXPECT_NE(next.at("items").at(0).at("id"), value.at("items").at(0).at("id"));
  EXPECT_TRUE(next.at("next_cursor").is_null());
}

TEST_F(Patients, NamesOfKnownIdsForWhoeverMaySeeThem) {  // PAT-3 UI-1
  const auto one = add_person("Asha");
  const auto two = add_person("Ravi");
  add_person("Mira");
  const auto names = [&](const auto& principal, const std::string& ids) {
    return json_of(run(suggest_patients, principal, {}, {.query = {{"ids", ids}}})).at("items");
  };
  EXPECT_EQ(names(desk(), one.str() + "," + two.str()).size(), 2U);
  EXPECT_EQ(names(desk(), one.str() + "," + Uuid::make().str()).at(0).at("id"), one.str());
  EXPECT_EQ(names(patient(one), one.str() + "," + two.str()).size(), 1U);
  EXPECT_THAT(names(doctor(Uuid::make()), one.str()), IsEmpty());
  EXPECT_THAT(run(suggest_patients, desk(), {}, {.query = {{"ids", one.str()}}})->patients,
              ElementsAre(one));
  for (const auto& ids : {std::string("x"), std::string(101 * 37, ',')}) {
    EXPECT_EQ(code_of(run(suggest_patients, desk(), {}, {.query = {{"ids", ids}}})),
              "invalid-request");
  }
  EXPECT_EQ(code_of(run(suggest_patients, desk(), {}, {.query = {{"ids", one.str()}, {"q", "a"}}})),
            "invalid-request");
}

TEST_F(Patients, BadQueriesAreRefused) {
  using Parameters = std::vector<std::pair<std::string, std::string>>;
  for (const auto& query :
       {Parameters{{"colour", "red"}}, Parameters{{"status", "GONE"}},
        Parameters{{"phone", "00 12"}}, Parameters{{"cursor", "!"}},
        Parameters{{"cursor", service::encode_cursor({"x"})}},
        Parameters{{"cursor", service::encode_cursor({"-1", Uuid::make().str()})}},
        Parameters{{"q", " "}}, Parameters{{"format", "pdf"}}}) {
    EXPECT_EQ(code_of(run(list_patients, desk(), {}, {.query = query})), "invalid-request")
        << query[0].first;
  }
}

TEST_F(Patients, PhonesAreFoundHoweverTheyAreTyped) {  // PAT-3
  auto body = person();
  body["phone"] = "+91 98765 43210";
  add(body);
  for (const auto* typed :
       {"9876543210", "09876543210", "+919876543210", "0091 98765-43210", "43210"}) {
    EXPECT_EQ(
        json_of(run(list_patients, desk(), {}, {.query = {{"phone", typed}}})).at("items").size(),
        1U)
        << typed;
  }
}

TEST_F(Patients, OneFieldFindsWhateverIsTyped) {  // PAT-3
  auto body = person();
  body["family_name"] = "Ramakrishnan";
  body["phone"] = "098765 43210";
  body["email"] = "Asha@mail.example";
  const auto made = add(body);
  add_person("Ravi");
  const auto found = [&](const char* q) {
    return json_of(run(list_patients, desk(), {}, {.query = {{"q", q}}})).at("items");
  };
  for (const auto* q :
       {"asha", "RAMA ash", "ramakrishnan asha", "Ramakrishnn", "AMB-00000015", "amb-00000015",
        "00000015", "asha@MAIL.example", "+91 98765 43210", "43210"}) {
    ASSERT_EQ(found(q).size(), 1U) << q;
    EXPECT_EQ(found(q).at(0).at("id"), made.at("id")) << q;
  }
  EXPECT_THAT(found("AMB-00000014"), IsEmpty()) << "its check digit is wrong";
  EXPECT_THAT(found("%"), IsEmpty());
}

TEST_F(Patients, SuggestionsAreFewAndMasked) {  // PAT-3
  auto body = person("Zaphod");
  body["phone"] = "98765 43210";
  const auto id = id_of(add(body));
  const auto gone = add_person("Zaphod");
  ASSERT_TRUE(run(deactivate_patient, desk(), gone, {.body = R"({"reason":"moved"})"}));
  for (int i = 0; i < 12; ++i)
    add_person("Zap");
  const auto answer = run(suggest_patients, desk(), {}, {.query = {{"q", "zaph"}}});
  const auto items = json_of(answer).at("items");
  ASSERT_EQ(items.size(), 1U) << "who is not ACTIVE is not offered";
  EXPECT_EQ(items.at(0).at("id"), id.str());
  EXPECT_EQ(items.at(0).at("display_name"), "Zaphod");
  EXPECT_EQ(items.at(0).at("birth_date"), "1990-02-28");
  EXPECT_EQ(items.at(0).at("phone_masked"), "*******3210");
  EXPECT_EQ(items.at(0).size(), 5U);
  EXPECT_THAT(answer->patients, ElementsAre(id));
  EXPECT_EQ(
      json_of(run(suggest_patients, desk(), {}, {.query = {{"q", "zap"}}})).at("items").size(),
      10U);
  EXPECT_FALSE(
      json_of(run(suggest_patients, who({Role::pharmacist}), {}, {.query = {{"q", "zaph"}}}))
          .at("items")
          .at(0)
          .contains("phone_masked"));
  EXPECT_THAT(json_of(run(suggest_patients, doctor(Uuid::make()), {}, {.query = {{"q", "zap"}}}))
                  .at("items"),
              IsEmpty());
  EXPECT_EQ(
      json_of(run(suggest_patients, patient(id), {}, {.query = {{"q", "zap"}}})).at("items").size(),
      1U);
  EXPECT_EQ(code_of(run(suggest_patients, desk())), "invalid-request");
  EXPECT_EQ(code_of(run(suggest_patients, desk(), {}, {.query = {{"q", "z"}, {"limit", "21"}}})),
            "invalid-request");
}

TEST_F(Patients, CsvIsTheWholeListWithoutFormulas) {  // REP-3
  auto body = person("=cmd|'/C calc'!A0");
  body["family_name"] = "Comma, \"Quote\"";
  body["phone"] = "+91 98765 43210";
  add(body);
  for (int i = 0; i < 5; ++i)
    add_person("Zoe");
  const auto answer = run(list_patients, desk(), {}, {.query = {{"format", "csv"}}});
  ASSERT_TRUE(answer) << code_of(answer);
  EXPECT_EQ(answer->content_type, "text/csv; charset=utf-8");
  auto next = answer->stream;
  std::string text;
  while (const auto piece = next(session))
    text += *piece;
  EXPECT_EQ(std::ranges::count(text, '\n'), 7) << "a head and six people";
  EXPECT_THAT(text, ::testing::StartsWith("mrn,status,given_name,family_name,"));
  EXPECT_THAT(text, ::testing::HasSubstr("'=cmd|'/C calc'!A0"));
  EXPECT_THAT(text, ::testing::HasSubstr(R"("Comma, ""Quote""")"));
  EXPECT_THAT(text, ::testing::HasSubstr("'+91 98765 43210"));
  EXPECT_EQ(code_of(run(list_patients, who({Role::nurse}), {}, {.query = {{"format", "csv"}}})),
            "forbidden");
}

TEST_F(Patients, AnswersNameThePatientsForTheAudit) {  // AUD-1
  const auto first = add_person("A");
  const auto second = add_person("B");
  EXPECT_THAT(run(list_patients, desk())->patients, ElementsAre(first, second));
  EXPECT_THAT(run(get_patient, desk(), first)->patients, ElementsAre(first));
  EXPECT_THAT(run(list_history, desk(), second)->patients, ElementsAre(second));
  EXPECT_THAT(patch(first, {{"notes", "x"}})->patients, ElementsAre(first));
}

}  // namespace ambula::patient::api::patients_test

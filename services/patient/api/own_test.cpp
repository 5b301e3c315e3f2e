#include <ambula/json/json.hpp>
#include <ambula/testing/postgres.hpp>

#include "patient/jobs.hpp"
#include "patient/store/fixture_test.hpp"

// Deletion, allergies and conditions, preferences, accounts: handlers and effects on a real
// database [PAT-6, PAT-7, PAT-8, ID-5].
namespace ambula::patient::api::own_test {

using fixture_test::Role;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

class Own : public fixture_test::Fixture {
 protected:
  Result<Answer> send(service::Handler handler, const auth::Principal& by, const Uuid& id,
                      const json::Value& body = json::Value::object()) {
    return run(handler, by, id, {.body = json::dump(body)});
  }
  Result<Answer> patch(const auth::Principal& by, const Uuid& id, const json::Value& body) {
    return send(update_patient, by, id, body);
  }
  json::Value read(const Uuid& id) { return json_of(run(get_patient, desk(), id)); }

  std::vector<std::string> told(std::string_view topic, const Uuid& key) {
    const db::Statement statement{"told",
                                  "SELECT type || ' ' || aggregate_version AS t FROM outbox WHERE "
                                  "topic = $1 AND key = $2 ORDER BY id"};
    std::vector<std::string> types;
    for (const auto row : session.read(statement, topic, key.str()))
      types.push_back(row.get<std::string>("t"));
    return types;
  }
  json::Value last_told(std::string_view topic, const Uuid& key) {
    const db::Statement statement{
        "last_told",
        "SELECT payload FROM outbox WHERE topic = $1 AND key = $2 ORDER BY "
        "id DESC LIMIT 1"};
    return *json::parse(session.read(statement, topic, key.str()).front().text("payload"));
  }

  // A patient's item is under `{id}/…/{item}`.
  Result<Answer> run_item(service::Handler handler, const auth::Principal& by, const Uuid& id,
                          const Uuid& item, const std::string& body,
                          const std::string& if_match = "") {
    http::Request raw;
    raw.path = "/v1/patients/x";
    raw.body = body;
    if (!if_match.empty()) raw.headers.add("if-match", if_match);
    const std::vector<std::pair<std::string, std::string>> params = {{"id", id.str()},
                                                                     {"item", item.str()}};
    const std::function<void()> committed = [] {};
    service::Call call(
        {session, raw, params, by, now, "", "TEST item", std::chrono::milliseconds{0}, committed});
    return handler(call);
  }

  void visit(const Uuid& patient, const Uuid& doctor = Uuid::make()) {
    const json::Value data{{"appointment_id", Uuid::make().str()},
                           {"patient_id", patient.str()},
                           {"doctor_id", doctor.str()},
                           {"department_id", Uuid::make().str()},
                           {"starts_at", "2026-11-24T04:00:00Z"},
                           {"status", "BOOKED"}};
    const auto booked = event("AppointmentBooked", data);
    deliver(booked, events::on_appointment);
    deliver(booked, events::restore_named);
  }

  static constexpr std::string_view patients = "ambula.patient.v1";
  static constexpr std::string_view bindings = "ambula.patient-binding.v1";
};

TEST_F(Own, WhatWasNeverUsedIsHiddenThenForgotten) {  // PAT-6
  auto body = person();
  body["email"] = "asha@mail.example";
  const auto id = id_of(add(body));
  const auto gone = run(delete_patient, desk(), id, {.body = {}, .if_match = "\"v1\""});
  ASSERT_TRUE(gone) << code_of(gone);
  EXPECT_EQ(gone->status, 204);
  EXPECT_THAT(gone->patients, ElementsAre(id));
  EXPECT_THAT(told(patients, id), ElementsAre("PatientRegistered 1", "PatientDeleted 2"));
  EXPECT_EQ(code_of(run(get_patient, desk(), id)), "patient-not-found");
  EXPECT_EQ(code_of(run(list_history, desk(), id)), "patient-not-found");
  EXPECT_EQ(code_of(run(delete_patient, desk(), id)), "patient-not-found");
  EXPECT_EQ(code_of(patch(desk(), id, {{"notes", "x"}})), "patient-not-found");
  EXPECT_THAT(json_of(run(list_patients, desk())).at("items"), IsEmpty());
  add(body);  // its address is free

  int commits = 0;
  jobs::purge_deleted(session, now + 23h, [&] { ++commits; });
  EXPECT_EQ(commits, 0) << "kept for a day";
  jobs::purge_deleted(session, now + 24h, [&] { ++commits; });
  EXPECT_EQ(commits, 1);
  EXPECT_THAT(told(patients, id), ElementsAre("PatientRegistered 1", "PatientDeleted 2", " 3"))
      << "a tombstone";
  visit(id);  // too late: an event that finds no row changes nothing
  EXPECT_EQ(code_of(run(get_patient, desk(), id)), "patient-not-found");
}

TEST_F(Own, WhatIsUsedStaysAndSaysByWhat) {  // PAT-6
  const auto id = add_person();
  visit(id);
  ASSERT_TRUE(send(note_allergy, who({Role::nurse}), id, {{"substance", "Peanut"}}));
  const auto refused = run(delete_patient, desk(), id);
  EXPECT_EQ(code_of(refused), "in-use");
  EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
  const decltype(refused.error().members) used = {{"used_by", R"(["ALLERGY","APPOINTMENT"])"}};
  EXPECT_EQ(refused.error().members, used);
  EXPECT_EQ(code_of(run(delete_patient, desk(), id, {.body = {}, .if_match = "\"v1\""})),
            "version-mismatch");
  EXPECT_TRUE(run(get_patient, desk(), id));
}

TEST_F(Own, AnEventThatNamesADeletedRecordBringsItBack) {  // PAT-6
  auto body = person();
  body["email"] = "asha@mail.example";
  const auto id = id_of(add(body));
  ASSERT_TRUE(run(delete_patient, desk(), id));
  visit(id);
  EXPECT_EQ(read(id).at("email"), "asha@mail.example");
  EXPECT_THAT(told(patients, id),
              ElementsAre("PatientRegistered 1", "PatientDeleted 2", "PatientUpdated 3"));
  EXPECT_EQ(code_of(run(delete_patient, desk(), id)), "in-use");

  const auto other = id_of(add(person("Ravi")));
  ASSERT_TRUE(patch(desk(), other, {{"email", "ravi@mail.example"}}));
  ASSERT_TRUE(run(delete_patient, desk(), other));
  body["email"] = "ravi@mail.example";
  add(body);
  visit(other);
  EXPECT_FALSE(read(other).contains("email")) << "its address has gone to somebody else";
}

TEST_F(Own, AnEventThatWasOnItsWayIsFoundByThePurge) {  // PAT-6
  const auto id = add_person();
  ASSERT_TRUE(run(delete_patient, desk(), id));
  const json::Value data{
      {"appointment_id", Uuid::make().str()}, {"patient_id", id.str()},
      {"doctor_id", Uuid::make().str()},      {"department_id", Uuid::make().str()},
      {"starts_at", "2026-11-24T04:00:00Z"},  {"status", "BOOKED"}};
  fact("AppointmentBooked", events::on_appointment, data);  // committed beside the deletion
  jobs::purge_deleted(session, now + 25h, [] {});
  EXPECT_TRUE(run(get_patient, desk(), id));
}

TEST_F(Own, AllergiesAreNotedToldAndVoided) {  // PAT-7
  const auto id = add_person();
  const auto nurse = who({Role::nurse});
  const json::Value body{{"substance", "Penicillin"},
                         {"severity", "SEVERE"},
                         {"code", "PEN"},
                         {"system", "urn:example"},
                         {"noted_on", "2026-11-24"}};
  const auto made = send(note_allergy, nurse, id, body);
  const auto item = json_of(made);
  EXPECT_EQ(made->status, 201);
  EXPECT_EQ(made->location,
            "/v1/patients/" + id.str() + "/allergies/" + item.at("id").get<std::string>());
  EXPECT_EQ(item.at("substance"), "Penicillin");
  EXPECT_EQ(item.at("status"), "ACTIVE");
  EXPECT_EQ(item.at("version"), 1);
  EXPECT_THAT(told(patients, id), ElementsAre("PatientRegistered 1", "PatientAllergiesChanged 2"));
  EXPECT_EQ(last_told(patients, id).at("allergies").at(0).at("allergy_id"), item.at("id"));
  EXPECT_EQ(
      json_of(run(get_patient, who({Role::pharmacist}), id)).at("allergies").at(0).at("substance"),
      "Penicillin");
  EXPECT_EQ(
      json_of(run(list_patients, who({Role::pharmacist}))).at("items").at(0).at("allergies").size(),
      1U);
  ASSERT_TRUE(patch(desk(), id, {{"notes", "x"}}));
  EXPECT_EQ(last_told(patients, id).at("allergies").size(), 1U)
      << "every event tells the whole record";

  const auto item_id = id_of(item);
  EXPECT_EQ(json_of(run_item(get_allergy, nurse, id, item_id, "")), item);
  EXPECT_EQ(code_of(run_item(void_allergy, nurse, id, item_id, "{}")), "invalid-request");
  EXPECT_EQ(code_of(run_item(void_allergy, nurse, id, item_id, R"({"reason":"x"})", "\"v2\"")),
            "version-mismatch");
  const auto gone = json_of(run_item(void_allergy, nurse, id, item_id, R"({"reason":"not hers"})"));
  EXPECT_EQ(gone.at("status"), "VOIDED");
  EXPECT_EQ(gone.at("void_reason"), "not hers");
  EXPECT_EQ(gone.at("version"), 2);
  EXPECT_EQ(code_of(run_item(void_allergy, nurse, id, item_id, R"({"reason":"x"})")),
            "illegal-transition");
  EXPECT_THAT(last_told(patients, id).at("allergies"), IsEmpty());
  EXPECT_THAT(json_of(run(list_allergies, nurse, id)).at("items"), IsEmpty());
  EXPECT_EQ(
      json_of(run(list_allergies, nurse, id, {.query = {{"status", "VOIDED"}}})).at("items").at(0),
      gone);
  EXPECT_EQ(code_of(run_item(void_allergy, nurse, id, Uuid::make(), R"({"reason":"x"})")),
            "allergy-not-found");
  EXPECT_EQ(code_of(run_item(get_condition, nurse, id, item_id, "")), "condition-not-found");
}

TEST_F(Own, ConditionsAreNobodyElsesBusiness) {  // PAT-7
  const auto id = add_person();
  const auto nurse = who({Role::nurse});
  std::vector<std::string> noted;
  for (const auto* text : {"Asthma", "Diabetes", "Gout"}) {
    noted.push_back(
        json_of(send(note_condition, nurse, id, {{"text", text}})).at("id").get<std::string>());
  }
  EXPECT_THAT(told(patients, id), ElementsAre("PatientRegistered 1"))
      << "no topic carries a diagnosis";
  const auto first = json_of(run(list_conditions, nurse, id, {.query = {{"limit", "2"}}}));
  ASSERT_EQ(first.at("items").size(), 2U);
  EXPECT_EQ(first.at("items").at(0).at("id"), noted[0]);
  const auto cursor = first.at("next_cursor").get<std::string>();
  const auto rest = json_of(run(list_conditions, nurse, id, {.query = {{"cursor", cursor}}}));
  EXPECT_EQ(rest.at("items").at(0).at("id"), noted[2]);
  EXPECT_TRUE(rest.at("next_cursor").is_null());
  EXPECT_EQ(code_of(run(list_conditions, nurse, id, {.query = {{"colour", "red"}}})),
            "invalid-request");
  EXPECT_EQ(code_of(send(note_condition, nurse, id, {{"substance", "x"}})), "invalid-request");
  EXPECT_EQ(code_of(send(note_condition, nurse, id, {{"text", "x"}, {"status", "VOIDED"}})),
            "read-only");
  EXPECT_EQ(code_of(send(note_condition, nurse, id, {{"text", "x"}, {"severity", "DEADLY"}})),
            "invalid-value");
  EXPECT_EQ(code_of(send(note_condition, nurse, id, {{"text", "x"}, {"noted_on", "2026-11-25"}})),
            "invalid-value");
}

TEST_F(Own, OnlyWhoTreatsAndThePatientSeeClinicalLists) {  // PAT-7
  const auto id = add_person();
  const auto other = add_person("Ravi");
  const auto doctor_id = Uuid::make();
  visit(id, doctor_id);
  const json::Value body{{"substance", "Peanut"}};
  EXPECT_TRUE(send(note_allergy, doctor(doctor_id), id, body));
  EXPECT_EQ(code_of(send(note_allergy, doctor(doctor_id), other, body)), "not-on-your-list");
  EXPECT_EQ(code_of(send(note_allergy, patient(id), id, body)), "patient-not-found");
  EXPECT_EQ(json_of(run(list_allergies, patient(id), id)).at("items").size(), 1U);
  EXPECT_EQ(code_of(run(list_allergies, patient(id), other)), "patient-not-found");
  auto both = who({Role::receptionist, Role::patient});
  both.patient_id = other;
  EXPECT_EQ(code_of(run(list_allergies, both, id)), "patient-not-found")
      << "a desk that is also a patient sees no more clinical lists than a patient";
  facility = Uuid::make();
  know_facility(facility, "TWO", "UTC");
  EXPECT_EQ(code_of(run(list_allergies, who({Role::nurse}), id)), "patient-not-found");
  EXPECT_EQ(code_of(send(note_allergy, who({Role::nurse}), id, body)), "patient-not-found");
}

TEST_F(Own, PreferencesAreTheirsToChoose) {  // PAT-8
  const auto id = add_person();
  const auto other = add_person("Ravi");
  const auto self = patient(id);
  const auto before = run(get_preferences, self, id);
  EXPECT_EQ(json_of(before), (json::Value{{"language", "en-IN"},
                                          {"channels", {{"email", true}}},
                                          {"opt_out", json::Value::array()}}));
  EXPECT_EQ(before->version, 1);
  const json::Value wish{
      {"language", "de"}, {"channels", {{"email", false}}}, {"opt_out", {"appointment-reminder"}}};
  const auto done =
      run(put_preferences, self, id, {.body = json::dump(wish), .if_match = "\"v1\""});
  EXPECT_EQ(json_of(done), wish);
  EXPECT_EQ(done->version, 2);
  EXPECT_THAT(done->changed, ElementsAre("language", "channels", "opt_out"));
  EXPECT_EQ(last_told(patients, id).at("preferences"), wish);
  EXPECT_THAT(told(patients, id),
              ElementsAre("PatientRegistered 1", "PatientPreferencesChanged 2"));
  EXPECT_EQ(
      code_of(run(put_preferences, self, id, {.body = json::dump(wish), .if_match = "\"v1\""})),
      "version-mismatch");
  EXPECT_EQ(code_of(send(put_preferences, self, other, wish)), "patient-not-found");
  EXPECT_EQ(code_of(run(get_preferences, self, other)), "patient-not-found");
  EXPECT_EQ(code_of(send(put_preferences, self, id, {{"language", "de"}})), "invalid-request");
  EXPECT_EQ(code_of(send(put_preferences, self, id,
                         {{"language", "nonsense"}, {"channels", {{"email", true}}}})),
            "invalid-value");
  EXPECT_TRUE(send(put_preferences, desk(), id, wish)) << "the desk does it for them";
}

class Accounts : public Own {
 protected:
  void sign_up(const Uuid& account, const std::string& email,
               const std::string& birth_date = "1990-02-28") {
    fact("PatientSelfRegistered", events::on_self_registration,
         {{"account_id", account.str()},
          {"facility_id", facility.str()},
          {"email", email},
          {"patient",
           {{"given_name", "Asha"},
            {"birth_date", birth_date},
            {"sex", "FEMALE"},
            {"phone", "+91 90000 00001"}}}});
  }
  void accept(const Uuid& account, const Uuid& patient, const std::string& email,
              const char* type = "PatientInviteAccepted") {
    fact(type, events::on_self_registration,
         {{"account_id", account.str()},
          {"facility_id", facility.str()},
          {"patient_id", patient.str()},
          {"email", email}});
  }
  json::Value refusals() { return json_of(run(list_patient_bindings, desk())).at("items"); }
  Uuid add_with(const std::string& email) {
    auto body = person();
    body["email"] = email;
    return id_of(add(body));
  }
  std::string account_of(const Uuid& id) { return read(id).value("account_id", ""); }
};

TEST_F(Accounts, WhoSignsUpGetsTheirRecordOrANewOne) {  // ID-5
  const auto known = add_with("Asha@mail.example");
  const auto first = Uuid::make();
  sign_up(first, "asha@mail.example");
  EXPECT_EQ(account_of(known), first.str());
  EXPECT_THAT(told(patients, known), ElementsAre("PatientRegistered 1", "PatientUpdated 2"));
  EXPECT_EQ(last_told(patients, known).at("account_id"), first.str());
  sign_up(first, "asha@mail.example");
  EXPECT_THAT(told(patients, known), ElementsAre("PatientRegistered 1", "PatientUpdated 2"))
      << "told twice";

  const auto second = Uuid::make();
  sign_up(second, "new@mail.example");
  const auto found =
      json_of(run(list_patients, desk(), {}, {.query = {{"email", "new@mail.example"}}}))
          .at("items");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.at(0).at("account_id"), second.str());
  EXPECT_EQ(found.at(0).at("phone"), "+91 90000 00001");
  EXPECT_EQ(found.at(0).at("mrn"), "AMB-00000023");
  EXPECT_EQ(found.at(0).at("created_by"), second.str());
  EXPECT_THAT(refusals(), IsEmpty());
}

TEST_F(Accounts, NeverAStrangersRecord) {  // ID-5
  const auto known = add_with("asha@mail.example");
  const auto stranger = Uuid::make();
  sign_up(stranger, "asha@mail.example",
          "1985-01-01");  // mistyped by the desk, or shared in a family
  EXPECT_EQ(account_of(known), "");
  EXPECT_THAT(told(bindings, stranger), ElementsAre("PatientBindingRefused 1"));
  EXPECT_EQ(last_told(bindings, stranger).at("reason"), "BIRTH_DATE_DIFFERS");

  sign_up(Uuid::make(), "asha@mail.example");  // the right one
  const auto late = Uuid::make();
  sign_up(late, "asha@mail.example");  // a second account for one record
  EXPECT_EQ(last_told(bindings, late).at("reason"), "ALREADY_BOUND");
  EXPECT_NE(account_of(known), late.str());

  const auto listed = refusals();
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed.at(1).at("birth_date").get<std::string>() == "1985-01-01" ||
                listed.at(0).at("birth_date").get<std::string>() == "1985-01-01",
            true);
  EXPECT_THAT(listed.at(0).at("candidates").at(0), known.str());
  EXPECT_EQ(json_of(run(list_patients, desk())).at("items").size(), 1U)
      << "and nothing was made for them";
  const auto page = json_of(
      run(list_patient_bindings, desk(), {}, {.query = {{"status", "REFUSED"}, {"limit", "1"}}}));
  const auto next =
      json_of(run(list_patient_bindings, desk(), {},
                  {.query = {{"cursor", page.at("next_cursor").get<std::string>()}}}));
  EXPECT_NE(page.at("items").at(0).at("account_id"), next.at("items").at(0).at("account_id"));
  EXPECT_EQ(code_of(run(list_patient_bindings, desk(), {}, {.query = {{"status", "BOUND"}}})),
            "invalid-request");
  facility = Uuid::make();
  know_facility(facility, "TWO", "UTC");
  EXPECT_THAT(refusals(), IsEmpty()) << "another facility's [OPS-6]";
}

TEST_F(Accounts, WhatNoRecordCanBeMadeOfIsShownToTheDeskWithItsReason) {  // ID-5
  const auto odd = Uuid::make();
  sign_up(odd, "odd@mail.example", "2199-01-01");  // not born yet
  EXPECT_EQ(last_told(bindings, odd).at("reason"), "DETAILS_INVALID");
  const auto listed = refusals();
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed.at(0).at("account_id"), odd.str());
  EXPECT_EQ(listed.at(0).at("reason"), "DETAILS_INVALID");
  EXPECT_THAT(listed.at(0).at("candidates"), IsEmpty());
}

TEST_F(Accounts, AnInvitationLeadsToTheRecordOfItsAddress) {  // ID-5
  const auto id = add_person();
  EXPECT_EQ(code_of(run(invite_patient, desk(), id)), "email-missing");
  ASSERT_TRUE(patch(desk(), id, {{"email", "mistyped@mail.example"}}));
  const auto invited = run(invite_patient, desk(), id, {.body = {}, .if_match = "\"v2\""});
  ASSERT_TRUE(invited) << code_of(invited);
  EXPECT_EQ(invited->status, 202);
  EXPECT_EQ(invited->version, 2) << "nothing of the record changes";
  EXPECT_THAT(told(bindings, id), ElementsAre("PatientInvited 1"));
  EXPECT_EQ(last_told(bindings, id).at("address"), "mistyped@mail.example");
  EXPECT_EQ(last_told(bindings, id).at("display_name"), "Asha");

  ASSERT_TRUE(patch(desk(), id, {{"email", "asha@mail.example"}}));
  const auto stranger = Uuid::make();
  accept(stranger, id, "mistyped@mail.example");
  EXPECT_EQ(account_of(id), "");
  EXPECT_EQ(last_told(bindings, stranger).at("reason"), "EMAIL_DIFFERS");
  EXPECT_EQ(last_told(bindings, stranger).at("patient_id"), id.str());
  EXPECT_EQ(refusals().at(0).at("given_name"), "Asha") << "who was invited";

  const auto right = Uuid::make();
  accept(right, id, "ASHA@mail.example");
  EXPECT_EQ(account_of(id), right.str());
  EXPECT_EQ(code_of(run(invite_patient, desk(), id)), "already-bound");
  EXPECT_EQ(code_of(run(invite_patient, desk(), id, {.body = R"({"x":1})"})), "invalid-request");
}

TEST_F(Accounts, ARefusalEndsWhenTheDeskInvites) {  // ID-5
  const auto id = add_with("asha@mail.example");
  const auto account = Uuid::make();
  sign_up(account, "asha@mail.example", "1985-01-01");
  ASSERT_EQ(refusals().size(), 1U);
  accept(account, id, "asha@mail.example");
  EXPECT_EQ(account_of(id), account.str());
  EXPECT_THAT(refusals(), IsEmpty());
}

TEST_F(Accounts, WhoSignsUpBeforeTheFacilityIsKnownIsNotLost) {  // ID-5
  facility = Uuid::make();
  const auto account = Uuid::make();
  sign_up(account, "early@mail.example");
  auto told_of =
      event("FacilityRegistered",
            {{"facility_id", facility.str()}, {"code", "NEW"}, {"zone", "UTC"}, {"locale", "en"}});
  told_of.key = facility.str();
  deliver(told_of, events::on_facility);
  deliver(told_of, events::settle_waiting);
  const auto items = json_of(run(list_patients, desk())).at("items");
  ASSERT_EQ(items.size(), 1U);
  EXPECT_EQ(items.at(0).at("account_id"), account.str());
  deliver(told_of, events::settle_waiting);
  EXPECT_EQ(json_of(run(list_patients, desk())).at("items").size(), 1U);
}

TEST_F(Accounts, ANewAddressWaitsUntilItIsVerified) {  // PAT-8
  const auto id = add_with("old@mail.example");
  const auto account = Uuid::make();
  sign_up(account, "old@mail.example");
  const auto self = patient(id);
  const auto asked = patch(self, id, {{"email", "new@mail.example"}, {"phone", "54321"}});
  const auto value = json_of(asked);
  EXPECT_EQ(value.at("email"), "old@mail.example");
  EXPECT_EQ(value.at("email_pending"), "new@mail.example");
  EXPECT_EQ(value.at("phone"), "54321");
  EXPECT_THAT(asked->changed, ElementsAre("phone", "email_pending"));
  EXPECT_THAT(told(bindings, id), ElementsAre("PatientEmailChangeRequested 1"));
  EXPECT_EQ(last_told(bindings, id).at("address"), "new@mail.example");
  EXPECT_EQ(last_told(bindings, id).at("account_id"), account.str());

  accept(Uuid::make(), id, "new@mail.example", "PatientEmailVerified");
  EXPECT_EQ(read(id).at("email"), "old@mail.example") << "another account's word";
  accept(account, id, "new@mail.example", "PatientEmailVerified");
  EXPECT_EQ(read(id).at("email"), "new@mail.example");
  EXPECT_FALSE(read(id).contains("email_pending"));
  EXPECT_EQ(last_told(patients, id).at("email"), "new@mail.example");

  ASSERT_TRUE(patch(self, id, {{"email", "shared@mail.example"}}));
  add_with("shared@mail.example");
  accept(account, id, "shared@mail.example", "PatientEmailVerified");
  EXPECT_EQ(read(id).at("email"), "new@mail.example") << "another patient has it by now";
  EXPECT_FALSE(read(id).contains("email_pending"));
  EXPECT_EQ(code_of(patch(self, id, {{"email_pending", "x"}})), "read-only");
}

}  // namespace ambula::patient::api::own_test

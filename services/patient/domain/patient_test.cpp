#include "patient.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

// The record's states, every state × every command, and the rules of its values [PAT-1, PAT-4].
namespace ambula::patient::domain::patient_test {

using ::testing::ElementsAre;

const Date today = *parse_date("2026-11-24");

Details details() {
  Details d;
  d.given_name = "Asha";
  d.birth_date = *parse_date("1990-02-28");
  d.sex = Sex::female;
  return d;
}

Patient record(Status status) {
  Patient p;
  p.id = Uuid::make();
  p.status = status;
  p.details = details();
  return p;
}

TEST(PatientMachine, EveryCommandInEveryState) {
  for (const auto status : {Status::active, Status::inactive}) {
    const auto state = record(status);
    const auto updated = decide(state, Update{details()}, today);
    ASSERT_TRUE(updated);
    EXPECT_EQ(evolved(state, *updated).status, status) << "a record is corrected in any state";

    const auto deactivated = decide(state, Deactivate{"moved away"});
    ASSERT_EQ(static_cast<bool>(deactivated), status == Status::active);
    if (deactivated) {
      const auto after = evolved(state, *deactivated);
      EXPECT_EQ(after.status, Status::inactive);
      EXPECT_EQ(after.status_reason, "moved away");
      EXPECT_EQ(deactivated->at(0).kind, EventKind::deactivated);
    }
    const auto reactivated = decide(state, Reactivate{std::nullopt});
    ASSERT_EQ(static_cast<bool>(reactivated), status == Status::inactive);
    if (reactivated) {
      EXPECT_EQ(evolved(state, *reactivated).status, Status::active);
      EXPECT_FALSE(evolved(state, *reactivated).status_reason);
    }
    const auto& refused = deactivated ? reactivated.error() : deactivated.error();
    EXPECT_EQ(refused.code, "illegal-transition");
    EXPECT_EQ(refused.kind, ErrorKind::conflict);
    const decltype(refused.members) named = {
        {"from", "\"" + std::string(to_string(status)) + "\""},
        {"command", deactivated ? "\"reactivate\"" : "\"deactivate\""}};
    EXPECT_EQ(refused.members, named);
  }
}

TEST(PatientMachine, RegistrationIsActiveAndTold) {
  const auto decision = decide(Register{details()}, today);
  ASSERT_TRUE(decision);
  ASSERT_EQ(decision->size(), 1U);
  EXPECT_EQ(to_string(decision->at(0).kind), "PatientRegistered");
  const auto made = evolved({}, *decision);
  EXPECT_EQ(made.status, Status::active);
  EXPECT_EQ(made.details, details());
}

/// The pointers that `check` blames.
std::vector<std::string> blamed(const Details& d) {
  const auto checked = check(d, today);
  if (checked) return {};
  EXPECT_EQ(checked.error().code, "invalid-value");
  EXPECT_EQ(checked.error().kind, ErrorKind::rule);
  std::vector<std::string> pointers;
  for (const auto& fault : checked.error().fields)
    pointers.push_back(fault.pointer);
  return pointers;
}

TEST(PatientRules, EveryWrongFieldIsNamed) {
  auto d = details();
  EXPECT_THAT(blamed(d), ElementsAre());
  d.birth_date = *parse_date("2026-11-25");
  d.phone = "call me";
  d.email = "asha";
  d.emergency_contact = EmergencyContact{"Ravi", std::nullopt, "none"};
  EXPECT_THAT(blamed(d),
              ElementsAre("/birth_date", "/phone", "/email", "/emergency_contact/phone"));
}

TEST(PatientRules, BirthDatesThatPeopleCanHave) {
  auto d = details();
  for (const auto* good : {"2026-11-24", "1900-01-01", "1896-11-24"}) {
    const auto date = parse_date(good);
    if (!date) continue;  // dates before 1900 are no dates to the reader; the rule holds anyway
    d.birth_date = *date;
    EXPECT_THAT(blamed(d), ElementsAre()) << good;
  }
  d.birth_date = std::chrono::year{1896} / 11 / 23;
  EXPECT_THAT(blamed(d), ElementsAre("/birth_date"));
  d.birth_date = std::chrono::year{1896} / 11 / 24;
  EXPECT_THAT(blamed(d), ElementsAre());
}

TEST(PatientRules, Phones) {
  for (const auto* good : {"+910000000001", "044 2345-678", "(0)30/12345.6", "12345"}) {
    EXPECT_TRUE(is_phone(good)) << good;
  }
  for (const auto* bad :
       {"", "1234", "+", "12+345", "12345x", "1234567890123456789012", "１２３４５"}) {
    EXPECT_FALSE(is_phone(bad)) << bad;
  }
}

TEST(PatientRules, Emails) {
  for (const auto* good : {"asha@mail.example", "a.b+c@x-y.example.org", "O'Neil_1@a.b"}) {
    EXPECT_TRUE(is_email(good)) << good;
  }
  for (const auto* bad :
       {"", "asha", "@mail.example", "asha@", "asha@mail", "a b@mail.example", "a@b@mail.example",
        "a@-mail.example", "a@mail..example", ".a@mail.example", "a..b@mail.example",
        "a@mail.example\n", "äsha@mail.example", "<a@mail.example>"}) {
    EXPECT_FALSE(is_email(bad)) << bad;
  }
  EXPECT_FALSE(is_email(std::string(65, 'a') + "@mail.example"));
}

TEST(PatientRules, LeapDaysKeepTheirAge) {
  EXPECT_EQ(birth_date_of_age(1, *parse_date("2024-02-29")), *parse_date("2023-02-28"));
  EXPECT_EQ(birth_date_of_age(4, *parse_date("2024-02-29")), *parse_date("2020-02-29"));
}

RC_GTEST_PROP(PatientRulesProperty, AnAgeIsTheAgeOfItsBirthDate, ()) {
  const auto day =
      Date{std::chrono::sys_days{today} + std::chrono::days{*rc::gen::inRange(-2000, 2000)}};
  const auto age = *rc::gen::inRange(0, 131);
  const auto born = birth_date_of_age(age, day);
  RC_ASSERT(born.ok());
  RC_ASSERT(age_on(born, day) == age);
  auto d = details();
  d.birth_date = born;
  RC_ASSERT(static_cast<bool>(check(d, day)));
}

TEST(PatientOwn, ContactChangesAtOnceAndANewAddressWaits) {  // PAT-8
  auto state = record(Status::active);
  state.account_id = Uuid::make();
  state.details.email = "old@mail.example";
  auto wished = state.details;
  wished.phone = "54321";
  wished.email = "new@mail.example";
  const auto decision = decide(state, UpdateOwn{wished}, today);
  ASSERT_TRUE(decision);
  const auto waiting = evolved(state, *decision);
  EXPECT_EQ(waiting.details.phone, "54321");
  EXPECT_EQ(waiting.details.email, "old@mail.example");
  EXPECT_EQ(waiting.email_pending, "new@mail.example");
  ASSERT_EQ(decision->size(), 2U);
  EXPECT_EQ(to_string(decision->at(1).kind), "PatientEmailChangeRequested");
  EXPECT_TRUE(is_binding(decision->at(1).kind));
  EXPECT_FALSE(is_binding(decision->at(0).kind));

  const VerifyEmail verified{*state.account_id, "NEW@mail.example"};
  const auto done = decide(waiting, verified);
  ASSERT_TRUE(done);
  EXPECT_EQ(evolved(waiting, *done).details.email, "new@mail.example");
  EXPECT_FALSE(evolved(waiting, *done).email_pending);
  const auto taken = decide(waiting, VerifyEmail{*state.account_id, "new@mail.example", false});
  EXPECT_EQ(evolved(waiting, *taken).details.email, "old@mail.example");
  EXPECT_FALSE(evolved(waiting, *taken).email_pending);

  EXPECT_FALSE(decide(waiting, VerifyEmail{Uuid::make(), "new@mail.example"})) << "another account";
  EXPECT_FALSE(decide(waiting, VerifyEmail{*state.account_id, "newer@mail.example"}));
  EXPECT_FALSE(decide(state, verified)) << "nothing waits";
}

TEST(PatientOwn, AnAddressTakenAwayIsGoneWithWhatWaited) {  // PAT-8
  auto state = record(Status::active);
  state.details.email = "old@mail.example";
  state.email_pending = "new@mail.example";
  auto wished = state.details;
  wished.email.reset();
  for (const auto& decision :
       {decide(state, UpdateOwn{wished}, today), decide(state, Update{wished}, today)}) {
    ASSERT_TRUE(decision);
    EXPECT_FALSE(evolved(state, *decision).details.email);
    EXPECT_FALSE(evolved(state, *decision).email_pending);
  }
}

TEST(PatientOwn, OtherFieldsAreNotTheirs) {  // PAT-8
  const auto state = record(Status::active);
  const std::vector<void (*)(Details&)> others = {
      [](Details& d) { d.given_name = "Else"; },
      [](Details& d) { d.family_name = "Else"; },
      [](Details& d) { d.birth_date = *parse_date("1991-01-01"); },
      [](Details& d) { d.birth_date_estimated = true; },
      [](Details& d) { d.sex = Sex::male; },
      [](Details& d) { d.blood_group = "A+"; },
      [](Details& d) { d.medical_history = "x"; },
      [](Details& d) { d.notes = "x"; }};
  for (const auto& change : others) {
    auto wished = state.details;
    change(wished);
    const auto refused = decide(state, UpdateOwn{wished}, today);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "field-not-yours");
    EXPECT_EQ(refused.error().kind, ErrorKind::forbidden);
  }
  auto wished = state.details;
  wished.address = Address{.city = "Chennai"};
  wished.emergency_contact = EmergencyContact{"Ravi", std::nullopt, std::nullopt};
  EXPECT_TRUE(decide(state, UpdateOwn{wished}, today));
  wished.email = "no address";
  EXPECT_EQ(decide(state, UpdateOwn{wished}, today).error().code, "invalid-value");
}

TEST(PatientInvite, NeedsAnActiveRecordWithAnAddressAndNoAccount) {  // ID-5
  auto state = record(Status::active);
  EXPECT_EQ(decide(state, Invite{}).error().code, "email-missing");
  state.details.email = "asha@mail.example";
  ASSERT_TRUE(decide(state, Invite{}));
  EXPECT_TRUE(is_binding(decide(state, Invite{})->front().kind));
  state.account_id = Uuid::make();
  EXPECT_EQ(decide(state, Invite{}).error().code, "already-bound");
  state.status = Status::inactive;
  EXPECT_EQ(decide(state, Invite{}).error().code, "patient-inactive");
}

TEST(PatientPreferences, LanguageAndTemplatesAreChecked) {  // PAT-8
  const auto state = record(Status::active);
  for (const auto* good : {"en", "en-IN", "deu", "zh-Hant-TW"}) {
    EXPECT_TRUE(decide(state, ChangePreferences{{good, false, {"appointment-reminder"}}})) << good;
  }
  for (const auto* bad : {"", "e", "EN", "en_IN", "english", "en-", "en-x"}) {
    EXPECT_FALSE(decide(state, ChangePreferences{{bad, true, {}}})) << bad;
  }
  const auto refused =
      decide(state, ChangePreferences{{"en", true, {"appointment-booked", "account-verify", "x"}}});
  ASSERT_FALSE(refused);
  ASSERT_EQ(refused.error().fields.size(), 2U) << "mails about the account always go";
  EXPECT_EQ(refused.error().fields[0].pointer, "/opt_out/1");
  for (const auto name : optional_templates()) {
    EXPECT_TRUE(decide(state, ChangePreferences{{"en", true, {std::string(name)}}})) << name;
  }
}

TEST(PatientDelete, OnlyWhatNothingDependsOn) {  // PAT-6
  auto state = record(Status::active);
  state.details.email = "asha@mail.example";
  state.account_id = Uuid::make();
  const auto at = *parse_instant("2026-11-24T04:00:00Z");
  const auto refused = decide(state, Delete{{"APPOINTMENT"}, at});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "in-use");
  EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
  const auto hidden = evolved(state, *decide(state, Delete{{}, at}));
  EXPECT_EQ(hidden.deleted_at, at);

  const auto back = evolved(hidden, *decide(hidden, Restore{}));
  EXPECT_FALSE(back.deleted_at);
  EXPECT_EQ(back.details, state.details);
  EXPECT_EQ(back.account_id, state.account_id);
  const auto poorer = evolved(hidden, *decide(hidden, Restore{false, false}));
  EXPECT_FALSE(poorer.details.email) << "somebody else has the address by now";
  EXPECT_FALSE(poorer.account_id);
}

TEST(PatientRules, ChangedFieldsAreNamed) {
  const auto before = record(Status::active);
  auto after = before;
  EXPECT_THAT(changed_fields(before, after), ElementsAre());
  after.details.family_name = "Example";
  after.details.address = Address{.city = "Chennai"};
  after.details.notes = "x";
  after.email_pending = "x";
  after.status = Status::inactive;
  after.preferences.opt_out = {"x"};
  EXPECT_THAT(changed_fields(before, after),
              ElementsAre("family_name", "email_pending", "address", "notes", "status", "opt_out"));
}

}  // namespace ambula::patient::domain::patient_test

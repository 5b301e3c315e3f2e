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

TEST(PatientRules, PatientsChangeWhereTheyAreReached) {
  EXPECT_TRUE(check_own_change({"phone", "address", "emergency_contact"}));
  EXPECT_TRUE(check_own_change({}));
  EXPECT_EQ(check_own_change({"phone", "email"}).error().code, "email-change-unverified");
  for (const auto* field : {"given_name", "family_name", "birth_date", "birth_date_estimated",
                            "sex", "blood_group", "medical_history", "notes"}) {
    EXPECT_EQ(check_own_change({field}).error().code, "field-not-yours") << field;
    EXPECT_EQ(check_own_change({field}).error().kind, ErrorKind::forbidden);
  }
}

TEST(PatientRules, ChangedFieldsAreNamed) {
  const auto before = details();
  auto after = before;
  EXPECT_THAT(changed_fields(before, after), ElementsAre());
  after.family_name = "Example";
  after.address = Address{.city = "Chennai"};
  after.notes = "x";
  EXPECT_THAT(changed_fields(before, after), ElementsAre("family_name", "address", "notes"));
}

}  // namespace ambula::patient::domain::patient_test

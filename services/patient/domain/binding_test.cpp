#include "binding.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

// Whose record an account is given: the rule of docs, each way in which a stranger could get in
// [ID-5].
namespace ambula::patient::domain::binding_test {

using ::testing::ElementsAre;

const Date born = *parse_date("1990-02-28");
const Date other_day = *parse_date("1991-03-01");

Patient record(Date birth_date, std::optional<Uuid> account = std::nullopt) {
  Patient p;
  p.id = Uuid::make();
  p.details.birth_date = birth_date;
  p.details.email = "asha@mail.example";
  p.account_id = account;
  return p;
}

Applicant applicant() {
  return {Uuid::make(), "ASHA@mail.example", std::nullopt};
}

Refusal refusal_of(const Binding& binding) {
  const auto* refuse = std::get_if<Refuse>(&binding);
  EXPECT_NE(refuse, nullptr);
  return refuse ? refuse->reason : Refusal::several_matches;
}

TEST(Binding, ARecordOfTheSameAddressAndBirthDateIsTheirs) {
  const auto match = record(born);
  const auto binding = bind_self_registered(applicant(), born, {match});
  ASSERT_TRUE(std::holds_alternative<BindTo>(binding));
  EXPECT_EQ(std::get<BindTo>(binding).patient_id, match.id);
}

TEST(Binding, NobodyWithTheAddressIsANewPatient) {
  EXPECT_TRUE(std::holds_alternative<CreateRecord>(bind_self_registered(applicant(), born, {})));
}

TEST(Binding, AMistypedOrSharedAddressIsNotEnough) {
  // The desk typed somebody else's address, or a mother gave hers for the child: the birth date
  // differs.
  const auto match = record(other_day);
  const auto binding = bind_self_registered(applicant(), born, {match});
  EXPECT_EQ(refusal_of(binding), Refusal::birth_date_differs);
  EXPECT_THAT(std::get<Refuse>(binding).candidates, ElementsAre(match.id));
}

TEST(Binding, ASecondAccountForOneRecordIsRefused) {
  EXPECT_EQ(refusal_of(bind_self_registered(applicant(), born, {record(born, Uuid::make())})),
            Refusal::already_bound);
}

TEST(Binding, AnAccountHasOneRecord) {
  auto second = applicant();
  second.bound_to = Uuid::make();
  EXPECT_EQ(refusal_of(bind_self_registered(second, born, {})), Refusal::already_bound);
  EXPECT_EQ(refusal_of(bind_self_registered(second, born, {record(born)})), Refusal::already_bound);
  const auto invited = record(born);
  EXPECT_EQ(refusal_of(bind_invited(second, invited.id, &invited)), Refusal::already_bound);
}

TEST(Binding, ToldTwiceChangesNothing) {
  auto again = applicant();
  const auto match = record(born, again.account_id);
  again.bound_to = match.id;
  EXPECT_TRUE(std::holds_alternative<AlreadyDone>(bind_self_registered(again, born, {match})));
  EXPECT_TRUE(std::holds_alternative<AlreadyDone>(bind_invited(again, match.id, &match)));
}

TEST(Binding, AnInvitationBindsTheRecordThatWasInvited) {
  auto invited = record(other_day);
  auto binding = bind_invited(applicant(), invited.id, &invited);
  ASSERT_TRUE(std::holds_alternative<BindTo>(binding));
  EXPECT_EQ(std::get<BindTo>(binding).patient_id, invited.id);

  EXPECT_EQ(refusal_of(bind_invited(applicant(), invited.id, nullptr)), Refusal::patient_inactive);
  invited.details.email = "asha.right@mail.example";
  EXPECT_EQ(refusal_of(bind_invited(applicant(), invited.id, &invited)), Refusal::email_differs)
      << "the desk found the address mistyped after it had invited";
  invited.details.email.reset();
  EXPECT_EQ(refusal_of(bind_invited(applicant(), invited.id, &invited)), Refusal::email_differs);
  invited = record(born, Uuid::make());
  EXPECT_EQ(refusal_of(bind_invited(applicant(), invited.id, &invited)), Refusal::already_bound);
  invited = record(born);
  invited.status = Status::inactive;
  EXPECT_EQ(refusal_of(bind_invited(applicant(), invited.id, &invited)), Refusal::patient_inactive);
}

TEST(Binding, RefusalsHaveTheirNames) {
  EXPECT_EQ(to_string(Refusal::birth_date_differs), "BIRTH_DATE_DIFFERS");
  EXPECT_EQ(to_string(Refusal::several_matches), "SEVERAL_MATCHES");
  EXPECT_EQ(to_string(Refusal::already_bound), "ALREADY_BOUND");
  EXPECT_EQ(to_string(Refusal::patient_inactive), "PATIENT_INACTIVE");
  EXPECT_EQ(to_string(Refusal::email_differs), "EMAIL_DIFFERS");
  EXPECT_EQ(to_string(Refusal::details_invalid), "DETAILS_INVALID");
}

RC_GTEST_PROP(BindingProperty, BindsIffExactlyOneIsBornThatDayAndFree, ()) {
  std::vector<Patient> matches;
  const auto count = *rc::gen::inRange(0, 4);
  for (int i = 0; i < count; ++i) {
    const bool same_day = *rc::gen::arbitrary<bool>();
    const bool taken = *rc::gen::arbitrary<bool>();
    matches.push_back(
        record(same_day ? born : other_day, taken ? std::optional(Uuid::make()) : std::nullopt));
  }
  auto who = applicant();
  if (*rc::gen::arbitrary<bool>()) who.bound_to = Uuid::make();
  const auto binding = bind_self_registered(who, born, matches);
  const bool theirs = matches.size() == 1 && matches[0].details.birth_date == born &&
                      !matches[0].account_id && !who.bound_to;
  RC_ASSERT(std::holds_alternative<BindTo>(binding) == theirs);
  RC_ASSERT(std::holds_alternative<CreateRecord>(binding) == (matches.empty() && !who.bound_to));
}

}  // namespace ambula::patient::domain::binding_test

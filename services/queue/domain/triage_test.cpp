#include "triage.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assignment.hpp"

#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

// Triage [QUE-5], the choice of a doctor [QUE-2, QUE-6] and promotion from staging [QUE-7].
namespace ambula::queue::domain::triage_test {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

Vitals healthy() {
  return {.respiratory_rate = 16,
          .spo2 = 98,
          .spo2_scale = 1,
          .on_oxygen = false,
          .systolic = 120,
          .pulse = 70,
          .consciousness = Consciousness::alert,
          .temperature_c = 37.0};
}

RuleSet rules() {
  RuleSet set;
  set.version = "test";
  set.rules = {
      {.code = "SEIZURE", .level = Level::critical, .symptom = "SEIZURE"},
      {.code = "CHEST_PAIN", .level = Level::high, .symptom = "CHEST_PAIN"},
      {.code = "HIGH_FEVER", .level = Level::moderate, .symptom = "HIGH_FEVER"},
      {.code = "PAIN_7_OR_MORE", .level = Level::moderate, .pain_from = 7},
  };
  return set;
}

TriageInput adult(Vitals vitals = healthy()) {
  TriageInput input;
  input.vitals = vitals;
  input.age_years = 40;
  return input;
}

struct Case {
  double value;
  int points;
};

template <class Set>
void expect_points(const char* part, const std::vector<Case>& cases, Set set) {
  for (const auto& [value, points] : cases) {
    auto vitals = healthy();
    set(vitals, value);
    EXPECT_EQ(news2(vitals).parts.at(part), points) << part << " " << value;
  }
}

// Every boundary of the chart that the Royal College of Physicians published in December 2017.
TEST(News2, RespiratoryRate) {
  expect_points(
      "respiratory_rate",
      {{0, 3}, {8, 3}, {9, 1}, {11, 1}, {12, 0}, {20, 0}, {21, 2}, {24, 2}, {25, 3}, {60, 3}},
      [](Vitals& v, double x) { v.respiratory_rate = static_cast<int>(x); });
}
TEST(News2, SaturationScale1) {
  expect_points("spo2", {{50, 3}, {91, 3}, {92, 2}, {93, 2}, {94, 1}, {95, 1}, {96, 0}, {100, 0}},
                [](Vitals& v, double x) { v.spo2 = static_cast<int>(x); });
}
TEST(News2, SaturationScale2OnAir) {
  expect_points("spo2",
                {{50, 3},
                 {83, 3},
                 {84, 2},
                 {85, 2},
                 {86, 1},
                 {87, 1},
                 {88, 0},
                 {92, 0},
                 {93, 0},
                 {95, 0},
                 {97, 0},
                 {100, 0}},
                [](Vitals& v, double x) {
                  v.spo2_scale = 2;
                  v.spo2 = static_cast<int>(x);
                });
}
TEST(News2, SaturationScale2OnOxygen) {
  expect_points("spo2",
                {{83, 3},
                 {84, 2},
                 {85, 2},
                 {86, 1},
                 {87, 1},
                 {88, 0},
                 {92, 0},
                 {93, 1},
                 {94, 1},
                 {95, 2},
                 {96, 2},
                 {97, 3},
                 {100, 3}},
                [](Vitals& v, double x) {
                  v.spo2_scale = 2;
                  v.on_oxygen = true;
                  v.spo2 = static_cast<int>(x);
                });
}
TEST(News2, AirOrOxygen) {
  expect_points("on_oxygen", {{0, 0}, {1, 2}}, [](Vitals& v, double x) { v.on_oxygen = x > 0; });
}
TEST(News2, SystolicPressure) {
  expect_points("systolic",
                {{60, 3},
                 {90, 3},
                 {91, 2},
                 {100, 2},
                 {101, 1},
                 {110, 1},
                 {111, 0},
                 {219, 0},
                 {220, 3},
                 {300, 3}},
                [](Vitals& v, double x) { v.systolic = static_cast<int>(x); });
}
TEST(News2, Pulse) {
  expect_points("pulse",
                {{20, 3},
                 {40, 3},
                 {41, 1},
                 {50, 1},
                 {51, 0},
                 {90, 0},
                 {91, 1},
                 {110, 1},
                 {111, 2},
                 {130, 2},
                 {131, 3},
                 {200, 3}},
                [](Vitals& v, double x) { v.pulse = static_cast<int>(x); });
}
TEST(News2, Consciousness) {
  expect_points("consciousness", {{0, 0}, {1, 3}, {2, 3}, {3, 3}, {4, 3}}, [](Vitals& v, double x) {
    v.consciousness = static_cast<Consciousness>(static_cast<int>(x));
  });
}
TEST(News2, Temperature) {
  expect_points("temperature_c",
                {{34.0, 3},
                 {35.0, 3},
                 {35.1, 1},
                 {36.0, 1},
                 {36.1, 0},
                 {38.0, 0},
                 {38.1, 1},
                 {39.0, 1},
                 {39.1, 2},
                 {41.0, 2}},
                [](Vitals& v, double x) { v.temperature_c = x; });
}

TEST(News2, TheScoreIsTheSumAndTheLeastIsTheBest) {
  EXPECT_EQ(news2(healthy()).score, 0);
  const Vitals worst{.respiratory_rate = 30,
                     .spo2 = 80,
                     .spo2_scale = 1,
                     .on_oxygen = true,
                     .systolic = 80,
                     .pulse = 140,
                     .consciousness = Consciousness::unresponsive,
                     .temperature_c = 34.0};
  EXPECT_EQ(news2(worst).score, 20);
}

TEST(News2, WhatWasNotMeasuredIsSaidAndNotGuessed) {
  auto vitals = healthy();
  vitals.pulse.reset();
  vitals.temperature_c.reset();
  const auto found = news2(vitals);
  EXPECT_THAT(found.missing, ElementsAre("pulse", "temperature_c"));
  EXPECT_FALSE(found.parts.contains("pulse"));
  // Above the target of scale 2 it matters whether oxygen is given.
  vitals = healthy();
  vitals.spo2_scale = 2;
  vitals.on_oxygen.reset();
  EXPECT_THAT(news2(vitals).missing, ElementsAre("spo2", "on_oxygen"));
  vitals.spo2 = 90;
  EXPECT_THAT(news2(vitals).missing, ElementsAre("on_oxygen"));
}

TEST(Triage, AggregatesLeadToLevels) {
  const auto level_at = [](int respiratory, int systolic, int pulse, bool oxygen) {
    auto vitals = healthy();
    vitals.respiratory_rate = respiratory;
    vitals.systolic = systolic;
    vitals.pulse = pulse;
    vitals.on_oxygen = oxygen;
    return assess(rules(), adult(vitals));
  };
  EXPECT_EQ(level_at(16, 120, 70, false).level, Level::low);  // 0
  EXPECT_THAT(level_at(16, 120, 70, false).rules, IsEmpty());
  EXPECT_THAT(level_at(16, 120, 100, false).rules, ElementsAre("NEWS2_1_OR_MORE"));  // 1
  EXPECT_EQ(level_at(22, 95, 70, false).level, Level::low);                          // 4
  EXPECT_EQ(level_at(22, 95, 100, false).level, Level::high);                        // 5
  EXPECT_EQ(level_at(22, 95, 70, true).level, Level::high);                          // 6
  EXPECT_EQ(level_at(22, 95, 100, true).level, Level::critical);                     // 7
  EXPECT_EQ(level_at(22, 95, 100, true).news2->score, 7);
  const auto single = level_at(25, 120, 70, false);  // 3 in one
  EXPECT_EQ(single.level, Level::high);
  EXPECT_THAT(single.rules, ElementsAre("NEWS2_SINGLE_3", "NEWS2_1_OR_MORE"));
}

TEST(Triage, TheHighestRuleWinsAndAllAreListed) {
  auto input = adult();
  input.symptoms = {"HIGH_FEVER", "CHEST_PAIN", "SOMETHING_ELSE"};
  input.pain = 7;
  const auto found = assess(rules(), input);
  EXPECT_EQ(found.level, Level::high);
  EXPECT_THAT(found.rules, ElementsAre("CHEST_PAIN", "HIGH_FEVER", "PAIN_7_OR_MORE"));
  EXPECT_EQ(found.rule_set, "test");
  input.symptoms = {"SOMETHING_ELSE"};
  input.pain = 6;
  EXPECT_EQ(assess(rules(), input).level, Level::low);
}

TEST(Triage, ChildrenAndPregnantWomenHaveNoNews2AndItIsSaid) {
  auto vitals = healthy();
  vitals.respiratory_rate = 30;
  auto input = adult(vitals);
  input.age_years = 16;
  EXPECT_TRUE(assess(rules(), input).news2);
  input.age_years = 15;
  const auto child = assess(rules(), input);
  EXPECT_FALSE(child.news2);
  EXPECT_EQ(child.level, Level::low);
  EXPECT_THAT(child.notes, ElementsAre("Under 16: NEWS2 does not apply."));
  input.age_years = 30;
  input.pregnant = true;
  const auto pregnant = assess(rules(), input);
  EXPECT_FALSE(pregnant.news2);
  EXPECT_THAT(pregnant.notes, ElementsAre("Pregnant: NEWS2 does not apply."));
  input.pregnant = false;
  input.age_years.reset();
  EXPECT_THAT(assess(rules(), input).notes, ElementsAre("Age unknown: scored as an adult."));
  EXPECT_EQ(assess(rules(), input).level, Level::high);
}

TEST(Triage, WithoutVitalsThereIsNoScore) {
  TriageInput input;
  input.age_years = 50;
  const auto found = assess(rules(), input);
  EXPECT_FALSE(found.news2);
  EXPECT_EQ(found.missing.size(), 7U);
  EXPECT_THAT(found.notes, ElementsAre("No vital signs: NEWS2 is not scored."));
}

TEST(Triage, RulesMayAskForAgePregnancyAndSpecialtyTogether) {
  auto set = rules();
  set.rules.push_back(
      {.code = "FEVERISH_INFANT", .level = Level::high, .symptom = "HIGH_FEVER", .age_below = 1});
  set.rules.push_back(
      {.code = "OLD_HEAD", .level = Level::high, .symptom = "HEAD", .age_from = 65});
  set.rules.push_back(
      {.code = "MOTHER", .level = Level::high, .symptom = "BLEEDING", .pregnant = true});
  ASSERT_TRUE(validate(set));
  auto input = adult();
  input.symptoms = {"HIGH_FEVER", "HEAD", "BLEEDING"};
  EXPECT_EQ(assess(set, input).level, Level::moderate);
  input.age_years = 0;
  EXPECT_THAT(assess(set, input).rules, Contains("FEVERISH_INFANT"));
  input.age_years = 1;
  EXPECT_THAT(assess(set, input).rules, Not(Contains("FEVERISH_INFANT")));
  input.age_years = 65;
  EXPECT_THAT(assess(set, input).rules, Contains("OLD_HEAD"));
  input.pregnant = true;
  EXPECT_THAT(assess(set, input).rules, Contains("MOTHER"));
}

TEST(Triage, SpecialtiesShiftTheLevel) {
  auto set = rules();
  set.shifts = {{.code = "CARDIAC", .specialty = "CARD", .symptom = "CHEST_PAIN", .raise = 1}};
  ASSERT_TRUE(validate(set));
  auto input = adult();
  input.symptoms = {"CHEST_PAIN"};
  EXPECT_EQ(assess(set, input).level, Level::high);
  input.specialty = "CARD";
  EXPECT_EQ(assess(set, input).level, Level::critical);
  EXPECT_THAT(assess(set, input).rules, Contains("CARDIAC"));
  input.symptoms = {};
  EXPECT_EQ(assess(set, input).level, Level::low);
}

TEST(Triage, RuleSetsAreValidated) {
  const auto refused = [](const RuleSet& set) {
    const auto valid = validate(set);
    return valid ? std::string() : valid.error().fields.at(0).pointer;
  };
  EXPECT_EQ(refused(rules()), "");
  auto set = rules();
  set.rules[1].code = "SEIZURE";
  EXPECT_EQ(refused(set), "/rules/1/code");
  set = rules();
  set.rules[2].symptom.reset();
  EXPECT_EQ(refused(set), "/rules/2");
  set = rules();
  set.rules[0].age_from = 5;
  set.rules[0].age_below = 5;
  EXPECT_EQ(refused(set), "/rules/0/age_below");
  set = rules();
  set.news2.high_from = 7;
  EXPECT_EQ(refused(set), "/news2");
  set = rules();
  set.shifts = {{.code = "SEIZURE", .specialty = "CARD"}};
  EXPECT_EQ(refused(set), "/shifts/0/code");
}

RC_GTEST_PROP(TriageProperty, MoreSymptomsNeverMakeItLessUrgent, ()) {
  const std::vector<std::string> codes = {"SEIZURE", "CHEST_PAIN", "HIGH_FEVER", "OTHER"};
  auto input = adult();
  for (const int i : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 4)))
    input.symptoms.push_back(codes[static_cast<std::size_t>(i)]);
  const auto before = assess(rules(), input).level;
  input.symptoms.push_back(codes[static_cast<std::size_t>(*rc::gen::inRange(0, 4))]);
  RC_ASSERT(assess(rules(), input).level <= before);
}

// QUE-2
TEST(Assignment, SpecialtyThenFewestOpenThenId) {
  const auto department = Uuid::make();
  const auto a = Uuid::make();
  const auto b = Uuid::make();
  const auto cardiologist = Uuid::make();
  const std::vector<Candidate> on_duty = {{b, "GEN", department, 2},
                                          {a, "GEN", department, 2},
                                          {Uuid::make(), "GEN", department, 3},
                                          {cardiologist, "CARD", Uuid::make(), 9}};
  const auto plain = choose_doctor(on_duty, std::nullopt, department);
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->doctor_id, a);
  EXPECT_EQ(plain->reason, "On duty, of the department, fewest open entries (2)");
  EXPECT_EQ(choose_doctor(on_duty, "CARD", department)->doctor_id, cardiologist);
  EXPECT_EQ(choose_doctor(on_duty, "NEUR", department)->doctor_id, a) << "no such specialist";
  EXPECT_FALSE(choose_doctor(on_duty, std::nullopt, Uuid::make()));
  EXPECT_FALSE(choose_doctor({}, "CARD", department));
}

// QUE-7
TEST(Promotion, WhileTheRegularQueueHasRoom) {
  EXPECT_EQ(room_in_regular({11, 2, 6}), "promoted: 11 of 12 places taken (2 on duty × 6)");
  EXPECT_FALSE(room_in_regular({12, 2, 6}));
  EXPECT_FALSE(room_in_regular({0, 0, 6})) << "nobody is on duty";
}

}  // namespace ambula::queue::domain::triage_test

#include "codec.hpp"

#include <queue/migrations.hpp>
#include <queue/sql.hpp>

#include <ambula/db/migrate.hpp>
#include <ambula/outbox/outbox.hpp>
#include <ambula/testing/postgres.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "queue/store/triage.hpp"
#include "replay.hpp"

// Rule sets as data: the one that comes with the service, faults at load, replay of past cases
// [QUE-5].
namespace ambula::queue::triage::codec_test {

using domain::Level;
using ::testing::ElementsAre;

testing::Postgres& postgres() {
  static testing::Postgres instance("queue");
  return instance;
}

class Rules : public ::testing::Test {
 protected:
  static db::Options options() {
    return {.url = postgres().url(), .application_name = "test", .schema = "queue"};
  }
  static void SetUpTestSuite() {
    ASSERT_TRUE(db::migrate(options(), "platform", outbox::migrations()));
    ASSERT_TRUE(db::migrate(options(), "queue", migrations));
  }
  db::Session session{options()};
};

domain::TriageInput with(std::vector<std::string> symptoms) {
  domain::TriageInput input;
  input.age_years = 40;
  input.symptoms = std::move(symptoms);
  return input;
}

TEST_F(Rules, TheRulesOfTheServiceAreThoseOfTheDesign) {
  const auto rules = decode_rules(store::active_rules(session, Uuid::make()).text);
  ASSERT_TRUE(rules) << rules.error().detail;
  const std::vector<std::pair<Level, std::vector<std::string>>> codes = {
      {Level::critical, {"NOT_BREATHING", "UNRESPONSIVE", "MAJOR_BLEEDING", "SEIZURE"}},
      {Level::high, {"CHEST_PAIN", "STROKE_SIGNS", "SEVERE_BREATHLESSNESS", "SEVERE_ALLERGY"}},
      {Level::moderate,
       {"HIGH_FEVER", "SEVERE_PAIN", "HEAD_INJURY", "PERSISTENT_VOMITING", "DEHYDRATION"}},
      {Level::low, {"COUGH", "ANYTHING_ELSE"}}};
  for (const auto& [level, symptoms] : codes) {
    for (const auto& symptom : symptoms)
      EXPECT_EQ(assess(*rules, with({symptom})).level, level) << symptom;
  }
  auto input = with({});
  input.pain = 6;
  EXPECT_EQ(assess(*rules, input).level, Level::low);
  input.pain = 7;
  EXPECT_EQ(assess(*rules, input).level, Level::moderate);
  EXPECT_EQ(rules->news2.from_age, 16);
}

TEST(RuleCodec, FaultsAreNamed) {
  const auto fault = [](std::string_view text) {
    const auto rules = decode_rules(text);
    if (rules) return std::string("accepted");
    return rules.error().fields.empty() ? rules.error().code : rules.error().fields[0].pointer;
  };
  const std::string news2 =
      R"("news2":{"from_age":16,"critical_from":7,"high_from":5,"low_from":1,"single_3":"HIGH"})";
  const auto set = [&](const std::string& rule) {
    return R"({"version":"x","rules":[)" + rule + "]," + news2 + R"(,"shifts":[]})";
  };
  EXPECT_EQ(fault(set(R"({"code":"A","level":"HIGH","symptom":"A"})")), "accepted");
  EXPECT_EQ(fault("{"), "invalid-request");
  EXPECT_EQ(fault(set(R"({"code":"A","level":"URGENT","symptom":"A"})")), "/rules/0/level");
  EXPECT_EQ(fault(set(R"({"code":"A","level":"HIGH"})")), "/rules/0");
  EXPECT_EQ(fault(set(R"({"code":"A","level":"HIGH","sympton":"A"})")), "/rules/0/sympton");
  EXPECT_EQ(fault(set(R"({"code":"A","level":"HIGH","pain_from":11})")), "/rules/0/pain_from");
}

TEST(RuleCodec, WhatWasAskedIsReadBackAsItWas) {
  auto input = with({"CHEST_PAIN"});
  input.vitals.temperature_c = 38.1;
  input.vitals.on_oxygen = true;
  input.vitals.consciousness = domain::Consciousness::voice;
  input.pain = 3;
  input.specialty = "CARD";
  const auto text = encode(input);
  const auto again = decode_input(text);
  ASSERT_TRUE(again);
  EXPECT_EQ(encode(*again), text);
}

TEST(RuleCodec, AnOverrideKeepsBothLevels) {
  domain::TriageResult result;
  result.level = Level::high;
  result.rules = {"CHEST_PAIN"};
  result.rule_set = "v1";
  EXPECT_EQ(encode(result, Override{Level::low, "Old complaint"}),
            R"({"level":"HIGH","parts":{},"rules":["CHEST_PAIN"],"missing":[],"notes":[],)"
            R"("rule_set":"v1","overridden":{"level":"LOW","reason":"Old complaint"}})");
}

TEST_F(Rules, ReplayTellsWhatOtherRulesWouldHaveSaid) {
  const auto facility = Uuid::make();
  const auto entry = Uuid::make();
  const auto at = *parse_instant("2026-06-01T09:00:00Z");
  // Only the case is looked at; the entry it belongs to need not be whole.
  session.run_script(
      "INSERT INTO facility (id, zone, max_calls) VALUES ('" + facility.str() + "', 'UTC', 3);" +
      "INSERT INTO queue (id, facility_id, department_id, code, name, kind, board_token, "
      "created_at, "
      "created_by, updated_at, updated_by) SELECT '" +
      facility.str() + "', '" + facility.str() + "', '" + facility.str() +
      "', 'Q', 'Q', 'REGULAR', '" + facility.str() + "', now(), '" + facility.str() +
      "', now(), '" + facility.str() + "';" +
      "INSERT INTO queue_entry (id, facility_id, queue_id, department_id, queue_kind, "
      "origin_queue_id, day, ticket_number, ticket_label, patient_id, status, urgency, seniority, "
      "tracking_token, created_at, created_by, updated_at, updated_by) SELECT '" +
      entry.str() +
      "', id, id, id, 'REGULAR', id, '2026-06-01', 1, 'Q-1', id, 'WAITING', 3, now(), 't', now(), "
      "id, now(), id FROM facility WHERE id = '" +
      facility.str() + "'");
  const auto past = [&](std::vector<std::string> symptoms, Level level) {
    return session.transact([&](db::Transaction& tx) -> Result<bool> {
      add(tx, store::TriageCase{.id = Uuid::make(),
                                .facility_id = facility,
                                .queue_entry_id = entry,
                                .at = at,
                                .actor_id = Uuid::make(),
                                .rule_set = "v1",
                                .input = encode(with(std::move(symptoms))),
                                .level = level,
                                .override_level = std::nullopt});
      return true;
    });
  };
  ASSERT_TRUE(past({"CHEST_PAIN"}, Level::high));
  ASSERT_TRUE(past({"COUGH"}, Level::low));
  auto rules = *decode_rules(store::active_rules(session, facility).text);
  rules.rules.push_back({.code = "COUGH", .level = Level::moderate, .symptom = "COUGH"});
  std::vector<std::pair<Level, Level>> told;
  const auto summary = replay(session, facility, rules, at, at + std::chrono::hours(1),
                              [&](const Changed& c) { told.emplace_back(c.before, c.after); });
  EXPECT_EQ(summary.cases, 2);
  EXPECT_EQ(summary.changed, 1);
  EXPECT_THAT(told, ElementsAre(std::pair(Level::low, Level::moderate)));
}

}  // namespace ambula::queue::triage::codec_test

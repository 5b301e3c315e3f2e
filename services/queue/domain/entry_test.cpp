#include "entry.hpp"

#include <map>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

// The queue entry's state machine, every state × every command and reaction [QUE-3, QUE-4, QUE-10].
namespace ambula::queue::domain::entry_test {

using namespace std::chrono_literals;

const Instant now = *parse_instant("2026-03-10T12:00:00Z");
const Date today = *parse_date("2026-03-10");
const Uuid doctor = Uuid::make();
const Uuid consultation = Uuid::make();

constexpr Status all[] = {Status::waiting, Status::called,    Status::in_service,
                          Status::on_hold, Status::completed, Status::transferred,
                          Status::left,    Status::no_show,   Status::cancelled};

Entry entry(Status status) {
  Entry e;
  e.id = Uuid::make();
  e.day = today;
  e.status = status;
  e.patient_id = Uuid::make();
  if (status == Status::in_service) {
    e.doctor_id = doctor;
    e.consultation_id = consultation;
  }
  if (status == Status::called) e.calls = 1;
  return e;
}

using Table = std::map<std::string, std::map<Status, Status>>;

const Table commands = {
    {"call", {{Status::waiting, Status::called}, {Status::called, Status::called}}},
    {"return", {{Status::called, Status::waiting}}},
    {"start", {{Status::waiting, Status::in_service}, {Status::called, Status::in_service}}},
    {"hold",
     {{Status::waiting, Status::on_hold},
      {Status::called, Status::on_hold},
      {Status::in_service, Status::on_hold}}},
    {"resume", {{Status::on_hold, Status::waiting}}},
    {"transfer",
     {{Status::waiting, Status::transferred},
      {Status::called, Status::transferred},
      {Status::in_service, Status::transferred},
      {Status::on_hold, Status::transferred}}},
    {"leave",
     {{Status::waiting, Status::left},
      {Status::called, Status::left},
      {Status::on_hold, Status::left}}},
    {"cancel",
     {{Status::waiting, Status::cancelled},
      {Status::called, Status::cancelled},
      {Status::on_hold, Status::cancelled}}},
    {"no-show", {{Status::called, Status::no_show}}},
    {"complete", {{Status::in_service, Status::completed}}},
    {"rejoin", {{Status::no_show, Status::waiting}, {Status::left, Status::waiting}}},
    {"assign", {{Status::waiting, Status::waiting}}},
    {"prioritize", {{Status::waiting, Status::waiting}}},
    {"triage", {{Status::waiting, Status::waiting}}},
};

/// The table's last column: what is told.
const std::map<std::string, std::string> told = {
    {"call", "QueueEntryCalled"},
    {"return", "QueueEntryReturned"},
    {"start", "QueueEntryStarted"},
    {"hold", "QueueEntryHeld"},
    {"resume", "QueueEntryResumed"},
    {"transfer", "QueueEntryTransferred"},
    {"leave", "QueueEntryLeft"},
    {"cancel", "QueueEntryCancelled"},
    {"no-show", "QueueEntryNoShow"},
    {"complete", "QueueEntryCompleted"},
    {"rejoin", "QueueEntryRejoined"},
    {"assign", "QueueEntryAssigned"},
    {"prioritize", "QueueEntryPrioritized"},
    {"triage", "QueueEntryTriaged"},
    {"ConsultationStarted", "QueueEntryStarted"},
    {"ConsultationCancelled", "QueueEntryStartUndone"},
    {"ConsultationCompleted", "QueueEntryCompleted"},
    {"AppointmentNoShow", "QueueEntryNoShow"},
    {"AppointmentCompleted", "QueueEntryCompleted"},
    {"visit withdrawn", "QueueEntryCancelled"},
    {"taken over", "QueueEntryAssigned"},
    {"linked", "QueueEntryLinked"},
    {"day closed", "QueueEntryNoShow"},
};

std::vector<std::string> names_of(const Decision& decision) {
  std::vector<std::string> names;
  for (const auto& event : decision)
    names.emplace_back(to_string(event.kind));
  return names;
}

Result<Decision> run(const std::string& command, const Entry& e) {
  if (command == "call") return decide(e, Call{3, std::nullopt});
  if (command == "return") return decide(e, Return{3});
  if (command == "start") return decide(e, Start{});
  if (command == "hold") return decide(e, Hold{"asked"});
  if (command == "resume") return decide(e, Resume{});
  if (command == "transfer") return decide(e, Transfer{Uuid::make(), "asked"});
  if (command == "leave") return decide(e, Leave{"asked"});
  if (command == "cancel") return decide(e, Cancel{"asked"});
  if (command == "no-show") return decide(e, NoShow{});
  if (command == "complete") return decide(e, Complete{});
  if (command == "rejoin") return decide(e, Rejoin{today});
  if (command == "assign") return decide(e, Assign{doctor});
  if (command == "triage") return decide(e, Triage{Level::high, "{}"});
  return decide(e, Prioritize{Level::high, "asked"});
}

Status after(Entry e, const Decision& decision) {
  for (const auto& event : decision)
    evolve(e, event, now);
  return e.status;
}

TEST(EntryMachine, EveryCommandInEveryState) {
  for (const auto& [command, allowed] : commands) {
    for (const auto status : all) {
      const auto state = entry(status);
      const auto decision = run(command, state);
      const auto expected = allowed.find(status);
      if (expected != allowed.end()) {
        ASSERT_TRUE(decision) << command << " in " << to_string(status);
        EXPECT_EQ(after(state, *decision), expected->second)
            << command << " in " << to_string(status);
        EXPECT_EQ(names_of(*decision), std::vector{told.at(command)}) << command;
        continue;
      }
      ASSERT_FALSE(decision) << command << " in " << to_string(status);
      EXPECT_EQ(decision.error().code, "illegal-transition");
      const decltype(decision.error().members) named = {
          {"from", "\"" + std::string(to_string(status)) + "\""},
          {"command", "\"" + command + "\""}};
      EXPECT_EQ(decision.error().members, named);
    }
  }
}

const Table reactions = {
    {"ConsultationStarted",
     {{Status::waiting, Status::in_service},
      {Status::called, Status::in_service},
      {Status::on_hold, Status::in_service},
      {Status::cancelled, Status::in_service},
      {Status::left, Status::in_service},
      {Status::no_show, Status::in_service}}},
    {"ConsultationCancelled", {{Status::in_service, Status::waiting}}},
    {"ConsultationCompleted",
     {{Status::waiting, Status::completed},
      {Status::called, Status::completed},
      {Status::in_service, Status::completed},
      {Status::on_hold, Status::completed},
      {Status::left, Status::completed},
      {Status::no_show, Status::completed},
      {Status::cancelled, Status::completed}}},
    {"AppointmentNoShow",
     {{Status::waiting, Status::no_show},
      {Status::called, Status::no_show},
      {Status::on_hold, Status::no_show}}},
    {"AppointmentCompleted",
     {{Status::waiting, Status::completed},
      {Status::called, Status::completed},
      {Status::in_service, Status::completed},
      {Status::on_hold, Status::completed}}},
    {"visit withdrawn",
     {{Status::waiting, Status::cancelled},
      {Status::called, Status::cancelled},
      {Status::on_hold, Status::cancelled}}},
    {"taken over", {{Status::in_service, Status::in_service}}},
    {"linked",
     {{Status::waiting, Status::waiting},
      {Status::called, Status::called},
      {Status::in_service, Status::in_service},
      {Status::on_hold, Status::on_hold}}},
    {"day closed",
     {{Status::waiting, Status::no_show},
      {Status::called, Status::no_show},
      {Status::on_hold, Status::no_show}}},
};

Decision react_to(const std::string& fact, const Entry& e) {
  if (fact == "ConsultationStarted")
    return react(e, ConsultationStarted{consultation, doctor, true});
  if (fact == "ConsultationCancelled") return react(e, ConsultationCancelled{consultation});
  if (fact == "ConsultationCompleted") return react(e, ConsultationCompleted{consultation});
  if (fact == "AppointmentNoShow") return react(e, AppointmentNoShow{});
  if (fact == "AppointmentCompleted") return react(e, AppointmentCompleted{});
  if (fact == "visit withdrawn") return react(e, AppointmentWithdrawn{});
  if (fact == "taken over") return react(e, ConsultationTakenOver{consultation, Uuid::make()});
  if (fact == "linked") return react(e, AppointmentLinked{Uuid::make(), doctor, std::nullopt});
  return react(e, DayClosed{});
}

TEST(EntryMachine, EveryReactionInEveryState) {
  for (const auto& [fact, moves] : reactions) {
    for (const auto status : all) {
      const auto expected = moves.find(status);
      EXPECT_TRUE(expected != moves.end() || react_to(fact, entry(status)).empty())
          << fact << " in " << to_string(status);
      EXPECT_EQ(after(entry(status), react_to(fact, entry(status))),
                expected == moves.end() ? status : expected->second)
          << fact << " in " << to_string(status);
      if (expected == moves.end()) continue;
      EXPECT_EQ(names_of(react_to(fact, entry(status))), std::vector{told.at(fact)}) << fact;
    }
  }
}

TEST(EntryMachine, YesterdaysEntryDoesNotComeBack) {
  EXPECT_TRUE(react(entry(Status::left), ConsultationStarted{consultation, doctor, false}).empty());
}

TEST(EntryMachine, EmergenciesAreNotClosedWithTheDay) {
  auto e = entry(Status::waiting);
  e.queue_kind = Kind::emergency;
  EXPECT_TRUE(react(e, DayClosed{}).empty());
}

TEST(EntryMachine, ATakenOverConsultationMovesTheDoctor) {
  auto e = entry(Status::in_service);
  const auto other = Uuid::make();
  const auto decision = react(e, ConsultationTakenOver{consultation, other});
  for (const auto& event : decision)
    evolve(e, event, now);
  EXPECT_EQ(e.doctor_id, other);
  EXPECT_EQ(e.status, Status::in_service);
}

TEST(EntryMachine, AConsultationOfAnEntryStartedByHandIsNoted) {
  auto e = entry(Status::in_service);
  e.consultation_id.reset();
  const auto run = [&](const Decision& decision) {
    for (const auto& event : decision)
      evolve(e, event, now);
    return decision;
  };
  const auto noted = run(react(e, ConsultationStarted{consultation, doctor, true}));
  ASSERT_EQ(noted.size(), 1U);
  EXPECT_FALSE(is_published(noted[0].kind));
  EXPECT_EQ(e.consultation_id, consultation);
  run(react(e, ConsultationCancelled{Uuid::make()}));
  EXPECT_EQ(e.status, Status::in_service) << "another consultation's end";
  run(react(e, ConsultationCancelled{consultation}));
  EXPECT_EQ(e.status, Status::waiting);
}

TEST(EntryMachine, AStartNamesItsDoctor) {
  auto e = entry(Status::on_hold);
  e.doctor_id = Uuid::make();
  const auto decision = react(e, ConsultationStarted{consultation, doctor, true});
  ASSERT_EQ(decision.size(), 1U);
  evolve(e, decision[0], now);
  EXPECT_EQ(e.doctor_id, doctor);
  EXPECT_EQ(e.consultation_id, consultation);
  EXPECT_EQ(e.first_called_at, now);
}

TEST(EntryMachine, AReasonIsOfThePresentState) {
  auto e = entry(Status::waiting);
  const auto run = [&](const Result<Decision>& decision) { evolve(e, decision->front(), now); };
  run(decide(e, Hold{"at the laboratory"}));
  EXPECT_EQ(e.status_reason, "at the laboratory");
  run(decide(e, Resume{}));
  EXPECT_FALSE(e.status_reason);
  run(decide(e, Prioritize{Level::high, "looks worse"}));
  EXPECT_FALSE(e.status_reason) << "that is the priority's";
}

TEST(EntryMachine, TriageKeepsWhatTheRulesSaid) {
  auto e = entry(Status::waiting);
  const auto decision = decide(e, Triage{Level::moderate, R"({"level":"LOW"})", "CARD"});
  evolve(e, decision->front(), now);
  EXPECT_EQ(e.level(), Level::moderate);
  EXPECT_EQ(e.triage, R"({"level":"LOW"})");
  EXPECT_EQ(e.specialty, "CARD");
}

TEST(EntryMachine, AVisitorIsIdentifiedOnceInWhateverState) {  // QUE-14
  EXPECT_EQ(decide(entry(Status::waiting), Identify{doctor}).error().code, "not-a-visitor");
  for (const auto status : all) {
    auto e = entry(status);
    e.patient_id.reset();
    e.visitor_id = Uuid::make();
    const auto patient = Uuid::make();
    const auto decision = decide(e, Identify{patient});
    ASSERT_TRUE(decision);
    EXPECT_FALSE(is_published(decision->front().kind));
    evolve(e, decision->front(), now);
    EXPECT_EQ(e.patient_id, patient);
    EXPECT_EQ(e.status, status);
    EXPECT_TRUE(decide(e, Identify{patient})->empty());
    EXPECT_EQ(decide(e, Identify{Uuid::make()}).error().code, "already-identified");
  }
}

TEST(EntryMachine, AFirstCallIsNeverRefused) {
  auto e = entry(Status::waiting);
  e.calls = 3;  // the setting was lowered, or the entry came back
  EXPECT_TRUE(decide(e, Call{3, std::nullopt}));
}

TEST(EntryMachine, CallsAreCountedAndBounded) {
  auto e = entry(Status::waiting);
  for (int call = 1; call <= 3; ++call) {
    const auto decision = decide(e, Call{3, "12"});
    ASSERT_TRUE(decision);
    evolve(e, decision->front(), now);
    EXPECT_EQ(e.calls, call);
  }
  EXPECT_EQ(e.room, "12");
  EXPECT_EQ(decide(e, Call{3, std::nullopt}).error().code, "max-calls-reached");
  const auto returned = decide(e, Return{3});
  ASSERT_TRUE(returned);
  EXPECT_EQ(after(e, *returned), Status::no_show) << "the return after the last call ends it";
}

TEST(EntryMachine, RejoiningCountsFromNow) {
  auto e = entry(Status::left);
  e.seniority = now - 3h;
  e.calls = 3;
  const auto decision = decide(e, Rejoin{today});
  ASSERT_TRUE(decision);
  evolve(e, decision->front(), now);
  EXPECT_EQ(e.seniority, now);
  EXPECT_EQ(e.calls, 0);
  EXPECT_EQ(decide(entry(Status::left), Rejoin{*parse_date("2026-03-11")}).error().code,
            "not-today");
}

TEST(EntryMachine, ResumingKeepsSeniority) {
  auto e = entry(Status::on_hold);
  e.seniority = now - 3h;
  const auto decision = decide(e, Resume{});
  ASSERT_TRUE(decision);
  evolve(e, decision->front(), now);
  EXPECT_EQ(e.seniority, now - 3h);
}

TEST(EntryMachine, ASuccessorKeepsLabelLevelAndSeniority) {
  auto e = entry(Status::called);
  e.ticket = {"GM-17", 17};
  e.origin_queue_id = Uuid::make();
  e.priority = Level::high;
  e.seniority = now - 1h;
  Queue target;
  target.id = Uuid::make();
  target.kind = Kind::emergency;
  target.department_id = Uuid::make();
  const auto next = successor_of(e, Uuid::make(), target, now, doctor);
  EXPECT_EQ(next.ticket.label, "GM-17");
  EXPECT_EQ(next.level(), Level::high);
  EXPECT_EQ(next.seniority, now - 1h);
  EXPECT_EQ(next.status, Status::waiting);
  EXPECT_EQ(next.calls, 0);
  EXPECT_EQ(next.transferred_from, e.id);
  EXPECT_EQ(next.origin_queue_id, e.origin_queue_id) << "the queue that drew the number";
}

TEST(EntryMachine, PriorityGoesBeforeTriage) {
  Entry e;
  EXPECT_EQ(e.level(), Level::low);
  e.triage_level = Level::moderate;
  EXPECT_EQ(e.level(), Level::moderate);
  e.priority = Level::critical;
  EXPECT_EQ(e.level(), Level::critical);
}

RC_GTEST_PROP(EntryMachineProperty, OnlyTheTableMovesAnEntry, ()) {
  auto e = entry(Status::waiting);
  const auto steps =
      *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, static_cast<int>(commands.size())));
  for (const int step : steps) {
    const auto& [command, allowed] = *std::next(commands.begin(), step);
    const auto before = e.status;
    const auto decision = run(command, e);
    if (!decision) continue;
    for (const auto& event : *decision)
      evolve(e, event, now);
    RC_ASSERT(allowed.contains(before));
    RC_ASSERT(before != Status::completed && before != Status::transferred);
  }
}

}  // namespace ambula::queue::domain::entry_test

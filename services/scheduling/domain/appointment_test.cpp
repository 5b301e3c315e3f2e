#include "appointment.hpp"

#include <map>
#include <set>

#include <gtest/gtest.h>

#include "booking.hpp"

#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

// The appointment's state machine, every state × every command and reaction [SCH-5, SCH-6, SCH-11].
namespace ambula::scheduling::domain::appointment_test {

using namespace std::chrono_literals;

const Instant noon = *parse_instant("2026-03-10T12:00:00Z");
const Rules berlin{.zone = "Europe/Berlin"};

Appointment visit(Status status) {
  Appointment a;
  a.id = Uuid::make();
  a.doctor_id = Uuid::make();
  a.time = {noon + 1h, noon + 1h + 15min};
  a.status = status;
  if (status == Status::in_consultation) {
    a.status_before = Status::checked_in;
    a.consultation_id = Uuid::make();
  }
  return a;
}

constexpr Status all[] = {Status::booked,    Status::checked_in, Status::in_consultation,
                          Status::completed, Status::cancelled,  Status::no_show};

/// What the table of domain.md says: command → the states it is allowed in and where it leads.
const std::map<std::string, std::map<Status, Status>> table = {
    {"reschedule", {{Status::booked, Status::booked}}},
    {"check-in", {{Status::booked, Status::checked_in}}},
    {"undo-check-in", {{Status::checked_in, Status::booked}}},
    {"complete", {{Status::booked, Status::completed}, {Status::checked_in, Status::completed}}},
    {"cancel", {{Status::booked, Status::cancelled}, {Status::checked_in, Status::cancelled}}},
    {"no-show", {{Status::booked, Status::no_show}, {Status::checked_in, Status::no_show}}},
    {"reinstate", {{Status::cancelled, Status::booked}, {Status::no_show, Status::booked}}},
};

/// The table's last column: what is told.
const std::map<std::string, std::string> told = {{"reschedule", "AppointmentRescheduled"},
                                                 {"check-in", "AppointmentCheckedIn"},
                                                 {"undo-check-in", "AppointmentCheckInUndone"},
                                                 {"complete", "AppointmentCompleted"},
                                                 {"cancel", "AppointmentCancelled"},
                                                 {"no-show", "AppointmentNoShow"},
                                                 {"reinstate", "AppointmentReinstated"}};

using Names = std::vector<std::string>;
Names names_of(const Decision& decision) {
  Names names;
  for (const auto& event : decision)
    names.emplace_back(to_string(event.kind));
  return names;
}

Result<Decision> run(const std::string& command, const Appointment& a, Instant now = noon,
                     const Rules& rules = berlin) {
  if (command == "reschedule")
    return decide(a, Reschedule{{a.doctor_id, {noon + 3h, noon + 4h}}}, now, rules);
  if (command == "check-in") return decide(a, CheckIn{}, now, rules);
  if (command == "undo-check-in") return decide(a, UndoCheckIn{}, now, rules);
  if (command == "complete") return decide(a, Complete{}, now, rules);
  if (command == "cancel") return decide(a, Cancel{"asked"}, now, rules);
  if (command == "no-show") return decide(a, NoShow{}, std::max(now, a.time.from), rules);
  return decide(a, Reinstate{"asked"}, now, rules);
}

TEST(AppointmentMachine, EveryCommandInEveryState) {
  for (const auto& [command, allowed] : table) {
    for (const auto status : all) {
      const auto state = visit(status);
      const auto decision = run(command, state);
      const auto expected = allowed.find(status);
      if (expected != allowed.end()) {
        ASSERT_TRUE(decision) << command << " in " << to_string(status);
        EXPECT_EQ(evolved(state, *decision).status, expected->second) << command;
        EXPECT_EQ(names_of(*decision), Names{told.at(command)});
        continue;
      }
      ASSERT_FALSE(decision) << command << " in " << to_string(status);
      const auto& error = decision.error();
      const bool live = command == "complete" && status == Status::in_consultation;
      EXPECT_EQ(error.code, live ? "consultation-live" : "illegal-transition");
      EXPECT_EQ(error.kind, ErrorKind::conflict);
      if (!live) {
        const decltype(error.members) named = {
            {"from", "\"" + std::string(to_string(status)) + "\""},
            {"command", "\"" + command + "\""}};
        EXPECT_EQ(error.members, named);
      }
    }
  }
}

TEST(AppointmentMachine, EveryReactionInEveryState) {
  const std::map<Status, Status> started = {{Status::booked, Status::in_consultation},
                                            {Status::checked_in, Status::in_consultation},
                                            {Status::cancelled, Status::in_consultation},
                                            {Status::no_show, Status::in_consultation}};
  const std::map<Status, Status> completed = {{Status::booked, Status::completed},
                                              {Status::checked_in, Status::completed},
                                              {Status::in_consultation, Status::completed}};
  for (const auto status : all) {
    const auto state = visit(status);
    const auto consultation = state.consultation_id.value_or(Uuid::make());
    const auto after = [&](const Decision& decision) { return evolved(state, decision).status; };
    const auto takes_up = react(state, ConsultationStarted{consultation});
    EXPECT_EQ(after(takes_up), started.contains(status) ? started.at(status) : status);
    Names taken_up;
    if (started.contains(status) && !holds_time(status)) taken_up = {"AppointmentReinstated"};
    if (started.contains(status)) taken_up.emplace_back("AppointmentInConsultation");
    EXPECT_EQ(names_of(takes_up), taken_up);
    const auto ends = react(state, ConsultationCompleted{consultation});
    EXPECT_EQ(after(ends), completed.contains(status) ? completed.at(status) : status);
    EXPECT_EQ(names_of(ends), completed.contains(status) ? Names{"AppointmentCompleted"} : Names{});
    const auto undone = react(state, ConsultationCancelled{consultation});
    const bool live = status == Status::in_consultation;
    EXPECT_EQ(after(undone), live ? Status::checked_in : status);
    EXPECT_EQ(names_of(undone), live ? Names{"AppointmentConsultationUndone"} : Names{});
  }
}

TEST(AppointmentMachine, AMissedVisitWhoseTimeIsTakenStaysMissed) {
  EXPECT_TRUE(react(visit(Status::no_show), ConsultationStarted{Uuid::make(), false}).empty());
}

TEST(AppointmentMachine, AReinstatedVisitGoesBackToBooked) {
  auto state = visit(Status::cancelled);
  const auto consultation = Uuid::make();
  state = evolved(state, react(state, ConsultationStarted{consultation}));
  EXPECT_EQ(state.status, Status::in_consultation);
  EXPECT_EQ(evolved(state, react(state, ConsultationCancelled{consultation})).status,
            Status::booked);
}

TEST(AppointmentMachine, AnotherConsultationDoesNotEndThisOne) {
  const auto state = visit(Status::in_consultation);
  EXPECT_TRUE(react(state, ConsultationCancelled{Uuid::make()}).empty());
  EXPECT_TRUE(react(state, ConsultationCompleted{Uuid::make()}).empty());
}

TEST(AppointmentMachine, CheckInOnItsLocalDayOnly) {
  auto state = visit(Status::booked);
  state.time = {*parse_instant("2026-03-10T22:30:00Z"),
                *parse_instant("2026-03-10T22:45:00Z")};  // 23:30 in Berlin
  EXPECT_TRUE(
      decide(state, CheckIn{}, *parse_instant("2026-03-09T23:00:00Z"), berlin));  // its midnight
  EXPECT_EQ(decide(state, CheckIn{}, *parse_instant("2026-03-09T22:59:59Z"), berlin).error().code,
            "not-today");
  EXPECT_EQ(decide(state, CheckIn{}, *parse_instant("2026-03-10T23:00:00Z"), berlin).error().code,
            "not-today");
}

TEST(AppointmentMachine, NoShowNotBeforeTheStart) {
  const auto state = visit(Status::booked);
  EXPECT_EQ(decide(state, NoShow{}, state.time.from - 1us, berlin).error().code, "too-early");
  EXPECT_TRUE(decide(state, NoShow{}, state.time.from, berlin));
}

TEST(AppointmentMachine, IsMissedAfterItsGraceOrAtFourOfTheNextDay) {
  auto state = visit(Status::booked);
  EXPECT_FALSE(is_missed(state, state.time.to + 30min - 1us, berlin));
  EXPECT_TRUE(is_missed(state, state.time.to + 30min, berlin));
  state.status = Status::checked_in;
  EXPECT_FALSE(is_missed(state, *parse_instant("2026-03-11T02:59:59Z"), berlin));
  EXPECT_TRUE(is_missed(state, *parse_instant("2026-03-11T03:00:00Z"), berlin));
  state.time = {*parse_instant("2026-03-28T12:00:00Z"), *parse_instant("2026-03-28T12:15:00Z")};
  EXPECT_TRUE(is_missed(state, *parse_instant("2026-03-29T02:00:00Z"), berlin))
      << "04:00 on a day of a clock change";
  EXPECT_FALSE(is_missed(visit(Status::in_consultation), noon + 24h * 30, berlin));
}

TEST(AppointmentMachine, PatientsCancelBeforeTheStart) {
  const auto state = visit(Status::booked);
  EXPECT_TRUE(decide(state, Cancel{"asked", true}, state.time.from - 1us, berlin));
  EXPECT_EQ(decide(state, Cancel{"asked", true}, state.time.from, berlin).error().code, "too-late");
  EXPECT_TRUE(decide(state, Cancel{"asked", false}, state.time.from, berlin));
}

TEST(AppointmentMachine, CompletionMayBeForbiddenBySetting) {
  Rules rules = berlin;
  rules.desk_may_complete = false;
  EXPECT_EQ(decide(visit(Status::booked), Complete{}, noon, rules).error().code, "setting-forbids");
}

TEST(AppointmentMachine, ReinstateReachesBackToThisMorningOnly) {
  auto state = visit(Status::no_show);
  state.time = {noon - 2h, noon - 2h + 15min};
  EXPECT_TRUE(decide(state, Reinstate{"came late"}, noon, berlin));
  EXPECT_EQ(decide(state, Reinstate{"came late"}, noon + 24h, berlin).error().code, "in-the-past");
}

RC_GTEST_PROP(AppointmentMachineProperty, WhateverHappensTheStateHoldsTogether, ()) {
  auto state = visit(Status::booked);
  const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 10));
  const auto consultation = Uuid::make();
  for (const int step : steps) {
    const auto before = state;
    static const std::vector<std::string> commands = {
        "reschedule", "check-in", "undo-check-in", "complete", "cancel", "no-show", "reinstate"};
    Decision decision;
    if (step < 7) {
      const auto decided = run(commands[static_cast<std::size_t>(step)], state);
      if (decided) decision = *decided;
    } else if (step == 7) {
      decision = react(state, ConsultationStarted{consultation});
    } else if (step == 8) {
      decision = react(state, ConsultationCancelled{consultation});
    } else {
      decision = react(state, ConsultationCompleted{consultation});
    }
    state = evolved(state, decision);
    RC_ASSERT((state.status == Status::in_consultation) == state.status_before.has_value());
    RC_ASSERT(state.move_count >= before.move_count);
    RC_ASSERT(before.status != Status::completed || decision.empty());
  }
}

BookingRequest request(Instant starts_at) {
  BookingRequest r;
  r.starts_at = starts_at;
  return r;
}

BookingFacts facts() {
  BookingFacts f;
  f.patient_active = true;
  f.doctor_active = true;
  f.availability.weekly = {
      {std::chrono::Tuesday, LocalMinutes{13 * 60}, LocalMinutes{17 * 60}, LocalMinutes{20}}};
  return f;
}

std::string refusal(const BookingRequest& r, const BookingFacts& f) {
  const auto time = check_booking(r, f, noon, berlin);
  return time ? "" : time.error().code;
}

TEST(BookingRules, RefuseInTheOrderOfTheDomain) {
  // Everything is wrong at once; mending the first fault shows the next.
  auto r = request(noon - 1h);
  r.duration = 10min;
  BookingFacts f;
  EXPECT_EQ(refusal(r, f), "bad-duration");
  r.duration = 181min;
  EXPECT_EQ(refusal(r, f), "bad-duration");
  r.duration = 30min;
  EXPECT_EQ(refusal(r, f), "in-the-past");
  r.starts_at =
      *parse_instant("2026-03-10T16:45:00Z");  // a Tuesday, 17:45 in Berlin: after the session
  EXPECT_EQ(refusal(r, f), "patient-not-found");
  f.patient_active = false;
  EXPECT_EQ(refusal(r, f), "doctor-not-found");
  f.doctor_active = false;
  EXPECT_EQ(refusal(r, f), "patient-inactive");
  f.patient_active = true;
  EXPECT_EQ(refusal(r, f), "doctor-inactive");
  f.doctor_active = true;
  EXPECT_EQ(refusal(r, f), "outside-availability");
  f.availability = facts().availability;
  EXPECT_EQ(refusal(r, f), "outside-availability");
  r.starts_at = *parse_instant("2026-03-10T15:30:00Z");  // 16:30 to 17:00
  EXPECT_EQ(refusal(r, f), "");
}

TEST(BookingRules, AnyWholeMinuteInsideOneSession) {
  const auto at = [](const char* text) { return request(*parse_instant(text)); };
  EXPECT_EQ(refusal(at("2026-03-10T12:07:00Z"), facts()), "");
  EXPECT_EQ(refusal(at("2026-03-10T12:07:30Z"), facts()), "outside-availability");
  EXPECT_EQ(refusal(at("2026-03-10T15:41:00Z"), facts()),
            "outside-availability");  // would end at 17:01
  const auto time = check_booking(at("2026-03-10T15:40:00Z"), facts(), noon, berlin);
  ASSERT_TRUE(time);
  EXPECT_EQ(time->to - time->from, 20min) << "the session's slot length";
}

TEST(BookingRules, TheLastSeatsAreForUrgentVisits) {
  const Rules rules{.zone = "Europe/Berlin", .day_cap = 12, .urgent_seats = 3};
  EXPECT_EQ(seats_for(std::nullopt, rules), 9);
  EXPECT_EQ(seats_for(TriageLevel::low, rules), 9);
  EXPECT_EQ(seats_for(TriageLevel::high, rules), 12);
  EXPECT_EQ(seats_for(TriageLevel::critical, rules), 12);
}

}  // namespace ambula::scheduling::domain::appointment_test

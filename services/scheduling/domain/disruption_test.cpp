#include "disruption.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

// Where visits go that lost their time [SCH-10].
namespace ambula::scheduling::domain::disruption_test {

using namespace std::chrono_literals;

const Instant monday = *parse_instant("2026-06-01T00:00:00Z");
const Rules rules{.zone = "UTC"};

Calendar doctor(std::string specialty, int from_h = 9, int to_h = 11) {
  Calendar calendar;
  calendar.doctor_id = Uuid::make();
  calendar.specialty = std::move(specialty);
  for (unsigned weekday = 0; weekday < 7; ++weekday) {
    calendar.availability.weekly.push_back({std::chrono::weekday{weekday},
                                            LocalMinutes{from_h * 60}, LocalMinutes{to_h * 60},
                                            LocalMinutes{30}});
  }
  return calendar;
}

Appointment visit(const Calendar& with, Instant from) {
  Appointment a;
  a.id = Uuid::make();
  a.patient_id = Uuid::make();
  a.doctor_id = with.doctor_id;
  a.time = {from, from + 30min};
  return a;
}

void close(Calendar& calendar, const TimeRange& span) {
  calendar.availability.exceptions.push_back({Uuid::make(), ExceptionKind::leave, span, 15min});
}

TEST(Plan, KeepsTheDoctorAtTheSoonestTime) {
  auto own = doctor("CARD");
  const auto colleague = doctor("CARD");
  close(own, {monday, monday + 24h});
  const auto items = plan({visit(own, monday + 9h), visit(own, monday + 9h + 30min)},
                          {rules, monday, {own, colleague}, {}});
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[0].proposal, (Slot{own.doctor_id, {monday + 33h, monday + 33h + 30min}}));
  EXPECT_EQ(items[1].proposal, (Slot{own.doctor_id, {monday + 33h + 30min, monday + 34h}}));
}

TEST(Plan, TakesAColleagueOfTheSpecialtyOnTheSameDayElseLater) {
  auto own = doctor("CARD");
  own.active = false;
  auto colleague = doctor("CARD");
  const auto stranger = doctor("ORTH");
  const auto one = visit(own, monday + 9h);
  auto items = plan({one}, {rules, monday, {own, colleague, stranger}, {}});
  EXPECT_EQ(items[0].proposal, (Slot{colleague.doctor_id, one.time})) << "the same time is free";
  close(colleague, {monday, monday + 24h});
  items = plan({one}, {rules, monday, {own, colleague, stranger}, {}});
  EXPECT_EQ(items[0].proposal->time.from, monday + 33h);
  items = plan({one}, {rules, monday, {own, stranger}, {}});
  EXPECT_FALSE(items[0].proposal);
  EXPECT_EQ(items[0].reason, "no-slot");
  EXPECT_TRUE(is_waiting(items[0]));
}

TEST(Plan, UrgentVisitsChooseFirst) {
  auto own = doctor("CARD", 9, 10);
  close(own, {monday, monday + 24h});
  const auto usual = visit(own, monday + 9h);
  auto urgent = visit(own, monday + 9h + 30min);
  urgent.triage_level = TriageLevel::high;
  const auto items = plan({usual, urgent}, {rules, monday, {own}, {}});
  EXPECT_GT(items[0].proposal->time.from, items[1].proposal->time.from);
}

TEST(Plan, NeverTakesATimeThatThePatientDoesNotHave) {
  auto own = doctor("CARD");
  close(own, {monday, monday + 24h});
  const auto one = visit(own, monday + 9h);
  const auto items = plan(
      {one},
      {rules, monday, {own}, {{one.patient_id, {one.time, {monday + 33h, monday + 33h + 20min}}}}});
  EXPECT_EQ(items[0].proposal->time.from, monday + 33h + 30min);
}

/// Whatever strands, no two proposals are in one another's way, and each is a free time.
RC_GTEST_PROP(PlanProperty, NobodyIsDoubleBooked, ()) {
  std::vector<Calendar> calendars;
  std::vector<Appointment> visits;
  const auto patients = *rc::gen::container<std::vector<Uuid>>(
      3, rc::gen::map(rc::gen::arbitrary<int>(), [](int) { return Uuid::make(); }));
  for (int i = *rc::gen::inRange(1, 4); i > 0; --i) {
    calendars.push_back(doctor("CARD", 9, *rc::gen::inRange(10, 13)));
    for (int v = *rc::gen::inRange(0, 5); v > 0; --v) {
      auto one = visit(calendars.back(), monday + 9h + v * 30min);
      one.patient_id = *rc::gen::elementOf(patients);
      hold(calendars.back(), "UTC", one.time);
      visits.push_back(one);
    }
    if (*rc::gen::arbitrary<bool>())
      close(calendars.back(), {monday, monday + std::chrono::hours{*rc::gen::inRange(10, 60)}});
    else
      calendars.back().active = false;
  }
  const auto items = plan(visits, {rules, monday, calendars, {}});
  RC_ASSERT(items.size() == visits.size());
  for (const auto& a : items) {
    if (!a.proposal) continue;
    const auto calendar = std::find_if(calendars.begin(), calendars.end(), [&](const Calendar& c) {
      return c.doctor_id == a.proposal->doctor_id;
    });
    RC_ASSERT(is_free(*calendar, {rules, {monday, monday + 24h * 90}}, a.proposal->time));
    for (const auto& b : items) {
      if (a.appointment_id == b.appointment_id || !b.proposal) continue;
      const auto patient = [&](const DisruptionItem& item) {
        return std::find_if(visits.begin(), visits.end(),
                            [&](const Appointment& one) { return one.id == item.appointment_id; })
            ->patient_id;
      };
      const bool same = a.proposal->doctor_id == b.proposal->doctor_id || patient(a) == patient(b);
      RC_ASSERT(!same || !a.proposal->time.overlaps(b.proposal->time));
    }
  }
}

TEST(Disruption, CommandsInEveryState) {
  Disruption one;
  EXPECT_TRUE(check_apply(one));
  EXPECT_TRUE(check_close(one));
  one.status = DisruptionStatus::applied;
  EXPECT_EQ(check_apply(one).error().code, "illegal-transition");
  EXPECT_TRUE(check_close(one));
  one.status = DisruptionStatus::closed;
  EXPECT_EQ(check_apply(one).error().code, "illegal-transition");
  EXPECT_EQ(check_close(one).error().code, "illegal-transition");
}

TEST(Disruption, AVisitThatStandsElsewhereIsSettled) {
  const auto own = doctor("CARD");
  auto one = visit(own, monday);
  const DisruptionItem item{.appointment_id = one.id, .stood = {own.doctor_id, one.time}};
  EXPECT_FALSE(settled_otherwise(item, one));
  one.time = {monday + 1h, monday + 2h};
  EXPECT_EQ(settled_otherwise(item, one), "moved");
  one.status = Status::cancelled;
  EXPECT_EQ(settled_otherwise(item, one), "CANCELLED");
}

}  // namespace ambula::scheduling::domain::disruption_test

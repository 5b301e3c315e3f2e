#include "slots.hpp"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "booking.hpp"

#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

// Searching for times and choosing doctors [SCH-4, SCH-8, SCH-9].
namespace ambula::scheduling::domain::slots_test {

using namespace std::chrono_literals;

Instant at(const char* text) {
  return *parse_instant(text);
}

Date day(const char* text) {
  return *parse_date(text);
}

/// A doctor who works every day from `from` to `to` o'clock.
Calendar daily(int from_h, int to_h, int slot_min = 30) {
  Calendar calendar;
  calendar.doctor_id = Uuid::make();
  for (unsigned weekday = 0; weekday < 7; ++weekday) {
    calendar.availability.weekly.push_back({std::chrono::weekday{weekday},
                                            LocalMinutes{from_h * 60}, LocalMinutes{to_h * 60},
                                            LocalMinutes{slot_min}});
  }
  return calendar;
}

Search search(const char* from, const char* to, std::string zone = "UTC") {
  return {.rules = {.zone = std::move(zone)}, .window = {at(from), at(to)}};
}

TEST(Slots, StepInElapsedMinutesThroughARepeatedHour) {
  // 02:00 to 03:00 in Berlin happens twice on 25 October: two hours of slots.
  const auto slots = free_slots(
      {daily(2, 3)}, search("2026-10-24T22:00:00Z", "2026-10-25T22:00:00Z", "Europe/Berlin"), 100);
  ASSERT_EQ(slots.size(), 4U);
  EXPECT_EQ(slots.front().time.from, at("2026-10-25T00:00:00Z"));
  EXPECT_EQ(slots.back().time.to, at("2026-10-25T02:00:00Z"));
}

TEST(Slots, NoneInAnHourThatDoesNotExist) {
  EXPECT_TRUE(free_slots({daily(2, 3)},
                         search("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "Europe/Berlin"),
                         100)
                  .empty());
}

TEST(Slots, LeaveOutWhatIsBusyAndFullDays) {
  auto calendar = daily(9, 11);
  calendar.busy = {{at("2026-06-01T09:15:00Z"), at("2026-06-01T09:45:00Z")}};
  auto wanted = search("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z");
  const auto slots = free_slots({calendar}, wanted, 100);
  ASSERT_EQ(slots.size(), 2U);
  EXPECT_EQ(slots[0].time.from, at("2026-06-01T10:00:00Z"));
  wanted.patient_busy = {{at("2026-06-01T10:00:00Z"), at("2026-06-01T10:10:00Z")}};
  EXPECT_EQ(free_slots({calendar}, wanted, 100).size(), 1U);
  wanted.rules.day_cap = 3;
  wanted.rules.urgent_seats = 1;
  calendar.loads = {{day("2026-06-01"), 2, 2, 2}};
  EXPECT_TRUE(free_slots({calendar}, wanted, 100).empty());
  wanted.level = TriageLevel::high;
  EXPECT_EQ(free_slots({calendar}, wanted, 100).size(), 1U) << "the last seat is for urgent visits";
}

TEST(Slots, SoonestFirstOverSeveralDoctors) {
  const auto late = daily(10, 11);
  const auto early = daily(9, 10);
  const auto slots =
      free_slots({late, early}, search("2026-06-01T00:00:00Z", "2026-06-03T00:00:00Z"), 3);
  ASSERT_EQ(slots.size(), 3U);
  EXPECT_EQ(slots[0].doctor_id, early.doctor_id);
  EXPECT_EQ(slots[2].doctor_id, late.doctor_id);
}

TEST(Slots, OverlappingSessionsOfferATimeOnce) {
  auto calendar = daily(9, 11);
  calendar.availability.exceptions = {{Uuid::make(),
                                       ExceptionKind::extra,
                                       {at("2026-06-01T10:00:00Z"), at("2026-06-01T12:00:00Z")},
                                       30min}};
  EXPECT_EQ(
      free_slots({calendar}, search("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z"), 100).size(),
      6U);
}

TEST(Slots, EachHiddenTimeNamesTheFirstRuleThatHidesIt) {
  auto calendar = daily(9, 13, 60);
  calendar.availability.exceptions = {{Uuid::make(),
                                       ExceptionKind::leave,
                                       {at("2026-06-01T10:00:00Z"), at("2026-06-01T11:00:00Z")},
                                       15min}};
  calendar.availability.holidays = {{Uuid::make(), day("2026-06-03")}};
  calendar.busy = {{at("2026-06-01T11:00:00Z"), at("2026-06-01T11:15:00Z")}};
  calendar.loads = {{day("2026-06-02"), 1, 1, 1}};
  auto wanted = search("2026-06-01T09:30:00Z", "2026-06-04T10:00:00Z");
  wanted.rules.day_cap = 1;
  const TimeRange asked{at("2026-06-01T00:00:00Z"), at("2026-06-04T12:00:00Z")};
  std::map<std::string, std::string> rules;
  for (const auto& hidden : hidden_slots({calendar}, wanted, asked, 100))
    rules[format_instant(hidden.starts_at)] = hidden.rule;
  EXPECT_EQ(rules.at("2026-06-01T09:00:00Z"), "in-the-past");
  EXPECT_EQ(rules.at("2026-06-01T10:00:00Z"), "leave");
  EXPECT_EQ(rules.at("2026-06-01T11:00:00Z"), "slot-taken");
  EXPECT_FALSE(rules.contains("2026-06-01T12:00:00Z")) << "it is offered";
  EXPECT_EQ(rules.at("2026-06-02T09:00:00Z"), "doctor-day-full");
  EXPECT_EQ(rules.at("2026-06-03T09:00:00Z"), "holiday");
  EXPECT_EQ(rules.at("2026-06-04T10:00:00Z"), "beyond-reach");
  calendar.active = false;
  wanted.duration = 120min;
  const auto inactive = hidden_slots({calendar}, wanted, asked, 100);
  EXPECT_EQ(inactive.at(1).rule, "doctor-inactive");
  calendar.active = true;
  const auto too_long = hidden_slots({calendar}, wanted, asked, 100);
  EXPECT_EQ(too_long.at(3).rule, "outside-availability");
}

TEST(Assignment, EarliestThenFewestVisitsThenId) {  // SCH-9
  auto first = daily(9, 11);
  auto second = daily(9, 11);
  auto third = daily(10, 12);
  if (second.doctor_id < first.doctor_id) std::swap(first, second);
  const auto wanted = search("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z");
  auto chosen = assign_earliest({third, second, first}, wanted);
  ASSERT_TRUE(chosen);
  EXPECT_EQ(chosen->slot.doctor_id, first.doctor_id);
  EXPECT_EQ(chosen->reason, "earliest free time, first by id among 2 equal doctors");
  first.loads = {{day("2026-06-01"), 1, 1, 1}};
  chosen = assign_earliest({first, second, third}, wanted);
  EXPECT_EQ(chosen->slot.doctor_id, second.doctor_id);
  EXPECT_EQ(chosen->reason, "earliest free time, fewest visits that day among 2 doctors");
  chosen = assign_at({first, second, third}, wanted, at("2026-06-01T11:30:00Z"));
  EXPECT_EQ(chosen->slot.doctor_id, third.doctor_id);
  EXPECT_EQ(chosen->reason, "free at that time");
  EXPECT_FALSE(assign_at({first, second, third}, wanted, at("2026-06-01T12:00:00Z")));
}

/// Each pick is booked before the next, as requests would be.
RC_GTEST_PROP(AssignmentProperty, IsFairOverEqualDoctors, ()) {  // SCH-9
  const auto doctors = *rc::gen::inRange(1, 8);
  const auto visits = *rc::gen::inRange(1, 40);
  std::vector<Calendar> calendars;
  for (int i = 0; i < doctors; ++i)
    calendars.push_back(daily(8, 20, 15));
  auto wanted = search("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z");
  wanted.rules.day_cap = 100;
  for (int i = 0; i < visits; ++i) {
    const auto chosen = assign_earliest(calendars, wanted);
    RC_ASSERT(chosen.has_value());
    // The same state chooses the same doctor, in whatever order it is read.
    std::rotate(calendars.begin(), calendars.begin() + *rc::gen::inRange(0, doctors),
                calendars.end());
    RC_ASSERT(chosen->slot == assign_earliest(calendars, wanted)->slot);
    for (auto& calendar : calendars) {
      if (calendar.doctor_id == chosen->slot.doctor_id) hold(calendar, "UTC", chosen->slot.time);
    }
  }
  const auto [least, most] = std::minmax_element(
      calendars.begin(), calendars.end(), [](const Calendar& a, const Calendar& b) {
        return a.visits_on(day("2026-06-01")) < b.visits_on(day("2026-06-01"));
      });
  RC_ASSERT(most->visits_on(day("2026-06-01")) - least->visits_on(day("2026-06-01")) <= 1);
}

const std::vector<std::string> zones = {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
                                        "Asia/Kolkata", "America/St_Johns"};

/// The local days of 2024 to 2030 that are not 24 hours long.
std::vector<Date> changes_of(const std::string& zone) {
  std::vector<Date> days;
  for (auto at = std::chrono::sys_days{std::chrono::year{2024} / 1 / 1};
       at < std::chrono::sys_days{std::chrono::year{2031} / 1 / 1}; at += std::chrono::days{1}) {
    const auto span = local_day(zone, Date{at});
    if (span.to - span.from != 24h) days.push_back(Date{at});
  }
  return days;
}

/// A schedule of anything that may be there: sessions, leave, extra hours, a holiday, visits.
Calendar random_calendar(const TimeRange& window) {
  auto calendar = daily(0, 0);
  calendar.availability.weekly.clear();
  const auto minutes = [&] {
    return window.from + std::chrono::minutes{*rc::gen::inRange<std::int64_t>(
                             0, (window.to - window.from) / std::chrono::minutes{1})};
  };
  for (unsigned weekday = 0; weekday < 7; ++weekday) {
    const int from = *rc::gen::inRange(0, 22 * 60);
    const int to = *rc::gen::inRange(from + 60, 24 * 60 + 1);
    const int slot = *rc::gen::elementOf(std::vector<int>{15, 20, 25, 45, 60});
    calendar.availability.weekly.push_back(
        {std::chrono::weekday{weekday}, LocalMinutes{from}, LocalMinutes{to}, LocalMinutes{slot}});
  }
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
    const auto from = minutes();
    calendar.availability.exceptions.push_back(
        {Uuid::make(),
         *rc::gen::arbitrary<bool>() ? ExceptionKind::leave : ExceptionKind::extra,
         {from, from + std::chrono::minutes{*rc::gen::inRange(1, 600)}},
         std::chrono::minutes{*rc::gen::inRange(15, 61)}});
  }
  for (int i = *rc::gen::inRange(0, 6); i > 0; --i) {
    const auto from = minutes();
    const TimeRange time{from, from + std::chrono::minutes{*rc::gen::inRange(15, 90)}};
    const bool clash = std::any_of(calendar.busy.begin(), calendar.busy.end(),
                                   [&](const TimeRange& other) { return other.overlaps(time); });
    if (!clash) hold(calendar, "UTC", time);
  }
  calendar.loads.clear();
  return calendar;
}

/// What booking would say: the rules of domain/booking.cpp and no overlap.
bool is_bookable(const Calendar& calendar, const Search& wanted, const TimeRange& time) {
  BookingRequest request;
  request.starts_at = time.from;
  request.duration = std::chrono::duration_cast<std::chrono::minutes>(time.to - time.from);
  BookingFacts facts;
  facts.patient_active = facts.doctor_active = true;
  facts.availability = calendar.availability;
  if (!check_booking(request, facts, wanted.window.from, wanted.rules)) return false;
  return std::none_of(calendar.busy.begin(), calendar.busy.end(),
                      [&](const TimeRange& busy) { return busy.overlaps(time); });
}

void offered_is_bookable_and_bookable_is_offered(const std::string& zone, const TimeRange& window) {
  const auto calendar = random_calendar(window);
  const Search wanted{.rules = {.zone = zone}, .window = window};
  const auto offered = free_slots({calendar}, wanted, 10'000);
  for (const auto& slot : offered)
    RC_ASSERT(is_bookable(calendar, wanted, slot.time));
  // Every time of the grid that booking would take stands among the offered.
  for (auto local = std::chrono::sys_days{local_date(zone, window.from)};
       local <= std::chrono::sys_days{local_date(zone, window.to)}; local += std::chrono::days{1}) {
    for (const auto& session : sessions_planned(calendar.availability, zone, Date{local})) {
      for (auto start = session.grid; start + session.slot <= session.time.to;
           start += session.slot) {
        const TimeRange time{start, start + session.slot};
        if (start < window.from || start >= window.to || !is_bookable(calendar, wanted, time))
          continue;
        RC_ASSERT(std::any_of(offered.begin(), offered.end(),
                              [&](const Slot& slot) { return slot.time.from == start; }));
      }
    }
  }
}

RC_GTEST_PROP(SlotsProperty, OfferedIsBookableAndBookableIsOffered, ()) {  // SCH-4
  const auto zone = *rc::gen::elementOf(zones);
  const Instant first{std::chrono::sys_days{std::chrono::year{2024} / 1 / 1} +
                      std::chrono::days{*rc::gen::inRange(0, 2550)}};
  offered_is_bookable_and_bookable_is_offered(zone, {first, first + std::chrono::days{3}});
}

TEST(SlotsProperty, HoldOnEveryDayOfAClockChangeFrom2024To2030) {  // SCH-4
  int changes = 0;
  for (const auto& zone : zones) {
    for (const auto& date : changes_of(zone)) {
      ++changes;
      const auto span = local_day(zone, date);
      EXPECT_TRUE(rc::check([&] {
        offered_is_bookable_and_bookable_is_offered(zone, {span.from - 2h, span.to + 2h});
      })) << zone
          << format_date(date);
    }
  }
  EXPECT_EQ(changes, 4 * 14) << "two a year in four of the five zones";
}

TEST(Reach, FollowsTheTriageLevel) {  // SCH-8
  EXPECT_EQ(reach_of(TriageLevel::critical), std::chrono::days{1});
  EXPECT_EQ(reach_of(TriageLevel::high), std::chrono::days{3});
  EXPECT_EQ(reach_of(TriageLevel::moderate), std::chrono::days{14});
  EXPECT_EQ(reach_of(TriageLevel::low), std::chrono::days{60});
  EXPECT_EQ(reach_of(std::nullopt), std::chrono::days{60});
}

}  // namespace ambula::scheduling::domain::slots_test

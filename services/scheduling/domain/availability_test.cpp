#include "availability.hpp"

#include <gtest/gtest.h>

#include "booking.hpp"

#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

// Sessions and slots, also on days of a clock change [SCH-3, SCH-4].
namespace ambula::scheduling::domain::availability_test {

using namespace std::chrono_literals;

Instant at(const char* text) {
  return *parse_instant(text);
}

Date day(const char* text) {
  return *parse_date(text);
}

/// Every day from `from` to `to` o'clock.
Availability daily(int from_h, int to_h, int slot_min = 30) {
  Availability availability;
  for (unsigned weekday = 0; weekday < 7; ++weekday) {
    availability.weekly.push_back({std::chrono::weekday{weekday}, LocalMinutes{from_h * 60},
                                   LocalMinutes{to_h * 60}, LocalMinutes{slot_min}});
  }
  return availability;
}

struct ClockChange {
  const char* zone;
  const char* date;
  std::chrono::minutes night;  ///< elapsed time of a session from 00:00 to 06:00
};

class Dst : public ::testing::TestWithParam<ClockChange> {};

TEST_P(Dst, SessionsCoverTheLocalTimesThatExist) {
  const auto& change = GetParam();
  const auto sessions = sessions_on(daily(0, 6), change.zone, day(change.date));
  ASSERT_EQ(sessions.size(), 1U);
  EXPECT_EQ(sessions[0].time.to - sessions[0].time.from, change.night);
}

INSTANTIATE_TEST_SUITE_P(Zones, Dst,
                         ::testing::Values(ClockChange{"Europe/Berlin", "2026-03-29", 300min},
                                           ClockChange{"Europe/Berlin", "2026-10-25", 420min},
                                           ClockChange{"America/New_York", "2026-03-08", 300min},
                                           ClockChange{"America/New_York", "2026-11-01", 420min},
                                           ClockChange{"Australia/Lord_Howe", "2026-04-05", 390min},
                                           ClockChange{"Australia/Lord_Howe", "2026-10-04", 330min},
                                           ClockChange{"Asia/Kolkata", "2026-03-29", 360min}));

TEST(Slots, StepInElapsedMinutesThroughARepeatedHour) {
  Calendar calendar{Uuid::make(), daily(2, 3, 30), {}, {}};
  // 02:00 to 03:00 in Berlin happens twice on 25 October: two hours of slots.
  const auto slots =
      free_slots({calendar}, "Europe/Berlin",
                 {at("2026-10-24T22:00:00Z"), at("2026-10-25T22:00:00Z")}, std::nullopt, 100);
  ASSERT_EQ(slots.size(), 4U);
  EXPECT_EQ(slots.front().time.from, at("2026-10-25T00:00:00Z"));
  EXPECT_EQ(slots.back().time.to, at("2026-10-25T02:00:00Z"));
}

TEST(Slots, NoneInAnHourThatDoesNotExist) {
  Calendar calendar{Uuid::make(), daily(2, 3, 30), {}, {}};
  EXPECT_TRUE(free_slots({calendar}, "Europe/Berlin",
                         {at("2026-03-28T23:00:00Z"), at("2026-03-29T22:00:00Z")}, std::nullopt,
                         100)
                  .empty());
}

TEST(Slots, LeaveOutWhatIsBusyAndFullDays) {
  Calendar calendar{Uuid::make(), daily(9, 11, 30), {}, {}};
  calendar.busy = {{at("2026-06-01T09:15:00Z"), at("2026-06-01T09:45:00Z")}};
  const TimeRange window{at("2026-06-01T00:00:00Z"), at("2026-06-02T00:00:00Z")};
  auto slots = free_slots({calendar}, "UTC", window, std::nullopt, 100);
  ASSERT_EQ(slots.size(), 2U);
  EXPECT_EQ(slots[0].time.from, at("2026-06-01T10:00:00Z"));
  calendar.full_days = {day("2026-06-01")};
  EXPECT_TRUE(free_slots({calendar}, "UTC", window, std::nullopt, 100).empty());
}

TEST(Slots, SoonestFirstOverSeveralDoctors) {
  const Calendar late{Uuid::make(), daily(10, 11), {}, {}};
  const Calendar early{Uuid::make(), daily(9, 10), {}, {}};
  const auto slots =
      free_slots({late, early}, "UTC", {at("2026-06-01T00:00:00Z"), at("2026-06-03T00:00:00Z")},
                 std::nullopt, 3);
  ASSERT_EQ(slots.size(), 3U);
  EXPECT_EQ(slots[0].doctor_id, early.doctor_id);
  EXPECT_EQ(slots[2].doctor_id, late.doctor_id);
}

TEST(Hours, AreRefusedWithThePointerOfTheSession) {
  auto availability = daily(9, 17);
  EXPECT_TRUE(validate(availability));
  availability.weekly.push_back(
      {std::chrono::Monday, LocalMinutes{16 * 60}, LocalMinutes{18 * 60}, LocalMinutes{30}});
  EXPECT_EQ(validate(availability).error().fields.at(0).pointer, "/weekly/7");
  availability.weekly.back() = {std::chrono::Monday, LocalMinutes{18 * 60}, LocalMinutes{18 * 60},
                                LocalMinutes{30}};
  EXPECT_EQ(validate(availability).error().fields.at(0).pointer, "/weekly/7/to");
  availability.weekly.back() = {std::chrono::Monday, LocalMinutes{18 * 60},
                                LocalMinutes{18 * 60 + 20}, LocalMinutes{30}};
  EXPECT_EQ(validate(availability).error().fields.at(0).pointer, "/weekly/7/slot_min");
}

TEST(Hours, AreValidFromAndTo) {
  auto availability = daily(9, 10);
  availability.valid_from = day("2026-06-02");
  availability.valid_to = day("2026-06-03");
  EXPECT_TRUE(sessions_on(availability, "UTC", day("2026-06-01")).empty());
  EXPECT_FALSE(sessions_on(availability, "UTC", day("2026-06-02")).empty());
  EXPECT_FALSE(sessions_on(availability, "UTC", day("2026-06-03")).empty());
  EXPECT_TRUE(sessions_on(availability, "UTC", day("2026-06-04")).empty());
}

RC_GTEST_PROP(SlotsProperty, WhatIsOfferedCanBeBooked, ()) {
  static const std::vector<std::string> zones = {"Europe/Berlin", "America/New_York",
                                                 "Australia/Lord_Howe", "Asia/Kolkata",
                                                 "America/St_Johns"};
  const auto zone = *rc::gen::elementOf(zones);
  const auto first = std::chrono::sys_days{std::chrono::year{2024} / 1 / 1} +
                     std::chrono::days{*rc::gen::inRange(0, 2400)};
  const auto from = *rc::gen::inRange(0, 23);
  const auto to = *rc::gen::inRange(from + 1, 25);
  const auto slot = *rc::gen::elementOf(std::vector<int>{15, 20, 30, 45, 60});
  const auto availability = daily(from, to, slot);
  const Calendar calendar{Uuid::make(), availability, {}, {}};
  const TimeRange window{Instant{first}, Instant{first + std::chrono::days{3}}};
  BookingFacts facts;
  facts.patient_active = facts.doctor_active = true;
  facts.availability = availability;
  for (const auto& offered : free_slots({calendar}, zone, window, std::nullopt, 500)) {
    BookingRequest request;
    request.starts_at = offered.time.from;
    const auto booked = check_booking(request, facts, window.from, {.zone = zone});
    RC_ASSERT(bool(booked));
    RC_ASSERT(booked->to == offered.time.to);
  }
}

}  // namespace ambula::scheduling::domain::availability_test

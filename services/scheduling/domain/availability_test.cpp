#include "availability.hpp"

#include <gtest/gtest.h>

// Sessions, also on days of a clock change [SCH-3].
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

HoursException exception(ExceptionKind kind, const char* from, const char* to, int slot_min = 15) {
  return {Uuid::make(), kind, {at(from), at(to)}, std::chrono::minutes{slot_min}};
}

TEST(Exceptions, LeaveTakesTimeAndKeepsTheGrid) {  // SCH-3
  auto availability = daily(9, 12);
  availability.exceptions = {
      exception(ExceptionKind::leave, "2026-06-01T09:40:00Z", "2026-06-01T10:10:00Z")};
  const auto sessions = sessions_on(availability, "UTC", day("2026-06-01"));
  ASSERT_EQ(sessions.size(), 2U);
  EXPECT_EQ(sessions[0].time.to, at("2026-06-01T09:40:00Z"));
  EXPECT_EQ(sessions[1].time.from, at("2026-06-01T10:10:00Z"));
  EXPECT_EQ(sessions[1].grid, at("2026-06-01T09:00:00Z"));
  EXPECT_EQ(sessions_on(availability, "UTC", day("2026-06-02")).size(), 1U);
}

TEST(Exceptions, ExtraSessionsAddTimeAndNeverCrossMidnight) {  // SCH-3
  Availability availability;
  availability.exceptions = {
      exception(ExceptionKind::extra, "2026-06-01T20:00:00Z", "2026-06-02T02:00:00Z", 20)};
  const auto first = sessions_on(availability, "Europe/Berlin", day("2026-06-01"));
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].time.to, at("2026-06-01T22:00:00Z")) << "midnight in Berlin";
  EXPECT_EQ(first[0].slot, 20min);
  EXPECT_EQ(sessions_on(availability, "Europe/Berlin", day("2026-06-02")).size(), 1U);
  EXPECT_FALSE(is_covered(availability, "Europe/Berlin",
                          {at("2026-06-01T21:45:00Z"), at("2026-06-01T22:15:00Z")}));
}

TEST(Exceptions, LeaveAndHolidaysTakeExtraSessionsToo) {  // SCH-3
  Availability availability;
  availability.exceptions = {
      exception(ExceptionKind::extra, "2026-06-01T09:00:00Z", "2026-06-01T11:00:00Z"),
      exception(ExceptionKind::leave, "2026-06-01T10:00:00Z", "2026-06-03T00:00:00Z")};
  ASSERT_EQ(sessions_on(availability, "UTC", day("2026-06-01")).size(), 1U);
  availability.holidays = {{Uuid::make(), day("2026-06-01")}};
  EXPECT_TRUE(sessions_on(availability, "UTC", day("2026-06-01")).empty());
  EXPECT_EQ(sessions_planned(availability, "UTC", day("2026-06-01")).size(), 1U);
}

TEST(Exceptions, AreRefusedWithTheirField) {  // SCH-3
  auto one = exception(ExceptionKind::leave, "2026-06-01T09:00:00Z", "2026-06-01T09:00:00Z");
  EXPECT_EQ(validate(one).error().fields.at(0).pointer, "/to");
  one.time.to += 30s;
  EXPECT_EQ(validate(one).error().fields.at(0).pointer, "/to");
  one.time.to = one.time.from + std::chrono::days{367};
  EXPECT_EQ(validate(one).error().code, "invalid-value");
  one.time.to = one.time.from + 1h;
  EXPECT_TRUE(validate(one));
}

}  // namespace ambula::scheduling::domain::availability_test

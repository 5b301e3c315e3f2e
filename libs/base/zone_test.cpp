#include <string>
#include <thread>
#include <vector>

#include <ambula/base/zone.hpp>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace zone_test {

using ambula::Date;
using ambula::format_local;
using ambula::Instant;
using ambula::local_date;
using ambula::local_day;
using ambula::local_minutes;
using ambula::local_span;
using ambula::LocalMinutes;
using ambula::TimeRange;
using std::chrono::minutes;

Date date(const char* text) {
  return *ambula::parse_date(text);
}
Instant instant(const char* text) {
  return *ambula::parse_instant(text);
}
LocalMinutes at(const char* text) {
  return *ambula::parse_local_minutes(text);
}
long length_min(const TimeRange& range) {
  return std::chrono::duration_cast<minutes>(range.to - range.from).count();
}
TimeRange range(const char* from, const char* to) {
  return {instant(from), instant(to)};
}

struct DayRow {
  const char* zone;
  const char* day;
  long minutes;
  const char* first;  ///< the wall clock at its first instant
};

TEST(LocalDay, IsAsLongAsTheClockMakesIt) {
  for (const auto& row : std::initializer_list<DayRow>{
           {"Europe/Berlin", "2026-03-28", 24 * 60, "2026-03-28T00:00:00"},
           {"Europe/Berlin", "2026-03-29", 23 * 60, "2026-03-29T00:00:00"},
           {"Europe/Berlin", "2026-10-25", 25 * 60, "2026-10-25T00:00:00"},
           {"America/New_York", "2026-03-08", 23 * 60, "2026-03-08T00:00:00"},
           {"America/New_York", "2026-11-01", 25 * 60, "2026-11-01T00:00:00"},
           {"Australia/Lord_Howe", "2026-04-05", 24 * 60 + 30, "2026-04-05T00:00:00"},
           {"Australia/Lord_Howe", "2026-10-04", 23 * 60 + 30, "2026-10-04T00:00:00"},
           {"Asia/Kolkata", "2026-03-29", 24 * 60, "2026-03-29T00:00:00"},
           // Midnight does not exist: the day begins at one o'clock.
           {"America/Sao_Paulo", "2018-11-04", 23 * 60, "2018-11-04T01:00:00"},
           {"Africa/Cairo", "2024-04-26", 23 * 60, "2024-04-26T01:00:00"},
           {"Asia/Beirut", "2024-03-31", 23 * 60, "2024-03-31T01:00:00"},
           // The last hour of the day happens twice.
           {"America/Sao_Paulo", "2018-02-17", 25 * 60, "2018-02-17T00:00:00"},
           {"Africa/Cairo", "2024-10-31", 25 * 60, "2024-10-31T00:00:00"},
           {"Asia/Beirut", "2024-10-26", 25 * 60, "2024-10-26T00:00:00"},
           // Midnight itself happens twice: the day begins with the first and has both.
           {"America/Havana", "2024-11-03", 25 * 60, "2024-11-03T00:00:00"},
           {"America/Havana", "2024-11-02", 24 * 60, "2024-11-02T00:00:00"},
           // Samoa had no 30 December: it crossed the date line.
           {"Pacific/Apia", "2011-12-29", 24 * 60, "2011-12-29T00:00:00"},
           {"Pacific/Apia", "2011-12-30", 0, "2011-12-31T00:00:00"},
           {"Pacific/Apia", "2011-12-31", 24 * 60, "2011-12-31T00:00:00"},
       }) {
    const auto day = local_day(row.zone, date(row.day));
    EXPECT_EQ(length_min(day), row.minutes) << row.zone << " " << row.day;
    EXPECT_EQ(format_local(row.zone, day.from), row.first) << row.zone << " " << row.day;
  }
}

TEST(LocalDay, IsTheRightInstants) {
  EXPECT_EQ(local_day("Asia/Kolkata", date("2026-11-24")),
            range("2026-11-23T18:30:00Z", "2026-11-24T18:30:00Z"));
  EXPECT_EQ(local_day("Europe/Berlin", date("2026-03-29")),
            range("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"));
}

const std::vector<const char*>& modern_zones() {
  static const std::vector<const char*> zones{"UTC",
                                              "Europe/Berlin",
                                              "America/New_York",
                                              "Australia/Lord_Howe",
                                              "Asia/Kolkata",
                                              "America/Sao_Paulo",
                                              "Africa/Cairo",
                                              "Asia/Beirut",
                                              "Asia/Tehran",
                                              "America/Havana",
                                              "Africa/Casablanca",
                                              "Pacific/Apia",
                                              "Asia/Kathmandu",
                                              "Pacific/Chatham",
                                              "Antarctica/Troll",
                                              "Europe/Dublin",
                                              "America/Santiago",
                                              "Asia/Gaza",
                                              "Pacific/Kiritimati",
                                              "America/St_Johns"};
  return zones;
}

Date random_day(int first_year, int last_year) {
  const std::chrono::sys_days first = std::chrono::year{first_year} / 1 / 1;
  const std::chrono::sys_days last = std::chrono::year{last_year} / 12 / 31;
  return Date{first + std::chrono::days(
                          *rc::gen::inRange<int>(0, static_cast<int>((last - first).count())))};
}

Date next(Date day) {
  return Date{std::chrono::sys_days{day} + std::chrono::days{1}};
}

TEST(LocalDay, DaysTileTheTimeLine) {
  EXPECT_TRUE(rc::check("a day ends where the next begins", [] {
    const auto* const zone = *rc::gen::elementOf(modern_zones());
    const auto day = random_day(1950, 2150);
    const auto here = local_day(zone, day);
    RC_ASSERT(here.from <= here.to);
    RC_ASSERT(here.to == local_day(zone, next(day)).from);
  }));
  // Changes of the clock are rare among random days: every day of some years.
  for (const auto* const zone : modern_zones()) {
    for (Date day = date("2010-01-01"); day < date("2031-01-01"); day = next(day)) {
      const auto here = local_day(zone, day);
      ASSERT_LE(here.from, here.to) << zone << " " << ambula::format_date(day);
      ASSERT_EQ(here.to, local_day(zone, next(day)).from)
          << zone << " " << ambula::format_date(day);
    }
  }
}

TEST(LocalDay, HoldsTheInstantsOfItsDate) {
  EXPECT_TRUE(rc::check("an instant is in the day of its local date", [] {
    const auto* const zone = *rc::gen::elementOf(modern_zones());
    const auto seconds = *rc::gen::inRange<std::int64_t>(
        instant("2012-01-01T00:00:00Z").time_since_epoch().count() / 1'000'000,
        instant("2036-12-31T00:00:00Z").time_since_epoch().count() / 1'000'000);
    const Instant now{std::chrono::seconds(seconds)};
    const auto day = local_day(zone, local_date(zone, now));
    RC_ASSERT(day.from <= now);
    RC_ASSERT(now < day.to);
  }));
}

TEST(LocalDay, FirstAndLastInstantCarryItsDate) {
  for (const auto* const zone : modern_zones()) {
    for (Date day = date("2012-01-01"); day < date("2031-01-01"); day = next(day)) {
      const auto here = local_day(zone, day);
      ASSERT_EQ(local_date(zone, here.from), day) << zone;
      ASSERT_EQ(local_date(zone, here.to - std::chrono::microseconds(1)), day) << zone;
    }
  }
}

TEST(LocalSpan, IsPlainOnPlainDays) {
  EXPECT_EQ(local_span("Europe/Berlin", date("2026-11-24"), at("09:00"), at("13:00")),
            range("2026-11-24T08:00:00Z", "2026-11-24T12:00:00Z"));
  EXPECT_EQ(local_span("Asia/Kolkata", date("2026-11-24"), at("20:00"), at("24:00")),
            range("2026-11-24T14:30:00Z", "2026-11-24T18:30:00Z"));
}

TEST(LocalSpan, AGapShortensIt) {
  const auto day = date("2026-03-29");  // 02:00 becomes 03:00 at 01:00Z
  const auto span = [&](const char* from, const char* to) {
    return local_span("Europe/Berlin", day, at(from), at(to));
  };
  EXPECT_EQ(span("01:00", "04:00"), range("2026-03-29T00:00:00Z", "2026-03-29T02:00:00Z"));
  EXPECT_EQ(span("02:30", "04:00"), range("2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"));
  EXPECT_EQ(span("01:00", "02:30"), range("2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z"));
  EXPECT_TRUE(span("02:00", "03:00").empty());
  EXPECT_TRUE(span("02:15", "02:45").empty());
}

TEST(LocalSpan, ARepeatedHourLengthensIt) {
  const auto day = date("2026-10-25");  // 03:00 becomes 02:00 at 01:00Z
  const auto span = [&](const char* from, const char* to) {
    return local_span("Europe/Berlin", day, at(from), at(to));
  };
  EXPECT_EQ(span("01:00", "04:00"), range("2026-10-24T23:00:00Z", "2026-10-25T03:00:00Z"));
  // 02:00 happens twice, but is no part of the hour before it.
  EXPECT_EQ(span("01:00", "02:00"), range("2026-10-24T23:00:00Z", "2026-10-25T00:00:00Z"));
  // From the first 02:00 to the last 02:30.
  EXPECT_EQ(span("02:00", "02:30"), range("2026-10-25T00:00:00Z", "2026-10-25T01:30:00Z"));
  EXPECT_EQ(span("02:30", "03:00"), range("2026-10-25T00:30:00Z", "2026-10-25T02:00:00Z"));
  EXPECT_EQ(span("03:00", "04:00"), range("2026-10-25T02:00:00Z", "2026-10-25T03:00:00Z"));
}

TEST(LocalSpan, HalfAnHourOnLordHowe) {
  // 02:00 becomes 01:30.
  const auto lengthened =
      local_span("Australia/Lord_Howe", date("2026-04-05"), at("01:00"), at("03:00"));
  EXPECT_EQ(length_min(lengthened), 150);
  // 02:00 becomes 02:30.
  const auto shortened =
      local_span("Australia/Lord_Howe", date("2026-10-04"), at("01:00"), at("03:00"));
  EXPECT_EQ(length_min(shortened), 90);
}

TEST(LocalSpan, StaysInItsDayAndCarriesItsWallTimes) {
  EXPECT_TRUE(rc::check("a span is within its day, its ends at its wall times or a change", [] {
    const auto* const zone = *rc::gen::elementOf(modern_zones());
    const auto day = random_day(2012, 2036);
    const int from = *rc::gen::inRange(0, 1440);
    const int to = *rc::gen::inRange(from + 1, 1441);
    const auto span = local_span(zone, day, LocalMinutes{from}, LocalMinutes{to});
    RC_ASSERT(span.from <= span.to);
    RC_ASSERT(local_day(zone, day).contains(span));
    if (!span.empty()) RC_ASSERT(local_minutes(zone, span.from) >= LocalMinutes{from});
  }));
}

TEST(LocalSpan, IsNeverBackwardsOnDaysOfAChange) {
  for (const auto& [zone, day] : std::initializer_list<std::pair<const char*, const char*>>{
           {"Europe/Berlin", "2026-03-29"},
           {"Europe/Berlin", "2026-10-25"},
           {"America/Sao_Paulo", "2018-11-04"},
           {"America/Sao_Paulo", "2018-02-17"},
           {"America/Havana", "2024-11-03"},
           {"Australia/Lord_Howe", "2026-10-04"},
           {"Asia/Beirut", "2024-10-26"},
           {"Pacific/Apia", "2011-12-30"}}) {
    for (int from = 0; from < 1440; from += 15) {
      for (int to = from + 15; to <= 1440; to += 15) {
        const auto span = local_span(zone, date(day), LocalMinutes{from}, LocalMinutes{to});
        ASSERT_LE(span.from, span.to) << zone << " " << day << " " << from << " " << to;
        ASSERT_TRUE(local_day(zone, date(day)).contains(span)) << zone << " " << from << " " << to;
      }
    }
  }
}

TEST(Zone, WallClock) {
  EXPECT_EQ(local_date("Pacific/Kiritimati", instant("2026-11-24T10:00:00Z")), date("2026-11-25"));
  EXPECT_EQ(local_date("America/New_York", instant("2026-11-24T04:59:59Z")), date("2026-11-23"));
  EXPECT_EQ(local_minutes("Asia/Kathmandu", instant("2026-11-24T00:00:59.9Z")), at("05:45"));
  EXPECT_EQ(format_local("Europe/Berlin", instant("2026-07-01T10:00:00.999Z")),
            "2026-07-01T12:00:00");
}

TEST(Zone, KnowsIanaNamesOnly) {
  EXPECT_TRUE(ambula::zone_exists("Asia/Kolkata"));
  EXPECT_TRUE(ambula::zone_exists("UTC"));
  for (const std::string& name : std::initializer_list<std::string>{
           "", " ", "Europe/Atlantis", "europe/berlin", "Europe/Berlin ", "Europe/", "/",
           "../../../etc/passwd", "/etc/passwd", "/usr/share/zoneinfo/Europe/Berlin", "+01:00",
           std::string("Europe/Berlin\0", 14), std::string(100'000, 'A')}) {
    EXPECT_FALSE(ambula::zone_exists(name)) << name.substr(0, 40);
  }
}

TEST(Zone, AnUnknownZoneStopsTheProcess) {
  EXPECT_DEATH((void)local_date("Europe/Atlantis", instant("2026-11-24T00:00:00Z")),
               "check failed");
}

TEST(Zone, IsUsedFromManyThreads) {
  std::vector<std::thread> workers;
  std::vector<int> wrong(4);
  for (auto& mine : wrong) {
    workers.emplace_back([&mine] {
      for (const auto* const zone : modern_zones()) {
        const auto day = local_day(zone, date("2026-06-01"));
        mine += local_date(zone, day.from) == date("2026-06-01") ? 0 : 1;
      }
    });
  }
  for (auto& worker : workers)
    worker.join();
  EXPECT_EQ(wrong, std::vector<int>(4));
}

TEST(TimeRangeValue, TouchingIsNotOverlapping) {
  const auto morning = range("2026-11-24T08:00:00Z", "2026-11-24T12:00:00Z");
  const auto noon = range("2026-11-24T12:00:00Z", "2026-11-24T13:00:00Z");
  EXPECT_FALSE(morning.overlaps(noon));
  EXPECT_TRUE(morning.overlaps(range("2026-11-24T11:59:59Z", "2026-11-24T13:00:00Z")));
  EXPECT_TRUE(morning.contains(morning));
  EXPECT_FALSE(morning.contains(noon));
}

}  // namespace zone_test

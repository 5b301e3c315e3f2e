#include <ambula/base/time.hpp>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace time_test {

using ambula::Date;
using ambula::format_date;
using ambula::format_instant;
using ambula::format_local_minutes;
using ambula::Instant;
using ambula::LocalMinutes;
using ambula::parse_date;
using ambula::parse_instant;
using ambula::parse_local_minutes;

constexpr Date day(int year, unsigned month, unsigned number) {
  return Date{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{number}};
}

TEST(Instant, ReadsAndWritesRfc3339) {
  struct Row {
    const char* read;
    const char* written;
  };
  for (const auto& [read, written] : std::initializer_list<Row>{
           {"2026-11-24T09:30:00Z", "2026-11-24T09:30:00Z"},
           {"2026-11-24t09:30:00z", "2026-11-24T09:30:00Z"},
           {"2026-11-24T10:30:00+01:00", "2026-11-24T09:30:00Z"},
           {"2026-11-24T00:15:00+05:45", "2026-11-23T18:30:00Z"},
           {"2026-12-31T23:30:00-08:00", "2027-01-01T07:30:00Z"},
           {"2026-11-24T09:30:00-00:00", "2026-11-24T09:30:00Z"},
           {"2026-11-24T09:30:00.5Z", "2026-11-24T09:30:00.500Z"},
           {"2026-11-24T09:30:00.000Z", "2026-11-24T09:30:00Z"},
           {"2026-11-24T09:30:00.123456Z", "2026-11-24T09:30:00.123456Z"},
           {"2026-11-24T09:30:00.000001Z", "2026-11-24T09:30:00.000001Z"},
           {"2026-11-24T09:30:00.1234569999999999999999Z", "2026-11-24T09:30:00.123456Z"},
           {"1900-01-01T00:00:00Z", "1900-01-01T00:00:00Z"},
           {"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"},
           {"2200-12-31T23:59:59Z", "2200-12-31T23:59:59Z"},
           {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
       }) {
    const auto at = parse_instant(read);
    ASSERT_TRUE(at) << read;
    EXPECT_EQ(format_instant(*at), written) << read;
  }
}

TEST(Instant, RefusesEverythingElse) {
  for (const std::string& text : std::initializer_list<std::string>{
           "",
           "Z",
           "2026",
           "2026-11-24",
           "2026-11-24T09:30:00",
           "2026-11-24 09:30:00Z",
           "2026-11-24T09:30Z",
           "2026-11-24T24:00:00Z",
           "2026-11-24T09:60:00Z",
           "2026-11-24T09:30:60Z",
           "2016-12-31T23:59:60Z",
           "2026-13-01T00:00:00Z",
           "2026-00-01T00:00:00Z",
           "2026-02-30T00:00:00Z",
           "2026-11-00T00:00:00Z",
           "2023-02-29T00:00:00Z",
           "1899-12-31T23:59:59Z",
           "2201-01-01T00:00:00Z",
           "9999-12-31T23:59:59Z",
           "0000-01-01T00:00:00Z",
           "-026-11-24T09:30:00Z",
           "+026-11-24T09:30:00Z",
           "12026-11-24T09:30:00Z",
           "2026-11-24T09:30:00.Z",
           "2026-11-24T09:30:00,5Z",
           "2026-11-24T09:30:00.5",
           "2026-11-24T09:30:00.5xZ",
           "2026-11-24T09:30:00+0100",
           "2026-11-24T09:30:00+01",
           "2026-11-24T09:30:00+24:00",
           "2026-11-24T09:30:00+01:60",
           "2026-11-24T09:30:00+01:00Z",
           "2026-11-24T09:30:00ZZ",
           " 2026-11-24T09:30:00Z",
           "2026-11-24T09:30:00Z ",
           "2026-11-24T9:30:00Z",
           "2026-11-24T09:30:0 Z",
           "2026-11-24T09:-1:00Z",
           "20261124T093000Z",
           "2026-11-24T09:30:00\xE2\x88\x92"
           "01:00",
           "2026-W48-2T09:30:00Z",
           std::string("2026-11-24T09:30:00Z\0", 21),
           std::string("2026-11-24\0", 11),
           std::string("2026-11-24T09:30:00.") + std::string(100'000, '9'),
           std::string(100'000, '9')}) {
    EXPECT_EQ(parse_instant(text), std::nullopt) << text.substr(0, 60);
  }
}

TEST(Instant, ReadsWhatItWritesProperty) {
  EXPECT_TRUE(rc::check("parse_instant(format_instant(t)) == t", [] {
    const auto from = parse_instant("1900-01-01T00:00:00Z")->time_since_epoch().count();
    const auto to = parse_instant("2200-12-31T23:59:59Z")->time_since_epoch().count();
    const Instant at{std::chrono::microseconds(*rc::gen::inRange(from, to))};
    RC_ASSERT(parse_instant(format_instant(at)) == at);
  }));
}

TEST(Instant, NeverCrashesOnAnyText) {
  EXPECT_TRUE(rc::check("any bytes are read or refused", [](const std::string& text) {
    const std::string almost = "2026-11-24T09:30:00" + text;
    for (const auto& one : {text, almost}) {
      if (const auto at = parse_instant(one)) RC_ASSERT(parse_instant(format_instant(*at)) == at);
      parse_date(one);
      parse_local_minutes(one);
    }
  }));
}

TEST(DateText, ReadsExistingDaysOnly) {
  EXPECT_EQ(parse_date("2026-11-24"), day(2026, 11, 24));
  EXPECT_EQ(parse_date("2000-02-29"), day(2000, 2, 29));
  EXPECT_EQ(format_date(day(2026, 1, 2)), "2026-01-02");
  for (const char* text : {"", "2026-11-31", "2100-02-29", "1900-02-29", "2026-1-2", "26-01-02",
                           "2026/01/02", "2026-01-02T00:00:00Z", "2026-01-02 ", "1899-12-31",
                           "2201-01-01", "2026-01-+2", "2026--1-02", "02.01.2026"}) {
    EXPECT_EQ(parse_date(text), std::nullopt) << text;
  }
}

TEST(LocalMinutesText, ReadsTheDayWithItsEnd) {
  EXPECT_EQ(parse_local_minutes("00:00"), LocalMinutes{0});
  EXPECT_EQ(parse_local_minutes("09:05"), LocalMinutes{545});
  EXPECT_EQ(parse_local_minutes("23:59"), LocalMinutes{1439});
  EXPECT_EQ(parse_local_minutes("24:00"), LocalMinutes{1440});
  for (const char* text : {"", "9:05", "09:5", "24:01", "25:00", "09:60", "0905", "09:05:00",
                           "-1:00", "09.05", " 09:05", "09:05 "}) {
    EXPECT_EQ(parse_local_minutes(text), std::nullopt) << text;
  }
  for (int minutes = 0; minutes <= 1440; ++minutes) {
    ASSERT_EQ(parse_local_minutes(format_local_minutes(LocalMinutes{minutes})),
              LocalMinutes{minutes});
  }
}

TEST(Age, CountsBirthdays) {
  EXPECT_EQ(ambula::age_on(day(1990, 6, 15), day(2026, 6, 14)), 35);
  EXPECT_EQ(ambula::age_on(day(1990, 6, 15), day(2026, 6, 15)), 36);
  EXPECT_EQ(ambula::age_on(day(2026, 6, 15), day(2026, 6, 15)), 0);
  // Born on a leap day: a year older on 1 March of other years.
  EXPECT_EQ(ambula::age_on(day(2004, 2, 29), day(2026, 2, 28)), 21);
  EXPECT_EQ(ambula::age_on(day(2004, 2, 29), day(2026, 3, 1)), 22);
}

}  // namespace time_test

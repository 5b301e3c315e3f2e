#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace ambula {

/// A point in UTC, to the microsecond (PostgreSQL's timestamptz).
using Instant = std::chrono::sys_time<std::chrono::microseconds>;

/// A calendar date without a zone.
using Date = std::chrono::year_month_day;

/// The wall clock. Code that decides takes time as an argument; processes get a Clock so that tests
/// can run a month in seconds.
using Clock = std::function<Instant()>;

Instant system_now();

/// RFC 3339 in UTC with `Z`, fraction only when there is one: "2026-11-24T09:30:00Z".
std::string format_instant(Instant at);

/// Reads RFC 3339 with any offset ("2026-11-24T10:00:00+01:00", "…Z"); years 1900 to 2200; up to
/// six fraction digits are kept, further ones cut. Leap seconds and missing offsets are nullopt.
std::optional<Instant> parse_instant(std::string_view text);

/// Whether it falls on a full minute.
inline bool is_whole_minute(Instant at) {
  return at == std::chrono::floor<std::chrono::minutes>(at);
}

/// "2026-11-24".
std::string format_date(Date date);
/// Reads exactly YYYY-MM-DD of an existing day, years 1900 to 2200.
std::optional<Date> parse_date(std::string_view text);

/// Minutes from local midnight, 0 to 1440; text form "HH:MM" with "24:00" as the day's end.
using LocalMinutes = std::chrono::duration<int, std::ratio<60>>;
std::string format_local_minutes(LocalMinutes minutes);
std::optional<LocalMinutes> parse_local_minutes(std::string_view text);

/// Whole years between a birth date and a day.
int age_on(Date birth_date, Date day);

}  // namespace ambula

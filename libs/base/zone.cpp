#include "zone.hpp"

#include <mutex>
#include <string>
#include <unordered_map>

#include <date/tz.h>
#include <fmt/format.h>

#include "check.hpp"

namespace ambula {
namespace {

const date::time_zone* find_zone(std::string_view name) {
  // locate_zone searches a sorted list by string; the few zones in use are remembered per thread.
  thread_local std::unordered_map<std::string, const date::time_zone*> known;
  const std::string key(name);
  if (const auto found = known.find(key); found != known.end()) return found->second;
  try {
    return known.emplace(key, date::locate_zone(key)).first->second;
  } catch (const std::runtime_error&) {
    return nullptr;
  }
}

const date::time_zone& zone_of(std::string_view name) {
  const auto* zone = find_zone(name);
  AMBULA_CHECK(zone != nullptr);
  return *zone;
}

date::local_time<std::chrono::microseconds> local_time(std::string_view zone, Instant at) {
  return zone_of(zone).to_local(at);
}

date::local_time<std::chrono::seconds> wall_time(Date day, LocalMinutes minutes) {
  return date::local_days{std::chrono::sys_days{day}.time_since_epoch()} +
         std::chrono::seconds{minutes};
}

/// The first instant at or after the wall time (`last` false), or the last instant that is not
/// after it.
Instant resolve(const date::time_zone& zone, date::local_time<std::chrono::seconds> wall,
                bool last) {
  const auto info = zone.get_info(wall);
  if (info.result == date::local_info::nonexistent) return info.first.end;
  const auto& period =
      info.result == date::local_info::ambiguous && last ? info.second : info.first;
  return Instant{wall.time_since_epoch() - period.offset};
}

/// Where a span that ends before the wall time ends: behind the last occurrence of the minute
/// before it. The wall time itself is no part of the span, so that it happens twice must not
/// lengthen it.
Instant end_of(const date::time_zone& zone, date::local_time<std::chrono::seconds> wall) {
  const auto last_minute = wall - std::chrono::minutes{1};
  const bool exists = zone.get_info(last_minute).result != date::local_info::nonexistent;
  return resolve(zone, last_minute, true) +
         (exists ? std::chrono::minutes{1} : std::chrono::minutes{0});
}

}  // namespace

bool zone_exists(std::string_view zone) {
  return find_zone(zone) != nullptr;
}

Date local_date(std::string_view zone, Instant at) {
  const auto day = date::floor<date::days>(local_time(zone, at));
  return Date{std::chrono::sys_days{day.time_since_epoch()}};
}

LocalMinutes local_minutes(std::string_view zone, Instant at) {
  const auto local = local_time(zone, at);
  return std::chrono::duration_cast<LocalMinutes>(local - date::floor<date::days>(local));
}

std::string format_local(std::string_view zone, Instant at) {
  const auto local = date::floor<std::chrono::seconds>(local_time(zone, at));
  return date::format("%FT%T", local);
}

TimeRange local_day(std::string_view zone, Date day) {
  return local_span(zone, day, LocalMinutes{0}, LocalMinutes{24 * 60});
}

TimeRange local_span(std::string_view zone, Date day, LocalMinutes from, LocalMinutes to) {
  const auto& tz = zone_of(zone);
  const auto begin = resolve(tz, wall_time(day, from), false);
  // Midnight that happens twice (a change at 00:00) belongs to the day that begins with its first
  // occurrence: the end of a day is the first instant of the next one.
  if (to == LocalMinutes{24 * 60}) return {begin, resolve(tz, wall_time(day, to), false)};
  return {begin, end_of(tz, wall_time(day, to))};
}

}  // namespace ambula

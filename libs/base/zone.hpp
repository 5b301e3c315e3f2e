#pragma once

#include <string_view>

#include <ambula/base/time.hpp>

namespace ambula {

/// Half-open span of time in UTC.
struct TimeRange {
  Instant from;
  Instant to;

  bool empty() const { return from >= to; }
  bool contains(const TimeRange& other) const { return from <= other.from && other.to <= to; }
  bool overlaps(const TimeRange& other) const { return from < other.to && other.from < to; }
  auto operator<=>(const TimeRange&) const = default;
};

/// Whether the IANA zone ("Asia/Kolkata") is known to this machine's tz database.
bool zone_exists(std::string_view zone);

/// The calendar day of an instant in a zone. The zone must exist (else the process stops): zones
/// are validated where they enter.
Date local_date(std::string_view zone, Instant at);

/// Minutes from local midnight on the wall clock.
LocalMinutes local_minutes(std::string_view zone, Instant at);

/// "YYYY-MM-DDTHH:MM:SS" on the wall clock of the zone; for documents and mails.
std::string format_local(std::string_view zone, Instant at);

/// From the first instant of the local day to the first of the next.
TimeRange local_day(std::string_view zone, Date day);

/// The instants that carry local wall times from `from` to `to` on `day`: from the first occurrence
/// of the first wall time that exists to the last occurrence of the end. A gap shortens it, a
/// repeated hour lengthens it; it is empty when the whole span falls into a gap.
TimeRange local_span(std::string_view zone, Date day, LocalMinutes from, LocalMinutes to);

}  // namespace ambula

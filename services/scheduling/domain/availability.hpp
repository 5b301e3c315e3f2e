#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/result.hpp>
#include <ambula/base/uuid.hpp>
#include <ambula/base/zone.hpp>

namespace ambula::scheduling::domain {

/// Weekly hours on one weekday, in local wall time. `to` up to 24:00; a session never crosses
/// midnight.
struct WeeklySession {
  std::chrono::weekday day;
  LocalMinutes from;
  LocalMinutes to;
  LocalMinutes slot;

  bool operator==(const WeeklySession&) const = default;
};

/// When a doctor sees patients, in the facility's zone.
struct Availability {
  std::optional<Date> valid_from;  ///< first day
  std::optional<Date> valid_to;    ///< last day
  std::vector<WeeklySession> weekly;

  bool operator==(const Availability&) const = default;
};

/// Overlapping sessions of a day, empty ones and odd slot lengths are refused with the pointer of
/// the session.
Result<void> validate(const Availability& availability);

/// A weekly session on a certain day, in UTC.
struct Session {
  TimeRange time;
  std::chrono::minutes slot;

  bool operator==(const Session&) const = default;
};

/// Sessions of one local day in rising order. On days of a clock change they cover the local times
/// that exist.
std::vector<Session> sessions_on(const Availability& availability, std::string_view zone, Date day);

/// The session that holds the whole of `time`, if any.
std::optional<Session> session_around(const std::vector<Session>& sessions, const TimeRange& time);

/// A bookable time.
struct Slot {
  Uuid doctor_id;
  TimeRange time;

  bool operator==(const Slot&) const = default;
};

/// What a slot search needs to know of one doctor.
struct Calendar {
  Uuid doctor_id;
  Availability availability;
  std::vector<TimeRange> busy;  ///< held time, rising and without overlap
  std::vector<Date> full_days;  ///< local days without a free seat
};

/// Free times of at least `duration` (a session's slot length when empty) on the session's grid,
/// that start within `window`, soonest first, at most `limit`.
std::vector<Slot> free_slots(const std::vector<Calendar>& calendars, std::string_view zone,
                             TimeRange window, std::optional<std::chrono::minutes> duration,
                             std::size_t limit);

}  // namespace ambula::scheduling::domain

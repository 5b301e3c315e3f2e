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

enum class ExceptionKind { leave, extra };
std::string_view to_string(ExceptionKind kind);
std::optional<ExceptionKind> parse_exception_kind(std::string_view text);

/// A span of one doctor that differs from the weekly hours: LEAVE takes time away, EXTRA adds a
/// session.
struct HoursException {
  Uuid id;
  ExceptionKind kind{ExceptionKind::leave};
  TimeRange time;
  std::chrono::minutes slot{15};  ///< of an EXTRA session

  bool operator==(const HoursException&) const = default;
};

/// A local day on which nobody of the facility has sessions.
struct Holiday {
  Uuid id;
  Date date;

  bool operator==(const Holiday&) const = default;
};

/// When a doctor sees patients, in the facility's zone. LEAVE and holidays take away whatever
/// weekly hours and EXTRA sessions give.
struct Availability {
  std::optional<Date> valid_from;  ///< first day of the weekly hours
  std::optional<Date> valid_to;    ///< last day
  std::vector<WeeklySession> weekly;
  std::vector<HoursException> exceptions;
  std::vector<Holiday> holidays;

  bool operator==(const Availability&) const = default;
};

/// Overlapping sessions of a day, empty ones and odd slot lengths are refused with the pointer of
/// the session.
Result<void> validate(const Availability& availability);
/// An exception has whole minutes, an end behind its start, and lasts at most a year.
Result<void> validate(const HoursException& exception);

/// A session on a certain day, in UTC. What a LEAVE leaves of it keeps the grid of the whole.
struct Session {
  TimeRange time;
  std::chrono::minutes slot;
  Instant grid;  ///< slots start here and at every `slot` after it

  bool operator==(const Session&) const = default;
};

/// Sessions of one local day in rising order. On days of a clock change they cover the local times
/// that exist. An EXTRA session may overlap a weekly one.
std::vector<Session> sessions_on(const Availability& availability, std::string_view zone, Date day);
/// The same as if nothing took time away.
std::vector<Session> sessions_planned(const Availability& availability, std::string_view zone,
                                      Date day);

/// The session that holds the whole of `time`, if any.
std::optional<Session> session_around(const std::vector<Session>& sessions, const TimeRange& time);
/// Whether the doctor has a session around that time.
bool is_covered(const Availability& availability, std::string_view zone, const TimeRange& time);

/// A bookable time.
struct Slot {
  Uuid doctor_id;
  TimeRange time;

  bool operator==(const Slot&) const = default;
};

}  // namespace ambula::scheduling::domain

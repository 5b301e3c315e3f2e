#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "appointment.hpp"
#include "availability.hpp"

// Searching for free times: of one doctor, of any of several, and why a time is not offered.
namespace ambula::scheduling::domain {

/// How a doctor's local day is filled.
struct DayLoad {
  Date day;
  int visits{0};         ///< that hold time
  int regular_taken{0};  ///< of the seats that everybody may take
  int all_taken{0};      ///< of all seats
};

/// What a slot search needs to know of one doctor.
struct Calendar {
  Uuid doctor_id;
  Uuid department_id;
  std::string specialty;
  bool active{true};
  std::int64_t hours_version{0};
  Availability availability;
  std::vector<TimeRange> busy;  ///< held time, rising and without overlap
  std::vector<DayLoad> loads;   ///< days without a visit are left out

  int visits_on(Date day) const;
};

/// What is searched for.
struct Search {
  Rules rules;
  TimeRange window;                              ///< of the starts
  std::optional<std::chrono::minutes> duration;  ///< a session's slot length when empty
  std::optional<TriageLevel> level;
  std::vector<TimeRange> patient_busy;  ///< held time of the patient, when one is known
};

/// Free times on the sessions' grids that start within the window, soonest first, then by doctor;
/// at most `limit`.
std::vector<Slot> free_slots(const std::vector<Calendar>& calendars, const Search& search,
                             std::size_t limit);

/// Whether exactly this time could be had.
bool is_free(const Calendar& calendar, const Search& search, const TimeRange& time);

/// A grid time that is not offered, and the first rule that hides it: `in-the-past`,
/// `beyond-reach`, `doctor-inactive`, `holiday`, `leave`, `outside-availability` (too long for what
/// is left of the session), `patient-overlap`, `doctor-day-full`, `slot-taken`.
struct Hidden {
  Uuid doctor_id;
  Instant starts_at;
  std::string_view rule;
};
/// The hidden times of `window`, soonest first; `search.window` is what may be offered.
std::vector<Hidden> hidden_slots(const std::vector<Calendar>& calendars, const Search& search,
                                 const TimeRange& window, std::size_t limit);

/// A doctor chosen for a visit [SCH-9].
struct Assignment {
  Slot slot;
  std::string reason;
};
/// Earliest start, then fewest visits on that local day, then doctor id.
std::optional<Assignment> assign_earliest(const std::vector<Calendar>& calendars,
                                          const Search& search);
/// The doctor for a given start, a whole minute: fewest visits on that local day, then doctor id.
std::optional<Assignment> assign_at(const std::vector<Calendar>& calendars, const Search& search,
                                    Instant starts_at);

/// Marks the time as held, as a booking would.
void hold(Calendar& calendar, std::string_view zone, const TimeRange& time);

}  // namespace ambula::scheduling::domain

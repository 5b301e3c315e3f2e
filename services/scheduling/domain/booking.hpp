#pragma once

#include <optional>

#include "appointment.hpp"

namespace ambula::scheduling::domain {

/// No visit is shorter or longer.
constexpr std::chrono::minutes visit_min{15};
constexpr std::chrono::minutes visit_max{180};

/// What is asked for: a patient, a doctor, a time.
struct BookingRequest {
  Uuid patient_id;
  Uuid doctor_id;
  Instant starts_at;
  std::optional<std::chrono::minutes> duration;  ///< empty: the session's slot length
  std::optional<TriageLevel> triage_level;
  std::optional<std::string> reason;
  std::optional<std::string> notes;
  std::optional<std::string> assignment_reason;  ///< why this doctor, when we chose
};

/// What is known of patient and doctor when the booking is decided.
struct BookingFacts {
  std::optional<bool> patient_active;  ///< empty: unknown here
  std::optional<bool> doctor_active;   ///< empty: unknown here
  Uuid department_id;
  Availability availability;
};

/// The first of them, which need no session: bad-duration, in-the-past, patient-not-found,
/// doctor-not-found, patient-inactive, doctor-inactive. A search for a time has no start yet.
Result<void> check_people(std::optional<std::chrono::minutes> duration,
                          std::optional<Instant> starts_at, const BookingFacts& facts, Instant now,
                          const Rules& rules, bool allow_past_today = false);

/// The rules that need no other visit, in the order of domain.md: bad-duration, in-the-past,
/// patient-not-found, doctor-not-found, patient-inactive, doctor-inactive, outside-availability.
/// Answers the time to book. What other visits forbid (patient-overlap, doctor-day-full,
/// slot-taken) is decided by the database. `allow_past_today`: a visit of today that has begun may
/// be reinstated.
Result<TimeRange> check_booking(const BookingRequest& request, const BookingFacts& facts,
                                Instant now, const Rules& rules, bool allow_past_today = false);

/// HIGH and CRITICAL visits may take the seats that are held back.
bool is_urgent(std::optional<TriageLevel> level);
/// Seats that a visit of this level may take: the last `urgent_seats` are for HIGH and CRITICAL.
int seats_for(std::optional<TriageLevel> level, const Rules& rules);

/// How far ahead a search may look for a visit of this level; without one as for LOW.
std::chrono::days reach_of(std::optional<TriageLevel> level);

/// The level of a patient's own symptom check; its visit may be booked with it while it is valid.
struct Assessment {
  Uuid patient_id;
  TriageLevel level{TriageLevel::low};
  Instant valid_until;
};
/// The level that a booking gets of it, or 422 `assessment-invalid`.
Result<TriageLevel> level_of(const Assessment& assessment, const Uuid& patient, Instant now);

}  // namespace ambula::scheduling::domain

#pragma once

#include <optional>

#include "appointment.hpp"

namespace ambula::scheduling::domain {

/// What is asked for: a patient, a doctor, a time.
struct BookingRequest {
  Uuid patient_id;
  Uuid doctor_id;
  Instant starts_at;
  std::optional<std::chrono::minutes> duration;  ///< empty: the session's slot length
  std::optional<TriageLevel> triage_level;
  std::optional<std::string> reason;
  std::optional<std::string> notes;
};

/// What is known of patient and doctor when the booking is decided.
struct BookingFacts {
  std::optional<bool> patient_active;  ///< empty: unknown here
  std::optional<bool> doctor_active;   ///< empty: unknown here
  Uuid department_id;
  Availability availability;
};

/// The rules that need no other visit, in the order of domain.md: bad-duration, in-the-past,
/// patient-not-found, doctor-not-found, patient-inactive, doctor-inactive, outside-availability.
/// Answers the time to book. What other visits forbid (patient-overlap, doctor-day-full,
/// slot-taken) is decided by the database. `allow_past_today`: a visit of today that has begun may
/// be reinstated.
Result<TimeRange> check_booking(const BookingRequest& request, const BookingFacts& facts,
                                Instant now, const Rules& rules, bool allow_past_today = false);

/// Seats that a visit of this level may take: the last `urgent_seats` are for HIGH and CRITICAL.
int seats_for(std::optional<TriageLevel> level, const Rules& rules);

/// How far ahead a search may look for a visit of this level.
std::chrono::days reach_of(TriageLevel level);

}  // namespace ambula::scheduling::domain

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "directory.hpp"
#include "slots.hpp"

// Patients who wait for a time to become free [SCH-10].
namespace ambula::scheduling::domain {

enum class WaitingStatus { open, served, cancelled, expired };
std::string_view to_string(WaitingStatus status);
std::optional<WaitingStatus> parse_waiting_status(std::string_view text);

struct WaitingRequest {
  Uuid id;
  Uuid facility_id;
  Uuid patient_id;
  // One of three says with whom.
  std::optional<Uuid> doctor_id;
  std::optional<std::string> specialty;
  std::optional<Uuid> department_id;
  TimeRange window;                              ///< the visit lies within it
  std::optional<std::chrono::minutes> duration;  ///< empty: the session's slot length
  std::optional<TriageLevel> triage_level;
  WaitingStatus status{WaitingStatus::open};
  std::optional<std::string> status_reason;  ///< why it was cancelled
  std::optional<Uuid> appointment_id;        ///< once served
  Record record;
};

/// What is known of those whom a request names; empty: unknown here.
struct WaitingFacts {
  std::optional<bool> patient_active;
  std::optional<bool> doctor_active;
  bool specialty_known{true};
  bool department_known{true};
};
/// The rules of a booking as far as they apply: bad-duration, in-the-past, patient-not-found,
/// doctor-not-found, patient-inactive, doctor-inactive; and an unknown specialty or department.
Result<void> check_waiting(const WaitingRequest& request, const WaitingFacts& facts, Instant now);
Result<void> check_cancel(const WaitingRequest& request);

/// The soonest time that the request could have of what became free with this doctor. `search` has
/// settings and the patient's held times.
std::optional<Slot> fit(const WaitingRequest& request, const Calendar& calendar,
                        const Search& search, const TimeRange& freed, Instant now);

}  // namespace ambula::scheduling::domain

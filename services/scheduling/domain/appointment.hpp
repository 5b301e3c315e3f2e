#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/result.hpp>
#include <ambula/base/uuid.hpp>
#include <ambula/base/zone.hpp>

#include "availability.hpp"

namespace ambula::scheduling::domain {

enum class Status { booked, checked_in, in_consultation, completed, cancelled, no_show };
std::string_view to_string(Status status);
std::optional<Status> parse_status(std::string_view text);
/// Whether a visit in this state holds the doctor's and the patient's time.
bool holds_time(Status status);

enum class TriageLevel { critical, high, moderate, low };
std::string_view to_string(TriageLevel level);
std::optional<TriageLevel> parse_triage_level(std::string_view text);

/// A booked visit of a patient with a doctor.
struct Appointment {
  Uuid id;
  Uuid facility_id;
  Uuid patient_id;
  Uuid doctor_id;
  Uuid department_id;
  TimeRange time;
  Status status{Status::booked};
  std::optional<TriageLevel> triage_level;
  std::optional<std::string> reason;  ///< why the patient comes
  std::optional<std::string> notes;
  std::optional<std::string> status_reason;      ///< why it was cancelled, missed or reinstated
  std::optional<std::string> assignment_reason;  ///< why this doctor, when we chose
  int move_count{0};
  std::optional<Uuid> consultation_id;
  std::optional<Status> status_before;  ///< of IN_CONSULTATION
  std::int64_t version{1};
  Instant created_at;
  Uuid created_by;
  Instant updated_at;
  Uuid updated_by;
};

/// Facility settings that appointments obey.
struct Rules {
  std::string zone;
  int day_cap{12};
  int urgent_seats{0};
  bool desk_may_complete{true};
  int no_show_grace_min{30};
};

enum class EventKind {
  booked,
  rescheduled,
  checked_in,
  check_in_undone,
  in_consultation,
  consultation_undone,
  completed,
  cancelled,
  no_show,
  reinstated
};
/// "AppointmentBooked" …
std::string_view to_string(EventKind kind);

struct Event {
  EventKind kind;
  /// rescheduled: where it goes.
  std::optional<Slot> slot{};
  std::optional<std::string> reason{};
  std::optional<Uuid> consultation_id{};
};
using Decision = std::vector<Event>;

// Commands: who acts is settled before (permissions, own record); these are the rules of domain.md,
// "Appointment". Each refuses states that the table does not name with 409 `illegal-transition`.
struct Reschedule {
  Slot to;
};
struct CheckIn {};
struct UndoCheckIn {};
struct Complete {};
struct Cancel {
  std::string reason;
  bool by_patient{false};
};
struct NoShow {};
struct Reinstate {
  std::string reason;
};

Result<Decision> decide(const Appointment& state, const Reschedule& command, Instant now,
                        const Rules& rules);
Result<Decision> decide(const Appointment& state, const CheckIn& command, Instant now,
                        const Rules& rules);
Result<Decision> decide(const Appointment& state, const UndoCheckIn& command, Instant now,
                        const Rules& rules);
Result<Decision> decide(const Appointment& state, const Complete& command, Instant now,
                        const Rules& rules);
Result<Decision> decide(const Appointment& state, const Cancel& command, Instant now,
                        const Rules& rules);
Result<Decision> decide(const Appointment& state, const NoShow& command, Instant now,
                        const Rules& rules);
Result<Decision> decide(const Appointment& state, const Reinstate& command, Instant now,
                        const Rules& rules);

/// Whether nobody came: BOOKED until its end and the facility's grace have passed, CHECKED_IN until
/// 04:00 of the next local day.
bool is_missed(const Appointment& state, Instant now, const Rules& rules);

// Reactions to facts of consultation. They cannot refuse: what does not fit changes nothing (an
// empty decision).
struct ConsultationStarted {
  Uuid consultation_id;
  bool time_still_free{true};  ///< matters for a cancelled or missed visit only
};
struct ConsultationCancelled {
  Uuid consultation_id;
};
struct ConsultationCompleted {
  Uuid consultation_id;
};
Decision react(const Appointment& state, const ConsultationStarted& fact);
Decision react(const Appointment& state, const ConsultationCancelled& fact);
Decision react(const Appointment& state, const ConsultationCompleted& fact);

/// Applies what was decided.
void evolve(Appointment& state, const Event& event);
Appointment evolved(Appointment state, const Decision& decision);

}  // namespace ambula::scheduling::domain

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/result.hpp>
#include <ambula/base/time.hpp>
#include <ambula/base/uuid.hpp>

namespace ambula::consultation::domain {

enum class Status { draft, completed, cancelled };
std::string_view to_string(Status status);
std::optional<Status> parse_status(std::string_view text);
/// A live consultation keeps its appointment and its entry to itself.
bool is_live(Status status);

/// What was measured; every value is optional.
struct Vitals {
  std::optional<int> respiratory_rate;
  std::optional<int> spo2;
  std::optional<int> spo2_scale;
  std::optional<bool> on_oxygen;
  std::optional<int> systolic;
  std::optional<int> diastolic;
  std::optional<int> pulse;
  std::optional<std::string> consciousness;  ///< A C V P U
  std::optional<double> temperature_c;
  std::optional<double> weight_kg;
  std::optional<double> height_cm;

  bool operator==(const Vitals&) const = default;
};

struct Diagnosis {
  std::optional<std::string> code;
  std::optional<std::string> system;
  std::string text;
  bool primary{false};

  bool operator==(const Diagnosis&) const = default;
};

struct FollowUp {
  std::optional<Date> on;
  std::optional<std::string> note;

  bool operator==(const FollowUp&) const = default;
};

enum class NoteStatus { draft, final_, amended };
std::string_view to_string(NoteStatus status);
std::optional<NoteStatus> parse_note_status(std::string_view text);

/// What the doctor writes.
struct Note {
  NoteStatus status{NoteStatus::draft};
  std::optional<std::string> complaint;
  std::optional<std::string> history;
  std::optional<std::string> examination;
  Vitals vitals;
  std::vector<Diagnosis> diagnoses;
  std::optional<std::string> plan;
  std::optional<FollowUp> follow_up;

  bool operator==(const Note&) const = default;
};

struct Addendum {
  Uuid id;
  std::string text;
  Instant at;
  Uuid by;
};

/// A doctor sees a patient, or a visitor who is not identified yet.
struct Consultation {
  Uuid id;
  Uuid facility_id;
  std::optional<Uuid> patient_id;
  std::optional<Uuid> visitor_id;
  Uuid doctor_id;
  std::optional<Uuid> appointment_id;
  std::optional<Uuid> queue_entry_id;
  Status status{Status::draft};
  Instant started_at;
  std::optional<Instant> completed_at;
  std::optional<std::string> status_reason;        ///< why it was cancelled
  std::optional<std::string> no_diagnosis_reason;  ///< why it was completed without a diagnosis
  Note note;
  std::vector<Addendum> addenda;
  std::vector<Uuid> prescriptions;  ///< all of them, oldest first
  std::vector<Uuid> issued;         ///< of these, what was ever issued
  std::int64_t version{1};
  Instant created_at;
  Uuid created_by;
  Instant updated_at;
  Uuid updated_by;
};

/// What a consultation may be started from, as far as it is known here. One visit may have an
/// appointment and a queue entry; either starts it.
struct Visit {
  enum class Origin { appointment, entry };
  Origin origin{Origin::appointment};
  std::optional<Uuid> patient_id;
  std::optional<Uuid> visitor_id;
  std::optional<Uuid> doctor_id;  ///< whose it is; absent: nobody's yet
  std::optional<Uuid> appointment_id;
  std::optional<Uuid> queue_entry_id;
  std::string status;  ///< of the origin
  std::optional<Uuid> live_consultation;
};

enum class EventKind { started, taken_over, note_saved, completed, cancelled, amended };
/// "ConsultationStarted" …
std::string_view to_string(EventKind kind);
/// Whether neighbours are told; a saved draft is a row of the history only.
bool is_told(EventKind kind);

struct Event {
  EventKind kind;
  std::optional<Uuid> doctor_id{};  ///< taken_over: by whom
  std::optional<Note> note{};
  std::optional<std::string> reason{};
  std::optional<Addendum> addendum{};
};
using Decision = std::vector<Event>;

// Commands (domain.md, "Consultation"); who may give them is settled before.
struct Start {
  Uuid doctor_id;
  bool take_over{false};
};
struct SaveNote {
  Note note;
};
struct Complete {
  std::optional<std::string> no_diagnosis_reason;
};
struct Cancel {
  std::string reason;
};
struct Amend {
  Addendum addendum;
};

/// Refusals in this order: 403 `not-on-your-list`, 409 `consultation-exists`, 409
/// `illegal-transition`.
Result<Decision> decide(const Visit& visit, const Start& command);
/// 422 `implausible-vitals`: the lower pressure is not below the upper one.
Result<Decision> decide(const Consultation& state, const SaveNote& command);
Result<Decision> decide(const Consultation& state, const Complete& command);
Result<Decision> decide(const Consultation& state, const Cancel& command);
Result<Decision> decide(const Consultation& state, const Amend& command);

/// 409 with the id of the one there is.
Error consultation_exists(const Uuid& id);

/// Whether further prescriptions may be written; 409 `illegal-transition` when it is cancelled.
Result<void> check_prescribing(const Consultation& state);

/// Applies what was decided.
void evolve(Consultation& state, const Event& event, Instant now);

}  // namespace ambula::consultation::domain

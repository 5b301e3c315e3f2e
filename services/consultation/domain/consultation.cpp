#include "consultation.hpp"

#include <algorithm>
#include <array>

#include <ambula/base/names.hpp>

namespace ambula::consultation::domain {
namespace {

constexpr std::array<std::string_view, 3> consultation_statuses = {"DRAFT", "COMPLETED",
                                                                   "CANCELLED"};
constexpr std::array<std::string_view, 3> note_names = {"DRAFT", "FINAL", "AMENDED"};
// Those that no other service is told of are kept in the history only, and have no prefix.
constexpr std::array<std::string_view, 6> event_names = {
    "ConsultationStarted",   "ConsultationTakenOver", "NoteSaved",
    "ConsultationCompleted", "ConsultationCancelled", "ConsultationAmended"};
constexpr std::array<std::string_view, 2> startable_appointments = {"BOOKED", "CHECKED_IN"};
constexpr std::array<std::string_view, 3> startable_entries = {"WAITING", "CALLED", "IN_SERVICE"};

bool may_start(const Visit& visit) {
  if (visit.origin == Visit::Origin::entry)
    return std::ranges::find(startable_entries, visit.status) != startable_entries.end();
  return std::ranges::find(startable_appointments, visit.status) != startable_appointments.end();
}

/// Each value is plausible by itself (the codec's ranges); these two only together.
Result<void> check_pressure(const Vitals& vitals) {
  if (!vitals.systolic || !vitals.diastolic || *vitals.diastolic < *vitals.systolic) return {};
  return rule_broken("implausible-vitals", "The diastolic pressure must be below the systolic one.",
                     "/note/vitals/diastolic");
}

Error illegal(const Consultation& state, std::string_view command) {
  return illegal_transition(to_string(state.status), command);
}

}  // namespace

std::string_view to_string(Status status) {
  return consultation_statuses[static_cast<std::size_t>(status)];
}
std::optional<Status> parse_status(std::string_view text) {
  return parse_name<Status>(consultation_statuses, text);
}
std::string_view to_string(NoteStatus status) {
  return note_names[static_cast<std::size_t>(status)];
}
std::optional<NoteStatus> parse_note_status(std::string_view text) {
  return parse_name<NoteStatus>(note_names, text);
}
std::string_view to_string(EventKind kind) {
  return event_names[static_cast<std::size_t>(kind)];
}
bool is_told(EventKind kind) {
  return kind != EventKind::note_saved;
}
bool is_live(Status status) {
  return status != Status::cancelled;
}

Error consultation_exists(const Uuid& id) {
  return conflict("consultation-exists", "There is a consultation of this visit already.")
      .with("consultation_id", id.str());
}

Result<Decision> decide(const Visit& visit, const Start& command) {
  const bool others = visit.doctor_id && *visit.doctor_id != command.doctor_id;
  if (others && !command.take_over) {
    return forbidden("not-on-your-list",
                     "The visit is another doctor's; take it over to start it.");
  }
  if (visit.live_consultation) return consultation_exists(*visit.live_consultation);
  if (!may_start(visit)) return illegal_transition(visit.status, "start");
  if (others)
    return Decision{{.kind = EventKind::started},
                    {.kind = EventKind::taken_over, .doctor_id = command.doctor_id}};
  return Decision{{.kind = EventKind::started}};
}

Result<Decision> decide(const Consultation& state, const SaveNote& command) {
  if (state.status != Status::draft) return illegal(state, "update");
  if (auto plausible = check_pressure(command.note.vitals); !plausible) return plausible.error();
  return Decision{{.kind = EventKind::note_saved, .note = command.note}};
}

Result<Decision> decide(const Consultation& state, const Complete& command) {
  if (state.status != Status::draft) return illegal(state, "complete");
  if (state.note.diagnoses.empty() && !command.no_diagnosis_reason) {
    return rule_broken("diagnosis-missing",
                       "A diagnosis is needed, or the reason why there is none.");
  }
  return Decision{{.kind = EventKind::completed, .reason = command.no_diagnosis_reason}};
}

Result<Decision> decide(const Consultation& state, const Cancel& command) {
  if (state.status != Status::draft) return illegal(state, "cancel");
  return Decision{{.kind = EventKind::cancelled, .reason = command.reason}};
}

Result<Decision> decide(const Consultation& state, const Amend& command) {
  if (state.status != Status::completed) return illegal(state, "addenda");
  return Decision{{.kind = EventKind::amended, .addendum = command.addendum}};
}

Result<void> check_prescribing(const Consultation& state) {
  if (state.status == Status::cancelled) return illegal(state, "prescribe");
  return {};
}

void evolve(Consultation& state, const Event& event, Instant now) {
  switch (event.kind) {
    case EventKind::started:
      state.status = Status::draft;
      state.started_at = now;
      break;
    case EventKind::taken_over:
      state.doctor_id = *event.doctor_id;
      break;
    case EventKind::note_saved:
      state.note = *event.note;
      break;
    case EventKind::completed:
      state.status = Status::completed;
      state.completed_at = now;
      state.no_diagnosis_reason = event.reason;
      state.note.status = NoteStatus::final_;
      break;
    case EventKind::cancelled:
      state.status = Status::cancelled;
      state.status_reason = event.reason;
      break;
    case EventKind::amended:
      state.addenda.push_back(*event.addendum);
      state.note.status = NoteStatus::amended;
      break;
  }
}

}  // namespace ambula::consultation::domain

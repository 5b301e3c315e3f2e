#include "entry.hpp"

#include <array>
#include <initializer_list>

#include <ambula/base/names.hpp>

namespace ambula::queue::domain {
namespace {

constexpr std::array<std::string_view, 3> kind_names = {"REGULAR", "EMERGENCY", "STAGING"};
constexpr std::array<std::string_view, 9> status_names = {"WAITING", "CALLED",    "IN_SERVICE",
                                                          "ON_HOLD", "COMPLETED", "TRANSFERRED",
                                                          "LEFT",    "NO_SHOW",   "CANCELLED"};
constexpr std::array<std::string_view, 4> level_names = {"CRITICAL", "HIGH", "MODERATE", "LOW"};
constexpr std::array<std::string_view, 19> event_names = {
    "QueueEntryCreated",     "QueueEntryLinked",  "QueueEntryTriaged",   "QueueEntryPrioritized",
    "QueueEntryAssigned",    "QueueEntryCalled",  "QueueEntryReturned",  "QueueEntryStarted",
    "QueueEntryStartUndone", "QueueEntryHeld",    "QueueEntryResumed",   "QueueEntryTransferred",
    "QueueEntryNoShow",      "QueueEntryLeft",    "QueueEntryCancelled", "QueueEntryRejoined",
    "QueueEntryCompleted",   "VisitorIdentified", "ConsultationStarted"};

bool in(const Entry& state, std::initializer_list<Status> allowed) {
  for (const auto status : allowed) {
    if (state.status == status) return true;
  }
  return false;
}

Error illegal(const Entry& state, std::string_view command) {
  return illegal_transition(to_string(state.status), command);
}

}  // namespace

std::string_view to_string(Kind kind) {
  return kind_names[static_cast<std::size_t>(kind)];
}
std::optional<Kind> parse_kind(std::string_view text) {
  return parse_name<Kind>(kind_names, text);
}
std::string_view to_string(Status status) {
  return status_names[static_cast<std::size_t>(status)];
}
std::optional<Status> parse_status(std::string_view text) {
  return parse_name<Status>(status_names, text);
}
std::string_view to_string(Level level) {
  return level_names[static_cast<std::size_t>(level)];
}
std::optional<Level> parse_level(std::string_view text) {
  return parse_name<Level>(level_names, text);
}
std::string_view to_string(EventKind kind) {
  return event_names[static_cast<std::size_t>(kind)];
}

bool is_published(EventKind kind) {
  return kind != EventKind::identified && kind != EventKind::consultation_noted;
}

bool is_open(Status status) {
  return status == Status::waiting || status == Status::called || status == Status::in_service ||
         status == Status::on_hold;
}

Result<Decision> decide(const Entry& state, const Call& command) {
  if (!in(state, {Status::waiting, Status::called})) return illegal(state, "call");
  if (state.status == Status::called && state.calls >= command.max_calls) {
    return conflict("max-calls-reached", "The patient was called as often as the facility allows.");
  }
  return Decision{{.kind = EventKind::called, .room = command.room}};
}

Result<Decision> decide(const Entry& state, const Return& command) {
  if (!in(state, {Status::called})) return illegal(state, "return");
  if (state.calls >= command.max_calls)
    return Decision{{.kind = EventKind::no_show, .reason = "max-calls"}};
  return Decision{{.kind = EventKind::returned}};
}

Result<Decision> decide(const Entry& state, const Start&) {
  if (!in(state, {Status::waiting, Status::called})) return illegal(state, "start");
  return Decision{{.kind = EventKind::started}};
}

Result<Decision> decide(const Entry& state, const Hold& command) {
  if (!in(state, {Status::waiting, Status::called, Status::in_service}))
    return illegal(state, "hold");
  return Decision{{.kind = EventKind::held, .reason = command.reason}};
}

Result<Decision> decide(const Entry& state, const Resume&) {
  if (!in(state, {Status::on_hold})) return illegal(state, "resume");
  return Decision{{.kind = EventKind::resumed}};
}

Result<Decision> decide(const Entry& state, const Transfer& command) {
  if (!is_open(state.status)) return illegal(state, "transfer");
  return Decision{
      {.kind = EventKind::transferred, .reason = command.reason, .id = command.successor}};
}

Result<Decision> decide(const Entry& state, const Leave& command) {
  if (!in(state, {Status::waiting, Status::called, Status::on_hold}))
    return illegal(state, "leave");
  return Decision{{.kind = EventKind::left, .reason = command.reason}};
}

Result<Decision> decide(const Entry& state, const Cancel& command) {
  if (!in(state, {Status::waiting, Status::called, Status::on_hold}))
    return illegal(state, "cancel");
  return Decision{{.kind = EventKind::cancelled, .reason = command.reason}};
}

Result<Decision> decide(const Entry& state, const NoShow&) {
  if (!in(state, {Status::called})) return illegal(state, "no-show");
  return Decision{{.kind = EventKind::no_show}};
}

Result<Decision> decide(const Entry& state, const Complete&) {
  if (!in(state, {Status::in_service})) return illegal(state, "complete");
  return Decision{{.kind = EventKind::completed}};
}

Result<Decision> decide(const Entry& state, const Rejoin& command) {
  if (!in(state, {Status::no_show, Status::left})) return illegal(state, "rejoin");
  if (state.day != command.today)
    return rule_broken("not-today", "A patient rejoins on the day of the ticket.");
  return Decision{{.kind = EventKind::rejoined}};
}

Result<Decision> decide(const Entry& state, const Assign& command) {
  if (!in(state, {Status::waiting})) return illegal(state, "assign");
  return Decision{
      {.kind = EventKind::assigned, .reason = command.why, .doctor_id = command.doctor_id}};
}

Result<Decision> decide(const Entry& state, const Prioritize& command) {
  if (!in(state, {Status::waiting})) return illegal(state, "prioritize");
  return Decision{
      {.kind = EventKind::prioritized, .reason = command.reason, .level = command.level}};
}

Result<Decision> decide(const Entry& state, const Triage& command) {
  if (!in(state, {Status::waiting})) return illegal(state, "triage");
  return Decision{{.kind = EventKind::triaged,
                   .level = command.level,
                   .triage = command.result,
                   .specialty = command.specialty}};
}

Result<Decision> decide(const Entry& state, const Identify& command) {
  if (!state.visitor_id)
    return conflict("not-a-visitor", "The entry is a registered patient's already.");
  if (state.patient_id == command.patient_id) return Decision{};
  if (state.patient_id)
    return conflict("already-identified", "The visitor was identified as another patient.");
  return Decision{{.kind = EventKind::identified, .id = command.patient_id}};
}

Decision react(const Entry& state, const ConsultationStarted& fact) {
  // Started by hand before: what is left to say is by whom and in which consultation.
  if (state.status == Status::in_service && !state.consultation_id) {
    const bool other = state.doctor_id != fact.doctor_id;
    return {{.kind = other ? EventKind::assigned : EventKind::consultation_noted,
             .id = fact.consultation_id,
             .doctor_id = fact.doctor_id}};
  }
  const bool comes_back =
      fact.same_day && in(state, {Status::cancelled, Status::left, Status::no_show});
  if (!comes_back && !in(state, {Status::waiting, Status::called, Status::on_hold})) return {};
  return {{.kind = EventKind::started, .id = fact.consultation_id, .doctor_id = fact.doctor_id}};
}

Decision react(const Entry& state, const ConsultationCancelled& fact) {
  if (state.status != Status::in_service) return {};
  if (state.consultation_id && state.consultation_id != fact.consultation_id) return {};
  return {{.kind = EventKind::start_undone}};
}

Decision react(const Entry& state, const ConsultationCompleted& fact) {
  if (in(state, {Status::completed, Status::transferred})) return {};
  return {{.kind = EventKind::completed, .id = fact.consultation_id}};
}

Decision react(const Entry& state, const ConsultationTakenOver& fact) {
  if (state.status != Status::in_service || state.doctor_id == fact.doctor_id) return {};
  return {{.kind = EventKind::assigned, .doctor_id = fact.doctor_id}};
}

Decision react(const Entry& state, const AppointmentLinked& fact) {
  if (!is_open(state.status) || state.appointment_id) return {};
  return {{.kind = EventKind::linked,
           .id = fact.appointment_id,
           .doctor_id = state.doctor_id ? state.doctor_id : std::optional(fact.doctor_id),
           .level = state.triage_level ? state.triage_level : fact.triage_level}};
}

Decision react(const Entry& state, const AppointmentNoShow&) {
  if (!in(state, {Status::waiting, Status::called, Status::on_hold})) return {};
  return {{.kind = EventKind::no_show, .reason = "appointment-no-show"}};
}

Decision react(const Entry& state, const AppointmentCompleted&) {
  if (!is_open(state.status)) return {};
  return {{.kind = EventKind::completed}};
}

Decision react(const Entry& state, const AppointmentWithdrawn&) {
  if (!in(state, {Status::waiting, Status::called, Status::on_hold})) return {};
  return {{.kind = EventKind::cancelled, .reason = "appointment-withdrawn"}};
}

Decision react(const Entry& state, const DayClosed&) {
  if (state.queue_kind == Kind::emergency) return {};
  if (!in(state, {Status::waiting, Status::called, Status::on_hold})) return {};
  return {{.kind = EventKind::no_show, .reason = "day-closed"}};
}

namespace {

/// The status an event leads to; nullopt: it stays.
std::optional<Status> status_after(EventKind kind) {
  switch (kind) {
    case EventKind::created:
    case EventKind::returned:
    case EventKind::start_undone:
    case EventKind::resumed:
    case EventKind::rejoined:
      return Status::waiting;
    case EventKind::called:
      return Status::called;
    case EventKind::started:
      return Status::in_service;
    case EventKind::held:
      return Status::on_hold;
    case EventKind::transferred:
      return Status::transferred;
    case EventKind::no_show:
      return Status::no_show;
    case EventKind::left:
      return Status::left;
    case EventKind::cancelled:
      return Status::cancelled;
    case EventKind::completed:
      return Status::completed;
    case EventKind::linked:
    case EventKind::triaged:
    case EventKind::prioritized:
    case EventKind::assigned:
    case EventKind::identified:
    case EventKind::consultation_noted:
      return std::nullopt;
  }
  return std::nullopt;
}

void evolve_status(Entry& state, const Event& event, Instant now) {
  switch (event.kind) {
    case EventKind::called:
      ++state.calls;
      state.called_at = now;
      if (!state.first_called_at) state.first_called_at = now;
      if (event.room) state.room = event.room;
      break;
    case EventKind::started:
      state.started_at = now;
      state.completed_at.reset();
      state.consultation_id = event.id;
      if (!state.first_called_at) state.first_called_at = now;
      if (event.doctor_id) state.doctor_id = event.doctor_id;
      break;
    case EventKind::start_undone:
      state.started_at.reset();
      state.consultation_id.reset();
      break;
    case EventKind::transferred:
      state.transferred_to = event.id;
      break;
    case EventKind::rejoined:
      state.seniority = now;
      state.calls = 0;
      state.first_called_at.reset();
      break;
    case EventKind::completed:
      state.completed_at = now;
      if (event.id) state.consultation_id = event.id;
      break;
    default:
      break;
  }
}

void evolve_rest(Entry& state, const Event& event) {
  switch (event.kind) {
    case EventKind::linked:
      state.appointment_id = event.id;
      state.doctor_id = event.doctor_id;
      state.triage_level = event.level;
      break;
    case EventKind::triaged:
      state.triage_level = event.level;
      state.triage = event.triage;
      if (event.specialty) state.specialty = event.specialty;
      break;
    case EventKind::prioritized:
      state.priority = event.level;
      break;
    case EventKind::assigned:
      state.doctor_id = event.doctor_id;
      state.assignment = event.reason;
      if (event.id) state.consultation_id = event.id;
      break;
    case EventKind::identified:
      state.patient_id = event.id;
      break;
    case EventKind::consultation_noted:
      state.consultation_id = event.id;
      break;
    default:
      break;
  }
}

}  // namespace

void evolve(Entry& state, const Event& event, Instant now) {
  if (const auto status = status_after(event.kind)) {
    state.status = *status;
    state.status_reason = event.reason;
    evolve_status(state, event, now);
  } else {
    evolve_rest(state, event);
  }
}

std::vector<Entry> stages(const Entry& state, const Decision& decision, Instant now,
                          const Uuid& actor) {
  auto entry = state;
  entry.updated_at = now;
  entry.updated_by = actor;
  std::vector<Entry> after;
  for (const auto& event : decision) {
    evolve(entry, event, now);
    after.push_back(entry);
  }
  return after;
}

Entry successor_of(const Entry& state, const Uuid& id, const Queue& target, Instant now,
                   const Uuid& actor) {
  Entry next = state;
  next.id = id;
  next.queue_id = target.id;
  next.queue_kind = target.kind;
  next.department_id = target.department_id;
  next.status = Status::waiting;
  next.status_reason.reset();
  next.consultation_id.reset();
  next.transferred_from = state.id;
  next.transferred_to.reset();
  next.calls = 0;
  next.called_at.reset();
  next.first_called_at.reset();
  next.started_at.reset();
  next.room.reset();
  next.version = 1;
  next.created_at = next.updated_at = now;
  next.created_by = next.updated_by = actor;
  // A doctor of the old department is not the new one's.
  if (target.department_id != state.department_id) {
    next.doctor_id.reset();
    next.assignment.reset();
  }
  return next;
}

std::string order_reason(const Entry& entry) {
  // An arrival is never later than its entry; whoever rejoined stands by when they came back.
  const bool came_back = entry.seniority > entry.created_at;
  const std::string then = came_back ? ", then by coming back" : ", then by arrival";
  const std::string level(to_string(entry.level()));
  if (entry.priority) return level + " by priority" + then;
  if (entry.triage_level) return level + " by triage" + then;
  return level + " (not triaged)" + then;
}

}  // namespace ambula::queue::domain

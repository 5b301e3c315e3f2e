#include "appointment.hpp"

#include <array>

#include <ambula/base/names.hpp>

namespace ambula::scheduling::domain {
namespace {

constexpr std::array<std::string_view, 6> appointment_statuses = {
    "BOOKED", "CHECKED_IN", "IN_CONSULTATION", "COMPLETED", "CANCELLED", "NO_SHOW"};
constexpr std::array<std::string_view, 4> level_names = {"CRITICAL", "HIGH", "MODERATE", "LOW"};
constexpr std::array<std::string_view, 10> event_names = {
    "AppointmentBooked",        "AppointmentRescheduled",    "AppointmentCheckedIn",
    "AppointmentCheckInUndone", "AppointmentInConsultation", "AppointmentConsultationUndone",
    "AppointmentCompleted",     "AppointmentCancelled",      "AppointmentNoShow",
    "AppointmentReinstated"};

constexpr LocalMinutes day_close{4 * 60};

bool is_open(const Appointment& state) {
  return state.status == Status::booked || state.status == Status::checked_in;
}

Error illegal(const Appointment& state, std::string_view command) {
  return illegal_transition(to_string(state.status), command);
}

bool is_today(const Appointment& state, Instant now, const Rules& rules) {
  return local_date(rules.zone, state.time.from) == local_date(rules.zone, now);
}

}  // namespace

std::string_view to_string(Status status) {
  return appointment_statuses[static_cast<std::size_t>(status)];
}
std::optional<Status> parse_status(std::string_view text) {
  return parse_name<Status>(appointment_statuses, text);
}
std::string_view to_string(TriageLevel level) {
  return level_names[static_cast<std::size_t>(level)];
}
std::optional<TriageLevel> parse_triage_level(std::string_view text) {
  return parse_name<TriageLevel>(level_names, text);
}
std::string_view to_string(EventKind kind) {
  return event_names[static_cast<std::size_t>(kind)];
}

bool holds_time(Status status) {
  return status != Status::cancelled && status != Status::no_show;
}

Result<Decision> decide(const Appointment& state, const Reschedule& command, Instant,
                        const Rules&) {
  if (state.status != Status::booked) return illegal(state, "reschedule");
  return Decision{{.kind = EventKind::rescheduled, .slot = command.to}};
}

Result<Decision> decide(const Appointment& state, const CheckIn&, Instant now, const Rules& rules) {
  if (state.status != Status::booked) return illegal(state, "check-in");
  if (!is_today(state, now, rules)) {
    return rule_broken("not-today", "A visit is checked in on its own day at the facility.");
  }
  return Decision{{.kind = EventKind::checked_in}};
}

Result<Decision> decide(const Appointment& state, const UndoCheckIn&, Instant, const Rules&) {
  if (state.status != Status::checked_in) return illegal(state, "undo-check-in");
  return Decision{{.kind = EventKind::check_in_undone}};
}

Result<Decision> decide(const Appointment& state, const Complete&, Instant, const Rules& rules) {
  if (state.status == Status::in_consultation) {
    return conflict("consultation-live", "The visit completes with its consultation.");
  }
  if (!is_open(state)) return illegal(state, "complete");
  if (!rules.desk_may_complete) {
    return forbidden("setting-forbids",
                     "In this facility a visit completes with its consultation.");
  }
  return Decision{{.kind = EventKind::completed}};
}

Result<Decision> decide(const Appointment& state, const Cancel& command, Instant now,
                        const Rules&) {
  if (!is_open(state)) return illegal(state, "cancel");
  if (command.by_patient && now >= state.time.from) {
    return rule_broken("too-late", "A visit can be cancelled before it starts.");
  }
  return Decision{{.kind = EventKind::cancelled, .reason = command.reason}};
}

Result<Decision> decide(const Appointment& state, const NoShow&, Instant now, const Rules&) {
  if (!is_open(state)) return illegal(state, "no-show");
  if (now < state.time.from)
    return rule_broken("too-early", "A visit can be missed once it should have begun.");
  return Decision{{.kind = EventKind::no_show}};
}

Result<Decision> decide(const Appointment& state, const Reinstate& command, Instant now,
                        const Rules& rules) {
  if (holds_time(state.status)) return illegal(state, "reinstate");
  if (state.time.from < now && !is_today(state, now, rules)) {
    return rule_broken("in-the-past", "Only a visit of today or later can be reinstated.");
  }
  return Decision{{.kind = EventKind::reinstated, .reason = command.reason}};
}

bool is_missed(const Appointment& state, Instant now, const Rules& rules) {
  if (state.status == Status::booked)
    return state.time.to + std::chrono::minutes{rules.no_show_grace_min} <= now;
  if (state.status != Status::checked_in) return false;
  const auto day = std::chrono::sys_days{local_date(rules.zone, state.time.from)};
  const Date next{day + std::chrono::days{1}};
  return local_span(rules.zone, next, day_close, LocalMinutes{24 * 60}).from <= now;
}

Decision react(const Appointment& state, const ConsultationStarted& fact) {
  const Event started{.kind = EventKind::in_consultation, .consultation_id = fact.consultation_id};
  if (is_open(state)) return {started};
  if (!holds_time(state.status) && fact.time_still_free) {
    return {{.kind = EventKind::reinstated, .reason = "consultation-started"}, started};
  }
  return {};
}

Decision react(const Appointment& state, const ConsultationCancelled& fact) {
  if (state.status != Status::in_consultation || state.consultation_id != fact.consultation_id)
    return {};
  return {{.kind = EventKind::consultation_undone}};
}

Decision react(const Appointment& state, const ConsultationCompleted& fact) {
  if (state.status == Status::in_consultation && state.consultation_id != fact.consultation_id)
    return {};
  if (!is_open(state) && state.status != Status::in_consultation) return {};
  return {{.kind = EventKind::completed, .consultation_id = fact.consultation_id}};
}

void evolve(Appointment& state, const Event& event) {
  switch (event.kind) {
    case EventKind::booked:
      state.status = Status::booked;
      break;
    case EventKind::rescheduled:
      if (state.doctor_id != event.slot->doctor_id) state.assignment_reason.reset();
      state.doctor_id = event.slot->doctor_id;
      state.time = event.slot->time;
      ++state.move_count;
      break;
    case EventKind::checked_in:
      state.status = Status::checked_in;
      break;
    case EventKind::check_in_undone:
      state.status = Status::booked;
      break;
    case EventKind::in_consultation:
      state.status_before = state.status;
      state.status = Status::in_consultation;
      state.consultation_id = event.consultation_id;
      break;
    case EventKind::consultation_undone:
      state.status = state.status_before.value_or(Status::booked);
      state.status_before.reset();
      state.consultation_id.reset();
      break;
    case EventKind::completed:
      state.status = Status::completed;
      state.status_before.reset();
      if (event.consultation_id) state.consultation_id = event.consultation_id;
      break;
    case EventKind::cancelled:
      state.status = Status::cancelled;
      state.status_reason = event.reason;
      break;
    case EventKind::no_show:
      state.status = Status::no_show;
      state.status_reason = event.reason;
      break;
    case EventKind::reinstated:
      state.status = Status::booked;
      state.status_reason = event.reason;
      break;
  }
}

Appointment evolved(Appointment state, const Decision& decision) {
  for (const auto& event : decision)
    evolve(state, event);
  return state;
}

}  // namespace ambula::scheduling::domain

#include "prescription.hpp"

#include <array>

#include <ambula/base/names.hpp>
#include <ambula/base/zone.hpp>

namespace ambula::consultation::domain {
namespace {

constexpr std::array<std::string_view, 7> prescription_statuses = {
    "DRAFT", "ISSUED", "ON_HOLD", "COMPLETED", "STOPPED", "CANCELLED", "EXPIRED"};
constexpr std::array<std::string_view, 6> fulfilment_names = {"NONE", "RESERVED", "PARTIAL",
                                                              "FULL", "SHORT",    "DECLINED"};
// Those that no other service is told of are kept in the history only, and have no prefix.
constexpr std::array<std::string_view, 11> rx_event_names = {"Drafted",
                                                             "Edited",
                                                             "DraftCancelled",
                                                             "FulfilmentTold",
                                                             "PrescriptionIssued",
                                                             "PrescriptionOnHold",
                                                             "PrescriptionResumed",
                                                             "PrescriptionCompleted",
                                                             "PrescriptionCancelled",
                                                             "PrescriptionCancellationRefused",
                                                             "PrescriptionExpired"};

Error illegal(const Prescription& state, std::string_view command) {
  return illegal_transition(to_string(state.status), command);
}

bool is_pending(RxStatus status) {
  return status == RxStatus::issued || status == RxStatus::on_hold;
}

bool was_ended(RxStatus status) {
  return status == RxStatus::cancelled || status == RxStatus::stopped ||
         status == RxStatus::expired;
}

/// What the status becomes because of a fact; its fulfilment is told apart.
RxDecision status_reaction(const Prescription& state, const Dispensing& fact) {
  using Kind = Dispensing::Kind;
  const bool handed = fact.kind == Kind::handed_over;
  if (fact.kind == Kind::questioned && state.status == RxStatus::issued)
    return {{.kind = RxEventKind::on_hold}};
  if (fact.kind == Kind::question_answered && state.status == RxStatus::on_hold)
    return {{.kind = RxEventKind::resumed}};
  if (is_pending(state.status)) {
    const bool all = handed && fact.fulfilment == Fulfilment::full;
    if (all || fact.kind == Kind::closed_short) return {{.kind = RxEventKind::completed}};
  }
  if (was_ended(state.status) && handed) {
    const auto becomes =
        fact.fulfilment == Fulfilment::full ? RxStatus::completed : RxStatus::stopped;
    return {{.kind = RxEventKind::cancellation_refused, .status = becomes}};
  }
  return {};
}

}  // namespace

std::string_view to_string(RxStatus status) {
  return prescription_statuses[static_cast<std::size_t>(status)];
}
std::optional<RxStatus> parse_rx_status(std::string_view text) {
  return parse_name<RxStatus>(prescription_statuses, text);
}
std::string_view to_string(Fulfilment fulfilment) {
  return fulfilment_names[static_cast<std::size_t>(fulfilment)];
}
std::optional<Fulfilment> parse_fulfilment(std::string_view text) {
  return parse_name<Fulfilment>(fulfilment_names, text);
}
std::string_view to_string(RxEventKind kind) {
  return rx_event_names[static_cast<std::size_t>(kind)];
}
bool is_told(RxEventKind kind) {
  return kind >= RxEventKind::issued;
}

RxDecision draft() {
  return {{.kind = RxEventKind::drafted}};
}

Result<RxDecision> decide(const Prescription& state, const Issue&) {
  if (state.status != RxStatus::draft) return illegal(state, "issue");
  return RxDecision{{.kind = RxEventKind::issued}};
}

Result<RxDecision> decide(const Prescription& state, const Edit& command) {
  if (state.status != RxStatus::draft) return illegal(state, "update");
  return RxDecision{{.kind = RxEventKind::edited, .content = command.content}};
}

Result<RxDecision> decide(const Prescription& state, const CancelPrescription& command) {
  if (state.status == RxStatus::draft) {
    return RxDecision{{.kind = RxEventKind::draft_cancelled, .reason = command.reason}};
  }
  if (!is_pending(state.status)) return illegal(state, "cancel");
  const auto becomes =
      state.fulfilment == Fulfilment::partial ? RxStatus::stopped : RxStatus::cancelled;
  return RxDecision{{.kind = RxEventKind::cancelled, .status = becomes, .reason = command.reason}};
}

Result<RxDecision> decide(const Prescription& state, const Expire& command) {
  if (state.status != RxStatus::issued) return illegal(state, "expire");
  if (std::chrono::sys_days{command.today} <= std::chrono::sys_days{*state.expires_on}) {
    return rule_broken("too-early", "The prescription is still good.");
  }
  return RxDecision{{.kind = RxEventKind::expired}};
}

RxDecision react(const Prescription& state, const Dispensing& fact) {
  if (state.status == RxStatus::draft) return {};
  auto decision = status_reaction(state, fact);
  if (decision.empty()) {
    if (state.fulfilment == fact.fulfilment) return {};
    return {{.kind = RxEventKind::fulfilment_told, .fulfilment = fact.fulfilment}};
  }
  decision.front().fulfilment = fact.fulfilment;
  return decision;
}

void evolve(Prescription& state, const RxEvent& event, Instant now, const Rules& rules) {
  if (event.fulfilment) state.fulfilment = *event.fulfilment;
  switch (event.kind) {
    case RxEventKind::drafted:
      state.status = RxStatus::draft;
      break;
    case RxEventKind::edited:
      state.replaces = event.content->replaces;
      state.items = event.content->items;
      state.notes = event.content->notes;
      break;
    case RxEventKind::fulfilment_told:
      break;
    case RxEventKind::issued:
      state.status = RxStatus::issued;
      state.issued_at = now;
      state.expires_on = std::chrono::sys_days{local_date(rules.zone, now)} +
                         std::chrono::days{rules.prescription_days};
      break;
    case RxEventKind::on_hold:
      state.status = RxStatus::on_hold;
      break;
    case RxEventKind::resumed:
      state.status = RxStatus::issued;
      break;
    case RxEventKind::completed:
      state.status = RxStatus::completed;
      break;
    case RxEventKind::draft_cancelled:
      state.status = RxStatus::cancelled;
      state.status_reason = event.reason;
      break;
    case RxEventKind::cancelled:
      state.status = *event.status;
      state.status_reason = event.reason;
      break;
    case RxEventKind::cancellation_refused:
      state.status = *event.status;
      break;
    case RxEventKind::expired:
      state.status = RxStatus::expired;
      break;
  }
}

}  // namespace ambula::consultation::domain

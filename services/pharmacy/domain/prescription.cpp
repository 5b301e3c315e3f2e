#include "prescription.hpp"

#include <algorithm>
#include <array>

#include <ambula/base/names.hpp>

namespace ambula::pharmacy::domain {
namespace {

constexpr std::array<std::string_view, 6> status_names = {"ISSUED",  "ON_HOLD",   "COMPLETED",
                                                          "STOPPED", "CANCELLED", "EXPIRED"};
constexpr std::array<std::string_view, 6> fulfilment_names = {"NONE", "RESERVED", "PARTIAL",
                                                              "FULL", "SHORT",    "DECLINED"};
constexpr std::array<std::string_view, 10> event_names = {"PrescriptionReserved",
                                                          "PrescriptionReservationReleased",
                                                          "PrescriptionReady",
                                                          "PrescriptionPartlyDispensed",
                                                          "PrescriptionDispensed",
                                                          "PrescriptionDeclined",
                                                          "PrescriptionDeclineUndone",
                                                          "PrescriptionQuestioned",
                                                          "PrescriptionQuestionAnswered",
                                                          "PrescriptionClosedShort"};

bool is_open(const Prescription& state) {
  return state.status == Status::issued || state.status == Status::on_hold;
}

bool is_final(Fulfilment fulfilment) {
  return fulfilment == Fulfilment::full || fulfilment == Fulfilment::closed_short ||
         fulfilment == Fulfilment::declined;
}

/// Names what stands in the way: the status when it ended there, else how far the pharmacy is.
Error illegal(const Prescription& state, std::string_view command) {
  const bool ended = state.status != Status::issued;
  return illegal_transition(ended ? to_string(state.status) : to_string(state.fulfilment), command);
}

Fulfilment derived(const Prescription& state) {
  const auto handed = [](const Item& item) { return item.dispensed > 0; };
  const auto done = [](const Item& item) { return item.remaining() == 0; };
  if (std::all_of(state.items.begin(), state.items.end(), done)) return Fulfilment::full;
  if (std::any_of(state.items.begin(), state.items.end(), handed)) return Fulfilment::partial;
  return state.reserved.empty() ? Fulfilment::none : Fulfilment::reserved;
}

int sum_for(const std::vector<Line>& lines, const Uuid& item_id) {
  int sum = 0;
  for (const auto& line : lines) {
    if (line.item_id == item_id) sum += line.quantity;
  }
  return sum;
}

void release_all(const Prescription& state, Decision& decision) {
  if (!state.reserved.empty()) {
    decision.push_back({.kind = EventKind::reservation_released, .lines = state.reserved});
  }
}

void forget_reserved(Prescription& state, const std::vector<Line>& lines) {
  std::erase_if(state.reserved, [&](const Line& held) {
    return std::any_of(lines.begin(), lines.end(), [&](const Line& line) {
      return line.item_id == held.item_id && line.lot_id == held.lot_id;
    });
  });
  state.ready_at.reset();
  if (state.reserved.empty()) state.reserved_until.reset();
}

void hand_over(Prescription& state, const std::vector<Line>& lines) {
  for (auto& item : state.items)
    item.dispensed += sum_for(lines, item.item_id);
  state.reserved.clear();
  state.reserved_until.reset();
  state.ready_at.reset();
}

}  // namespace

std::string_view to_string(Status status) {
  return status_names[static_cast<std::size_t>(status)];
}
std::optional<Status> parse_status(std::string_view text) {
  return parse_name<Status>(status_names, text);
}
std::string_view to_string(Fulfilment fulfilment) {
  return fulfilment_names[static_cast<std::size_t>(fulfilment)];
}
std::optional<Fulfilment> parse_fulfilment(std::string_view text) {
  return parse_name<Fulfilment>(fulfilment_names, text);
}
std::string_view to_string(EventKind kind) {
  return event_names[static_cast<std::size_t>(kind)];
}

Result<void> check_dispensable(const Prescription& state, Date today) {
  if (state.status == Status::issued && !is_final(state.fulfilment) && today <= state.expires_on)
    return {};
  return conflict("not-dispensable", "This prescription cannot be dispensed now.")
      .with("prescription_status", to_string(state.status))
      .with("fulfilment", to_string(state.fulfilment));
}

std::vector<Want> all_that_remains(const Prescription& state) {
  std::vector<Want> wants;
  for (const auto& item : state.items) {
    if (item.remaining() > 0)
      wants.push_back({item.item_id, item.medicine_id, item.remaining(), std::nullopt});
  }
  return wants;
}

Result<std::vector<Want>> wanted(const Prescription& state, std::vector<Want> lines) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    auto& want = lines[i];
    const auto pointer = "/lines/" + std::to_string(i);
    const auto item = std::find_if(state.items.begin(), state.items.end(), [&](const Item& known) {
      return known.item_id == want.item_id;
    });
    if (item == state.items.end()) {
      return rule_broken("unknown-item", "The prescription has no such line.",
                         pointer + "/item_id");
    }
    std::int64_t sum = 0;
    for (const auto& other : lines) {
      if (other.item_id == want.item_id) sum += other.quantity;
    }
    if (sum > item->remaining()) {
      return rule_broken("more-than-remaining", "Less than that remains to be handed over.",
                         pointer + "/quantity");
    }
    want.medicine_id = item->medicine_id;
  }
  return lines;
}

Result<Decision> decide(const Prescription& state, const Reserve& command, Date today) {
  if (auto may = check_dispensable(state, today); !may) return may.error();
  return Decision{{.kind = EventKind::reserved, .lines = command.lines}};
}

Result<Decision> decide(const Prescription& state, const ReleaseReservation&) {
  if (state.reserved.empty()) return illegal(state, "release");
  Decision decision;
  release_all(state, decision);
  return decision;
}

Result<Decision> decide(const Prescription& state, const MakeReady&, Date today) {
  if (auto may = check_dispensable(state, today); !may) return may.error();
  const bool all_reserved = std::all_of(
      state.items.begin(), state.items.end(),
      [&](const Item& item) { return sum_for(state.reserved, item.item_id) == item.remaining(); });
  if (!all_reserved) return illegal(state, "ready");
  if (state.ready_at) return illegal_transition("READY", "ready");
  return Decision{{.kind = EventKind::ready, .lines = state.reserved}};
}

Result<Decision> decide(const Prescription& state, const HandOver& command, Date today) {
  if (auto may = check_dispensable(state, today); !may) return may.error();
  for (const auto& item : state.items) {
    if (sum_for(command.lines, item.item_id) > item.remaining())
      return rule_broken("more-than-remaining", "Less than that remains to be handed over.");
  }
  auto after = state;
  hand_over(after, command.lines);
  const bool rest = derived(after) == Fulfilment::full;
  return Decision{{.kind = rest ? EventKind::dispensed : EventKind::partly_dispensed,
                   .lines = command.lines,
                   .reason = std::nullopt,
                   .dispense_id = command.dispense_id}};
}

Result<Decision> decide(const Prescription& state, const Decline& command) {
  const bool untouched =
      state.fulfilment == Fulfilment::none || state.fulfilment == Fulfilment::reserved;
  if (!is_open(state)) return illegal(state, "decline");
  if (!untouched) return illegal_transition(to_string(state.fulfilment), "decline");
  Decision decision;
  release_all(state, decision);
  decision.push_back({.kind = EventKind::declined, .lines = {}, .reason = command.reason});
  return decision;
}

Result<Decision> decide(const Prescription& state, const Hold& command) {
  if (state.status != Status::issued || is_final(state.fulfilment)) return illegal(state, "hold");
  return Decision{{.kind = EventKind::questioned, .lines = {}, .reason = command.reason}};
}

Result<Decision> decide(const Prescription& state, const Resume& command) {
  Decision decision;
  if (is_open(state) && state.fulfilment == Fulfilment::declined) {
    decision.push_back({.kind = EventKind::decline_undone, .lines = {}, .reason = command.answer});
  }
  if (state.status == Status::on_hold) {
    decision.push_back(
        {.kind = EventKind::question_answered, .lines = {}, .reason = command.answer});
  }
  if (decision.empty()) return illegal(state, "resume");
  return decision;
}

Result<Decision> decide(const Prescription& state, const Close& command) {
  if (!is_open(state)) return illegal(state, "close");
  if (state.fulfilment != Fulfilment::partial)
    return illegal_transition(to_string(state.fulfilment), "close");
  Decision decision;
  release_all(state, decision);
  decision.push_back({.kind = EventKind::closed_short, .lines = {}, .reason = command.reason});
  return decision;
}

Decision react(const Prescription& state, const LotWithdrawn& fact) {
  std::vector<Line> lines;
  for (const auto& line : state.reserved) {
    if (line.lot_id == fact.lot_id) lines.push_back(line);
  }
  if (lines.empty()) return {};
  return {{.kind = EventKind::reservation_released, .lines = std::move(lines)}};
}

Decision react(const Prescription& state, const ReservationTimedOut& fact) {
  Decision decision;
  if (state.reserved_until && *state.reserved_until <= fact.now) release_all(state, decision);
  return decision;
}

Decision react(const Prescription& state, const Ended&) {
  Decision decision;
  release_all(state, decision);
  return decision;
}

void evolve(Prescription& state, const Event& event, Instant now) {
  if (event.reason) state.reason = event.reason;
  switch (event.kind) {
    case EventKind::reserved:
      state.reserved = event.lines;
      state.ready_at.reset();
      break;
    case EventKind::reservation_released:
      forget_reserved(state, event.lines);
      break;
    case EventKind::ready:
      state.ready_at = now;
      break;
    case EventKind::partly_dispensed:
    case EventKind::dispensed:
      hand_over(state, event.lines);
      break;
    case EventKind::declined:
      state.fulfilment = Fulfilment::declined;
      return;
    case EventKind::decline_undone:
      state.fulfilment = Fulfilment::none;
      break;
    case EventKind::questioned:
      state.status = Status::on_hold;
      break;
    case EventKind::question_answered:
      state.status = Status::issued;
      break;
    case EventKind::closed_short:
      state.fulfilment = Fulfilment::closed_short;
      return;
  }
  if (!is_final(state.fulfilment)) state.fulfilment = derived(state);
}

std::map<Uuid, StockChange> stock_changes(const Prescription& before, const Prescription& after,
                                          const std::vector<Line>& handed) {
  std::map<Uuid, StockChange> changes;
  for (const auto& line : before.reserved)
    changes[line.lot_id].reserved -= line.quantity;
  for (const auto& line : after.reserved)
    changes[line.lot_id].reserved += line.quantity;
  for (const auto& line : handed)
    changes[line.lot_id].on_hand -= line.quantity;
  return changes;
}

}  // namespace ambula::pharmacy::domain

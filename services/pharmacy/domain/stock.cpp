#include "stock.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include <ambula/base/names.hpp>

namespace ambula::pharmacy::domain {
namespace {

constexpr std::array<std::string_view, 4> lot_statuses = {"AVAILABLE", "QUARANTINED", "RECALLED",
                                                          "DISPOSED"};
constexpr std::array<std::string_view, 7> kind_names = {
    "RECEIPT", "DISPENSE", "RETURN", "ADJUSTMENT", "WRITE_OFF", "COUNT", "DISPOSAL"};

/// A movement that leaves the lot's state alone.
Result<LotDecision> move(const Lot& lot, std::string_view command, MovementKind kind, int delta) {
  if (lot.status == LotStatus::disposed) return illegal_transition(to_string(lot.status), command);
  const auto on_hand = std::int64_t{lot.on_hand} + delta;
  if (on_hand < 0) return conflict("insufficient-stock", "Less than that is in the lot.");
  if (on_hand < lot.reserved)
    return conflict("stock-reserved", "Release the reservations of this lot first.");
  if (on_hand > quantity_max)
    return rule_broken("too-much-stock", "A lot holds at most 1 000 000 units.");
  return LotDecision{command, lot.status, Movement{kind, delta}};
}

Result<LotDecision> turn(const Lot& lot, std::string_view command,
                         std::initializer_list<LotStatus> from, LotStatus to) {
  if (std::find(from.begin(), from.end(), lot.status) == from.end()) {
    return illegal_transition(to_string(lot.status), command);
  }
  return LotDecision{command, to};
}

/// Takes up to `quantity` from the lot for the line.
void take(PlannedLine& line, Lot& lot, int quantity) {
  if (quantity <= 0) return;
  lot.reserved += quantity;
  const auto same =
      std::find_if(line.allocations.begin(), line.allocations.end(),
                   [&](const Line& allocation) { return allocation.lot_id == lot.id; });
  if (same != line.allocations.end()) {
    same->quantity += quantity;
    return;
  }
  line.allocations.push_back(
      {line.want.item_id, lot.medicine_id, lot.id, lot.lot_number, lot.expires_on, quantity});
}

bool serves(const Lot& lot, const Want& want) {
  return lot.medicine_id == want.medicine_id && (!want.lot_id || *want.lot_id == lot.id);
}

PlannedLine plan_line(const Want& want, std::vector<Lot>& lots, const std::vector<Line>& keep,
                      Date today) {
  PlannedLine line{
      .want = want, .available = 0, .shortage = want.quantity, .code = {}, .allocations = {}};
  if (!want.medicine_id) {
    line.code = "unmapped";
    return line;
  }
  for (const auto& lot : lots) {
    if (serves(lot, want)) line.available += available(lot, today);
  }
  int missing = want.quantity;
  for (auto& lot : lots) {
    for (const auto& kept : keep) {
      if (kept.item_id != want.item_id || kept.lot_id != lot.id || !serves(lot, want)) continue;
      const int taken = std::min({missing, kept.quantity, available(lot, today)});
      take(line, lot, taken);
      missing -= taken;
    }
  }
  for (auto& lot : lots) {
    if (!serves(lot, want)) continue;
    const int taken = std::min(missing, available(lot, today));
    take(line, lot, taken);
    missing -= taken;
  }
  line.shortage = missing;
  if (missing > 0) line.code = "insufficient-stock";
  return line;
}

}  // namespace

std::string_view to_string(LotStatus status) {
  return lot_statuses[static_cast<std::size_t>(status)];
}
std::optional<LotStatus> parse_lot_status(std::string_view text) {
  return parse_name<LotStatus>(lot_statuses, text);
}
std::string_view to_string(MovementKind kind) {
  return kind_names[static_cast<std::size_t>(kind)];
}
std::optional<MovementKind> parse_movement_kind(std::string_view text) {
  return parse_name<MovementKind>(kind_names, text);
}

bool is_expired(const Lot& lot, Date today) {
  return lot.expires_on < today;
}

int available(const Lot& lot, Date today) {
  if (lot.status != LotStatus::available || is_expired(lot, today)) return 0;
  return lot.on_hand - lot.reserved;
}

Result<LotDecision> decide(const Lot& lot, const Adjust& command) {
  return move(lot, "adjust", MovementKind::adjustment, command.delta);
}
Result<LotDecision> decide(const Lot& lot, const WriteOff& command) {
  return move(lot, "write-off", MovementKind::write_off, -command.quantity);
}
Result<LotDecision> decide(const Lot& lot, const Count& command) {
  return move(lot, "count", MovementKind::count, command.counted - lot.on_hand);
}
Result<LotDecision> decide(const Lot& lot, const Quarantine&) {
  return turn(lot, "quarantine", {LotStatus::available}, LotStatus::quarantined);
}
Result<LotDecision> decide(const Lot& lot, const Release&) {
  return turn(lot, "release", {LotStatus::quarantined}, LotStatus::available);
}
Result<LotDecision> decide(const Lot& lot, const Recall&) {
  return turn(lot, "recall", {LotStatus::available, LotStatus::quarantined}, LotStatus::recalled);
}

Result<LotDecision> decide(const Lot& lot, const Dispose& command) {
  const int quantity = command.quantity.value_or(lot.on_hand);
  if (lot.status == LotStatus::disposed || quantity < lot.on_hand) {
    return move(lot, "dispose", MovementKind::disposal, -quantity);
  }
  if (quantity > lot.on_hand)
    return conflict("insufficient-stock", "Less than that is in the lot.");
  return LotDecision{"dispose", LotStatus::disposed, Movement{MovementKind::disposal, -quantity}};
}

bool has_shortage(const Plan& plan) {
  return std::any_of(plan.begin(), plan.end(),
                     [](const PlannedLine& line) { return line.shortage > 0; });
}

std::vector<Line> allocations(const Plan& plan) {
  std::vector<Line> lines;
  for (const auto& planned : plan) {
    for (const auto& line : planned.allocations) {
      const auto same = std::find_if(lines.begin(), lines.end(), [&](const Line& known) {
        return known.item_id == line.item_id && known.lot_id == line.lot_id;
      });
      if (same != lines.end()) {
        same->quantity += line.quantity;
      } else {
        lines.push_back(line);
      }
    }
  }
  return lines;
}

Plan plan_stock(const std::vector<Want>& wants, std::vector<Lot> lots, const std::vector<Line>& own,
                const std::vector<Line>& keep, Date today) {
  std::sort(lots.begin(), lots.end(), [](const Lot& left, const Lot& right) {
    return std::tie(left.expires_on, left.id) < std::tie(right.expires_on, right.id);
  });
  for (const auto& line : own) {
    for (auto& lot : lots) {
      if (lot.id == line.lot_id) lot.reserved -= line.quantity;
    }
  }
  Plan plan;
  for (const auto& want : wants)
    plan.push_back(plan_line(want, lots, keep, today));
  return plan;
}

}  // namespace ambula::pharmacy::domain

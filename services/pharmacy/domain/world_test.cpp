#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "dispense.hpp"
#include "prescription.hpp"

#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

// A small pharmacy without a database: whatever is done in whatever order, the books are right
// [INV-2, PHA-2, PHA-3].
namespace ambula::pharmacy::domain::world_test {

using namespace std::chrono_literals;

struct World {
  Date today = *parse_date("2026-06-01");
  Instant now = *parse_instant("2026-06-01T08:00:00Z");
  std::vector<Uuid> medicines = {Uuid::make(), Uuid::make()};
  std::vector<Lot> lots;
  std::map<Uuid, std::vector<int>> ledger;
  std::vector<Prescription> prescriptions;
  std::vector<Dispense> dispenses;

  Lot& lot(const Uuid& id) {
    return *std::find_if(lots.begin(), lots.end(), [&](const Lot& l) { return l.id == id; });
  }

  void receive(int medicine, int quantity, int expires_in) {
    Lot l;
    l.id = Uuid::make();
    l.medicine_id = medicines[static_cast<std::size_t>(medicine)];
    l.lot_number = "L";
    l.expires_on = Date{std::chrono::sys_days{today} + std::chrono::days{expires_in}};
    l.on_hand = quantity;
    lots.push_back(l);
    ledger[l.id] = {quantity};
  }

  void prescribe(int first, int second) {
    Prescription p;
    p.id = Uuid::make();
    p.expires_on = Date{std::chrono::sys_days{today} + std::chrono::days{90}};
    for (const int quantity : {first, second}) {
      Item item;
      item.item_id = Uuid::make();
      item.medicine_id = medicines[p.items.size()];
      item.quantity = quantity;
      p.items.push_back(item);
    }
    prescriptions.push_back(p);
  }

  /// As store::save does it.
  void apply(Prescription& p, const Decision& decision, const std::vector<Line>& handed = {}) {
    const auto before = p;
    for (const auto& event : decision)
      evolve(p, event, now);
    for (const auto& [id, change] : stock_changes(before, p, handed)) {
      auto& l = lot(id);
      l.on_hand += change.on_hand;
      l.reserved += change.reserved;
      if (change.on_hand != 0) ledger[id].push_back(change.on_hand);
    }
  }

  void validate(Prescription& p) {
    if (!check_dispensable(p, today)) return;
    const auto plan = plan_stock(all_that_remains(p), lots, p.reserved, {}, today);
    if (has_shortage(plan)) return apply(p, react(p, Ended{}));
    const auto decision = decide(p, Reserve{allocations(plan)}, today);
    if (!decision) return;
    p.reserved_until = now + 24h;
    apply(p, *decision);
  }

  void dispense(Prescription& p, int quantity) {
    if (!check_dispensable(p, today)) return;
    std::vector<Want> asked;
    for (const auto& item : p.items)
      asked.push_back({item.item_id, std::nullopt, quantity, std::nullopt});
    const auto wants = quantity == 0 ? Result(all_that_remains(p)) : wanted(p, asked);
    if (!wants) return;
    const auto plan = plan_stock(*wants, lots, p.reserved, p.reserved, today);
    if (has_shortage(plan)) return;
    const auto lines = allocations(plan);
    for (const auto& line : lines) {
      const auto& l = lot(line.lot_id);
      RC_ASSERT(l.status == LotStatus::available);
      RC_ASSERT(!is_expired(l, today));
    }
    const auto decision = decide(p, HandOver{Uuid::make(), lines}, today);
    RC_ASSERT(static_cast<bool>(decision));
    Dispense handed;
    for (const auto& line : lines) {
      handed.lines.emplace_back();
      handed.lines.back().line = line;
    }
    dispenses.push_back(handed);
    apply(p, *decision, lines);
  }

  void take_back_one() {
    if (dispenses.empty()) return;
    auto& d = dispenses[*rc::gen::inRange<std::size_t>(0, dispenses.size())];
    const auto origin = d.lines.front().line.lot_id;
    const auto lines = take_back(d, {{origin, *rc::gen::inRange(1, 6)}});
    if (!lines) return;
    auto back = lot(origin);
    back.id = Uuid::make();
    back.status = LotStatus::quarantined;
    back.reserved = 0;
    back.on_hand = 0;
    for (const auto& line : *lines)
      back.on_hand += line.quantity;
    ledger[back.id] = {back.on_hand};
    lots.push_back(back);
  }

  void withdraw(Lot& l) {
    for (auto& p : prescriptions)
      apply(p, react(p, LotWithdrawn{l.id}));
  }

  template <class Command>
  void verb(Lot& l, const Command& command) {
    const auto decision = decide(l, command);
    if (!decision) return;
    if (decision->status != LotStatus::available) withdraw(l);
    l.status = decision->status;
    if (decision->movement) {
      l.on_hand += decision->movement->delta;
      ledger[l.id].push_back(decision->movement->delta);
    }
  }

  void any_verb(Lot& l) {
    switch (*rc::gen::inRange(0, 7)) {
      case 0:
        return verb(l, Adjust{*rc::gen::inRange(-6, 7)});
      case 1:
        return verb(l, WriteOff{*rc::gen::inRange(1, 7)});
      case 2:
        return verb(l, Count{*rc::gen::inRange(0, 20)});
      case 3:
        return verb(l, Quarantine{});
      case 4:
        return verb(l, Release{});
      case 5:
        return verb(l, Recall{});
      default:
        return verb(l, Dispose{});
    }
  }

  template <class Command>
  void command(Prescription& p, const Command& command) {
    const auto decision = decide(p, command);
    if (decision) apply(p, *decision);
  }

  void any_command(Prescription& p) {
    switch (*rc::gen::inRange(0, 9)) {
      case 0:
        return validate(p);
      case 1:
        return dispense(p, *rc::gen::inRange(0, 5));
      case 2:
        return command(p, ReleaseReservation{});
      case 3: {
        const auto ready = decide(p, MakeReady{}, today);
        return ready ? apply(p, *ready) : void();
      }
      case 4:
        return command(p, Decline{"no"});
      case 5:
        return command(p, Hold{"?"});
      case 6:
        return command(p, Resume{{}});
      case 7:
        return command(p, Close{"enough"});
      default: {
        apply(p, react(p, Ended{}));
        p.status = *rc::gen::element(Status::cancelled, Status::stopped, Status::completed);
      }
    }
  }

  void pass_days(int days) {
    today = Date{std::chrono::sys_days{today} + std::chrono::days{days}};
    now += std::chrono::days{days};
    for (auto& p : prescriptions)
      apply(p, react(p, ReservationTimedOut{now}));
  }

  void step() {
    switch (*rc::gen::inRange(0, 8)) {
      case 0:
        return receive(*rc::gen::inRange(0, 2), *rc::gen::inRange(1, 15), *rc::gen::inRange(0, 40));
      case 1:
        return any_verb(lots[*rc::gen::inRange<std::size_t>(0, lots.size())]);
      case 2:
        return pass_days(*rc::gen::inRange(0, 3));
      case 3:
        return take_back_one();
      default:
        return any_command(prescriptions[*rc::gen::inRange<std::size_t>(0, prescriptions.size())]);
    }
  }

  void check() const {
    std::map<Uuid, int> held;
    for (const auto& p : prescriptions) {
      for (const auto& line : p.reserved)
        held[line.lot_id] += line.quantity;
      for (const auto& item : p.items)
        RC_ASSERT(0 <= item.dispensed && item.dispensed <= item.quantity);
      if (p.status != Status::issued && p.status != Status::on_hold) RC_ASSERT(p.reserved.empty());
    }
    for (const auto& l : lots) {
      RC_ASSERT(0 <= l.reserved);
      RC_ASSERT(l.reserved <= l.on_hand);
      RC_ASSERT(l.reserved == 0 || l.status == LotStatus::available);
      RC_ASSERT(l.reserved == held[l.id]);
      int sum = 0;
      for (const int delta : ledger.at(l.id))
        sum += delta;
      RC_ASSERT(sum == l.on_hand);
    }
  }
};

RC_GTEST_PROP(World, TheBooksAreRightWhateverIsDone, ()) {
  World world;
  world.receive(0, 10, 5);
  world.receive(1, 10, 30);
  for (int i = 0; i < 3; ++i)
    world.prescribe(*rc::gen::inRange(1, 8), *rc::gen::inRange(1, 8));
  const int steps = *rc::gen::inRange(5, 60);
  for (int i = 0; i < steps; ++i) {
    world.step();
    world.check();
  }
}

}  // namespace ambula::pharmacy::domain::world_test

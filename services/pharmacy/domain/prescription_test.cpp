#include "prescription.hpp"

#include <map>

#include <gtest/gtest.h>

#include "dispense.hpp"

// Fulfilment, every state × every command [PHA-2, PHA-3].
namespace ambula::pharmacy::domain::prescription_test {

using namespace std::chrono_literals;

const Date today = *parse_date("2026-06-01");
const Instant now = *parse_instant("2026-06-01T08:00:00Z");

/// One line of ten in the fulfilment that is asked for.
Prescription state_in(Status status, Fulfilment fulfilment) {
  Prescription p;
  p.status = status;
  p.fulfilment = fulfilment;
  p.expires_on = today;
  Item item;
  item.item_id = Uuid::make();
  item.medicine_id = Uuid::make();
  item.quantity = 10;
  if (fulfilment == Fulfilment::partial || fulfilment == Fulfilment::closed_short)
    item.dispensed = 4;
  if (fulfilment == Fulfilment::full) item.dispensed = 10;
  p.items = {item};
  if (fulfilment == Fulfilment::reserved || fulfilment == Fulfilment::partial) {
    p.reserved = {{item.item_id, *item.medicine_id, Uuid::make(), "L", today, item.remaining()}};
    p.reserved_until = now + 24h;
  }
  return p;
}

std::vector<Line> rest(const Prescription& p, int quantity) {
  return {{p.items[0].item_id, *p.items[0].medicine_id, Uuid::make(), "L", today, quantity}};
}

Result<Decision> run(const std::string& command, const Prescription& p) {
  if (command == "validate") return decide(p, Reserve{rest(p, p.items[0].remaining())}, today);
  if (command == "release") return decide(p, ReleaseReservation{});
  if (command == "ready") return decide(p, MakeReady{}, today);
  if (command == "dispense")
    return decide(p, HandOver{Uuid::make(), rest(p, p.items[0].remaining())}, today);
  if (command == "decline") return decide(p, Decline{"why"});
  if (command == "hold") return decide(p, Hold{"why"});
  if (command == "resume") return decide(p, Resume{{}});
  return decide(p, Close{"why"});
}

using F = Fulfilment;
using Cell = std::map<F, F>;
const std::map<std::string, Cell> when_issued = {
    {"validate", {{F::none, F::reserved}, {F::reserved, F::reserved}, {F::partial, F::partial}}},
    {"release", {{F::reserved, F::none}, {F::partial, F::partial}}},
    {"ready", {{F::reserved, F::reserved}, {F::partial, F::partial}}},
    {"dispense", {{F::none, F::full}, {F::reserved, F::full}, {F::partial, F::full}}},
    {"decline", {{F::none, F::declined}, {F::reserved, F::declined}}},
    {"hold", {{F::none, F::none}, {F::reserved, F::reserved}, {F::partial, F::partial}}},
    {"resume", {{F::declined, F::none}}},
    {"close", {{F::partial, F::closed_short}}},
};
const std::map<std::string, Cell> when_on_hold = {
    {"release", {{F::reserved, F::none}, {F::partial, F::partial}}},
    {"decline", {{F::none, F::declined}, {F::reserved, F::declined}}},
    {"resume",
     {{F::none, F::none},
      {F::reserved, F::reserved},
      {F::partial, F::partial},
      {F::full, F::full},
      {F::closed_short, F::closed_short},
      {F::declined, F::none}}},
    {"close", {{F::partial, F::closed_short}}},
};
const std::map<std::string, Cell> when_ended = {
    {"release", {{F::reserved, F::none}, {F::partial, F::partial}}}};

const Cell& row(Status status, const std::string& command) {
  static const Cell nothing;
  const auto& table = status == Status::issued    ? when_issued
                      : status == Status::on_hold ? when_on_hold
                                                  : when_ended;
  const auto found = table.find(command);
  return found == table.end() ? nothing : found->second;
}

TEST(FulfilmentMachine, EveryCommandInEveryState) {
  for (int s = 0; s < 6; ++s) {
    for (int f = 0; f < 6; ++f) {
      for (const auto& [command, unused] : when_issued) {
        const auto state = state_in(static_cast<Status>(s), static_cast<F>(f));
        const auto& cell = row(state.status, command);
        const auto expected = cell.find(state.fulfilment);
        const auto decision = run(command, state);
        const auto where = command + " in " + std::string(to_string(state.status)) + "/" +
                           std::string(to_string(state.fulfilment));
        ASSERT_EQ(static_cast<bool>(decision), expected != cell.end()) << where;
        if (!decision) {
          const auto& code = decision.error().code;
          EXPECT_TRUE(code == "illegal-transition" || code == "not-dispensable") << where;
          continue;
        }
        auto after = state;
        for (const auto& event : *decision)
          evolve(after, event, now);
        EXPECT_EQ(after.fulfilment, expected->second) << where;
        for (const auto& item : after.items)
          EXPECT_LE(item.dispensed, item.quantity) << where;
      }
    }
  }
}

TEST(FulfilmentMachine, PartIsHandedOverAndEndsTheReservation) {
  auto p = state_in(Status::issued, F::reserved);
  const auto decision = decide(p, HandOver{Uuid::make(), rest(p, 3)}, today);
  ASSERT_TRUE(decision);
  EXPECT_EQ((*decision)[0].kind, EventKind::partly_dispensed);
  evolve(p, (*decision)[0], now);
  EXPECT_EQ(p.fulfilment, F::partial);
  EXPECT_EQ(p.items[0].remaining(), 7);
  EXPECT_TRUE(p.reserved.empty());
  EXPECT_FALSE(p.reserved_until);
}

TEST(FulfilmentMachine, TheLastDayIsTheLast) {
  auto p = state_in(Status::issued, F::none);
  EXPECT_TRUE(check_dispensable(p, today));
  EXPECT_EQ(check_dispensable(p, *parse_date("2026-06-02")).error().code, "not-dispensable");
}

TEST(FulfilmentMachine, MoreThanRemainsIsRefusedAlsoInPieces) {
  const auto p = state_in(Status::issued, F::partial);
  const auto item = p.items[0].item_id;
  EXPECT_TRUE(wanted(p, {{item, std::nullopt, 6, std::nullopt}}));
  EXPECT_EQ(wanted(p, {{item, std::nullopt, 7, std::nullopt}}).error().code, "more-than-remaining");
  EXPECT_EQ(
      wanted(p, {{item, std::nullopt, 3, std::nullopt}, {item, std::nullopt, 4, std::nullopt}})
          .error()
          .code,
      "more-than-remaining");
  EXPECT_EQ(wanted(p, {{Uuid::make(), std::nullopt, 1, std::nullopt}}).error().code,
            "unknown-item");
}

TEST(Reactions, FreeWhatIsReservedAndNothingElse) {
  const auto held = state_in(Status::issued, F::reserved);
  EXPECT_EQ(react(held, LotWithdrawn{held.reserved[0].lot_id}).size(), 1U);
  EXPECT_TRUE(react(held, LotWithdrawn{Uuid::make()}).empty());
  EXPECT_TRUE(react(held, ReservationTimedOut{now}).empty());
  EXPECT_EQ(react(held, ReservationTimedOut{now + 24h}).size(), 1U);
  EXPECT_EQ(react(held, Ended{}).size(), 1U);
  EXPECT_TRUE(react(state_in(Status::issued, F::none), Ended{}).empty());
}

/// As the consumer does it: what was reserved is free, and the status is consultation's.
void conclude(Prescription& p, Status status) {
  for (const auto& event : react(p, Ended{}))
    evolve(p, event, now);
  p.status = status;
}

TEST(Reactions, AnEndAndACommandInEitherOrder) {  // events.md: hand-over wins over cancellation
  for (const auto end : {Status::completed, Status::stopped, Status::cancelled, Status::expired}) {
    for (const auto begun : {Status::issued, Status::on_hold}) {
      for (int f = 0; f < 6; ++f) {
        for (const auto& [command, unused] : when_issued) {
          const auto where = command + " and " + std::string(to_string(end)) + " in " +
                             std::string(to_string(begun)) + "/" +
                             std::string(to_string(static_cast<F>(f)));
          auto first = state_in(begun, static_cast<F>(f));
          auto last = first;
          const auto decision = run(command, first);
          if (decision) {
            for (const auto& event : *decision)
              evolve(first, event, now);
          }
          const auto handed = first.items[0].dispensed;
          conclude(first, end);
          EXPECT_TRUE(first.reserved.empty()) << where;
          EXPECT_EQ(first.items[0].dispensed, handed) << where << ": what went out stays out";
          EXPECT_EQ(first.status, end) << where;

          conclude(last, end);
          const auto late = run(command, last);
          ASSERT_FALSE(late) << where << ": nothing goes out after the end";
          EXPECT_TRUE(late.error().code == "illegal-transition" ||
                      late.error().code == "not-dispensable")
              << where;
        }
      }
    }
  }
}

TEST(Reactions, EveryFactInEveryStateLeavesWhatWasHandedOver) {
  for (int s = 0; s < 6; ++s) {
    for (int f = 0; f < 6; ++f) {
      const auto state = state_in(static_cast<Status>(s), static_cast<F>(f));
      const auto lot = state.reserved.empty() ? Uuid::make() : state.reserved[0].lot_id;
      for (const auto& decision :
           {react(state, LotWithdrawn{lot}), react(state, ReservationTimedOut{now + 24h}),
            react(state, Ended{})}) {
        EXPECT_EQ(decision.empty(), state.reserved.empty());
        auto after = state;
        for (const auto& event : decision)
          evolve(after, event, now);
        EXPECT_TRUE(after.reserved.empty());
        EXPECT_FALSE(after.reserved_until);
        EXPECT_FALSE(after.ready_at);
        EXPECT_EQ(after.items[0].dispensed, state.items[0].dispensed);
        EXPECT_EQ(after.fulfilment, state.fulfilment == F::reserved ? F::none : state.fulfilment);
      }
    }
  }
}

TEST(FulfilmentMachine, AHandOverOfMoreThanRemainsIsRefused) {
  const auto p = state_in(Status::issued, F::partial);
  EXPECT_EQ(decide(p, HandOver{Uuid::make(), rest(p, 7)}, today).error().code,
            "more-than-remaining");
}

TEST(Returns, NoMoreThanWasHandedOver) {
  Dispense d;
  const auto lot = Uuid::make();
  for (const int quantity : {2, 3}) {
    DispenseLine line;
    line.line.item_id = Uuid::make();
    line.line.lot_id = lot;
    line.line.quantity = quantity;
    d.lines.push_back(line);
  }
  auto first = d;
  const auto back = take_back(first, {{lot, 4}});
  ASSERT_TRUE(back);
  EXPECT_EQ(back->size(), 2U);
  EXPECT_EQ(take_back(first, {{lot, 2}}).error().code, "more-than-dispensed");
  EXPECT_EQ(take_back(d, {{Uuid::make(), 1}}).error().code, "unknown-lot");
}

}  // namespace ambula::pharmacy::domain::prescription_test

#include "stock.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

// Planning first expiry first out, and what the verbs do to a lot [PHA-2, INV-2].
namespace ambula::pharmacy::domain::stock_test {

const Date today = *parse_date("2026-06-01");

Date day(int offset) {
  return Date{std::chrono::sys_days{today} + std::chrono::days{offset}};
}

Lot lot(const Uuid& medicine, int on_hand, int reserved = 0, int expires_in = 100) {
  Lot l;
  l.id = Uuid::make();
  l.medicine_id = medicine;
  l.lot_number = "L";
  l.expires_on = day(expires_in);
  l.on_hand = on_hand;
  l.reserved = reserved;
  return l;
}

std::vector<Lot> arbitrary_lots(const std::vector<Uuid>& medicines) {
  std::vector<Lot> lots;
  const int count = *rc::gen::inRange(0, 12);
  for (int i = 0; i < count; ++i) {
    const int on_hand = *rc::gen::inRange(0, 30);
    auto l = lot(*rc::gen::elementOf(medicines), on_hand, *rc::gen::inRange(0, on_hand + 1),
                 *rc::gen::inRange(-5, 20));
    l.status = static_cast<LotStatus>(*rc::gen::inRange(0, 4));
    lots.push_back(l);
  }
  return lots;
}

RC_GTEST_PROP(Planner, NeverExpiredNeverMoreThanAvailableAndExact, ()) {
  const std::vector<Uuid> medicines = {Uuid::make(), Uuid::make()};
  const auto lots = arbitrary_lots(medicines);
  std::vector<Want> wants;
  const int count = *rc::gen::inRange(1, 4);
  for (int i = 0; i < count; ++i) {
    wants.push_back(
        {Uuid::make(), *rc::gen::elementOf(medicines), *rc::gen::inRange(1, 60), std::nullopt});
  }
  const auto plan = plan_stock(wants, lots, {}, {}, today);
  RC_ASSERT(plan.size() == wants.size());
  std::map<Uuid, int> taken;
  for (const auto& line : plan) {
    int sum = 0;
    for (const auto& allocation : line.allocations) {
      RC_ASSERT(allocation.quantity > 0);
      RC_ASSERT(allocation.medicine_id == *line.want.medicine_id);
      sum += allocation.quantity;
      taken[allocation.lot_id] += allocation.quantity;
    }
    RC_ASSERT(sum + line.shortage == line.want.quantity);
    RC_ASSERT(line.shortage == std::max(0, line.want.quantity - line.available));
    RC_ASSERT(line.code.empty() == (line.shortage == 0));
  }
  for (const auto& l : lots)
    RC_ASSERT(taken[l.id] <= available(l, today));
}

RC_GTEST_PROP(Planner, TakesTheEarliestFirst, ()) {
  const auto medicine = Uuid::make();
  const auto lots = arbitrary_lots({medicine});
  const auto plan = plan_stock({{Uuid::make(), medicine, *rc::gen::inRange(1, 100), std::nullopt}},
                               lots, {}, {}, today);
  const auto& used = plan[0].allocations;
  for (const auto& l : lots) {
    const auto found = std::find_if(used.begin(), used.end(),
                                    [&](const Line& line) { return line.lot_id == l.id; });
    const int left = available(l, today) - (found == used.end() ? 0 : found->quantity);
    if (left == 0) continue;
    for (const auto& line : used)
      RC_ASSERT(line.expires_on <= l.expires_on);
  }
}

TEST(Planner, OwnReservationsAreFreeAndKeptFirst) {
  const auto medicine = Uuid::make();
  const auto item = Uuid::make();
  const auto early = lot(medicine, 10, 0, 1);
  const auto held = lot(medicine, 10, 10, 2);
  const std::vector<Line> own = {{item, medicine, held.id, "L", held.expires_on, 10}};
  const std::vector<Want> wants = {{item, medicine, 10, std::nullopt}};
  EXPECT_EQ(plan_stock(wants, {early, held}, own, {}, today)[0].allocations[0].lot_id, early.id);
  const auto kept = plan_stock(wants, {early, held}, own, own, today);
  ASSERT_EQ(kept[0].allocations.size(), 1U);
  EXPECT_EQ(kept[0].allocations[0].lot_id, held.id) << "what was laid ready is handed over";
}

TEST(Planner, FreeTextAndForeignLotsAreShortages) {
  const auto medicine = Uuid::make();
  const auto other = lot(Uuid::make(), 10);
  EXPECT_EQ(plan_stock({{Uuid::make(), std::nullopt, 1, std::nullopt}}, {}, {}, {}, today)[0].code,
            "unmapped");
  EXPECT_EQ(plan_stock({{Uuid::make(), medicine, 1, other.id}}, {other}, {}, {}, today)[0].code,
            "insufficient-stock");
}

TEST(Lot, TheLastUsableDayIsUsable) {
  EXPECT_EQ(available(lot(Uuid::make(), 5, 2, 0), today), 3);
  EXPECT_EQ(available(lot(Uuid::make(), 5, 2, -1), today), 0);
}

Result<LotDecision> run(const std::string& command, const Lot& l) {
  if (command == "adjust") return decide(l, Adjust{1});
  if (command == "write-off") return decide(l, WriteOff{1});
  if (command == "count") return decide(l, Count{l.on_hand + 3});
  if (command == "quarantine") return decide(l, Quarantine{});
  if (command == "release") return decide(l, Release{});
  if (command == "recall") return decide(l, Recall{});
  return decide(l, Dispose{});
}

TEST(Lot, EveryVerbInEveryState) {
  using enum LotStatus;
  const std::map<std::string, std::map<LotStatus, LotStatus>> table = {
      {"adjust", {{available, available}, {quarantined, quarantined}, {recalled, recalled}}},
      {"write-off", {{available, available}, {quarantined, quarantined}, {recalled, recalled}}},
      {"count", {{available, available}, {quarantined, quarantined}, {recalled, recalled}}},
      {"quarantine", {{available, quarantined}}},
      {"release", {{quarantined, available}}},
      {"recall", {{available, recalled}, {quarantined, recalled}}},
      {"dispose", {{available, disposed}, {quarantined, disposed}, {recalled, disposed}}},
  };
  for (const auto& [command, allowed] : table) {
    for (const auto status : {available, quarantined, recalled, disposed}) {
      auto state = lot(Uuid::make(), status == disposed ? 0 : 10);
      state.status = status;
      const auto decision = run(command, state);
      const auto expected = allowed.find(status);
      ASSERT_EQ(static_cast<bool>(decision), expected != allowed.end())
          << command << " in " << to_string(status);
      if (decision) {
        EXPECT_EQ(decision->status, expected->second) << command;
      } else {
        EXPECT_EQ(decision.error().code, "illegal-transition") << command;
      }
    }
  }
}

TEST(Lot, StockStaysBetweenReservedAndItsBound) {
  const auto held = lot(Uuid::make(), 10, 4);
  EXPECT_EQ(decide(held, WriteOff{11}).error().code, "insufficient-stock");
  EXPECT_EQ(decide(held, WriteOff{7}).error().code, "stock-reserved");
  EXPECT_TRUE(decide(held, WriteOff{6}));
  EXPECT_EQ(decide(held, Count{3}).error().code, "stock-reserved");
  EXPECT_EQ(decide(held, Adjust{quantity_max}).error().code, "too-much-stock");
  EXPECT_EQ(decide(held, Dispose{2})->status, LotStatus::available)
      << "only all that is there ends the lot";
  EXPECT_EQ(decide(held, Dispose{10})->status, LotStatus::disposed);
  EXPECT_EQ(decide(held, Dispose{11}).error().code, "insufficient-stock");
}

}  // namespace ambula::pharmacy::domain::stock_test

#include <barrier>

#include <ambula/json/json.hpp>
#include <ambula/testing/postgres.hpp>

#include "fixture_test.hpp"

// Who races whom [PHA-3, INV-2]: threads with a connection each, as replicas have them.
namespace ambula::pharmacy::store::store_test {

class Races : public Pharmacy {
 protected:
  /// Runs `act(session, i)` on as many threads as there are numbers, all at once.
  void together(int count, const std::function<void(db::Session&, int)>& act) {
    std::barrier start(count);
    std::vector<std::thread> racers;
    for (int i = 0; i < count; ++i) {
      racers.emplace_back([&, i] {
        db::Session own(options());
        EXPECT_TRUE(own.ping());
        start.arrive_and_wait();
        act(own, i);
      });
    }
    for (auto& racer : racers)
      racer.join();
  }
};

TEST_F(Races, SixteenPharmacistsHandOutTheLastTenUnits) {  // PHA-3, INV-2
  receive(4, "2026-08-01");
  receive(6, "2026-09-01");
  std::vector<Uuid> ids;
  for (int i = 0; i < 16; ++i)
    ids.push_back(prescribe(1));
  std::atomic<int> done{0};
  std::atomic<int> short_of{0};
  together(16, [&](db::Session& own, int i) {
    const auto answer = run(own, api::dispense_prescription, "", ids[static_cast<std::size_t>(i)]);
    if (answer) ++done;
    if (code(answer) == "insufficient-stock") ++short_of;
  });
  EXPECT_EQ(done, 10);
  EXPECT_EQ(short_of, 6);
  EXPECT_EQ(number("SELECT coalesce(sum(on_hand), 0)::int AS n FROM lot WHERE facility_id = $1"),
            0);
  EXPECT_EQ(
      number(
          "SELECT -sum(delta)::int AS n FROM ledger WHERE facility_id = $1 AND kind = 'DISPENSE'"),
      10);
  EXPECT_EQ(events_of("PrescriptionDispensed"), 10);
  expect_consistent();
}

TEST_F(Races, OnePrescriptionIsHandedOverOnceWhoeverTries) {  // PHA-3: never twice
  receive(100);
  const auto id = prescribe(10);
  std::atomic<int> done{0};
  together(16, [&](db::Session& own, int) {
    if (run(own, api::dispense_prescription, "", id)) ++done;
  });
  EXPECT_EQ(done, 1);
  EXPECT_EQ(number("SELECT sum(quantity)::int AS n FROM dispense_line WHERE facility_id = $1"), 10);
  EXPECT_EQ(events_of("PrescriptionDispensed"), 1);
  expect_consistent();
}

/// Either it was cancelled and nothing left the shelf, or it was handed over and the cancellation
/// is refused: never both, never neither.
TEST_F(Races, CancelAndHandOverEndInOneOfTwoStories) {  // events.md, rule 3
  constexpr int rounds = 500;
  receive(1000);
  std::vector<Uuid> ids;
  for (int i = 0; i < rounds; ++i)
    ids.push_back(prescribe(2));
  std::vector<std::string> codes(rounds);
  std::barrier round(2);
  std::thread counter([&] {
    db::Session own(options());
    for (std::size_t i = 0; i < rounds; ++i) {
      round.arrive_and_wait();
      codes[i] = code(run(own, api::dispense_prescription, "", ids[i]));
    }
  });
  std::thread doctor([&] {
    db::Session own(options());
    for (std::size_t i = 0; i < rounds; ++i) {
      const auto data = issued(ids[i], 2, false, "CANCELLED");
      round.arrive_and_wait();
      fact(own, "PrescriptionCancelled", events::on_prescription, data);
    }
  });
  counter.join();
  doctor.join();
  int handed = 0;
  for (std::size_t i = 0; i < rounds; ++i) {
    auto seen = body(run(api::get_pharmacy_prescription, "", ids[i]));
    EXPECT_EQ(seen.at("status"), "CANCELLED");
    if (codes[i].empty()) {
      ++handed;
      EXPECT_EQ(seen.at("fulfilment"), "FULL");
      EXPECT_EQ(seen.at("dispenses").size(), 1U);
      fact("PrescriptionCancellationRefused", events::on_prescription,
           issued(ids[i], 2, false, "COMPLETED"));
      seen = body(run(api::get_pharmacy_prescription, "", ids[i]));
      EXPECT_EQ(seen.at("status"), "COMPLETED");
    } else {
      EXPECT_EQ(codes[i], "not-dispensable");
      EXPECT_EQ(seen.at("fulfilment"), "NONE");
      EXPECT_EQ(seen.at("dispenses").size(), 0U);
    }
  }
  EXPECT_GT(handed, 0) << "both stories were told";
  EXPECT_LT(handed, rounds);
  EXPECT_EQ(number("SELECT sum(on_hand)::int AS n FROM lot WHERE facility_id = $1"),
            1000 - 2 * handed);
  EXPECT_EQ(events_of("PrescriptionDispensed"), handed);
  expect_consistent();
}

TEST_F(Races, DispensersStockKeepersAndRecallsDoNotWaitInARing) {  // INV-2
  std::vector<Uuid> lots;
  for (int i = 0; i < 6; ++i)
    lots.push_back(receive(20, "2026-0" + std::to_string(7 + i % 3) + "-01"));
  std::vector<Uuid> ids;
  for (int i = 0; i < 40; ++i)
    ids.push_back(prescribe(3));
  std::atomic<std::size_t> next{0};
  together(6, [&](db::Session& own, int who) {
    for (auto i = next++; i < ids.size(); i = next++) {
      const auto lot = lots[i % lots.size()];
      (void)run(own, api::validate_prescription, "", ids[i]);
      if (who == 0) (void)run(own, api::quarantine_lot, R"({"reason":"wet"})", lot);
      if (who == 1) (void)run(own, api::release_lot, "", lot);
      if (who == 2) (void)run(own, api::adjust_lot, R"({"delta":1,"reason":"found"})", lot);
      if (who == 3) jobs::watch_stock(own, now, [] {});
      if (i == 30) (void)run(own, api::recall_lot, R"({"reason":"maker"})", lots[5]);
      const auto answer = run(own, api::dispense_prescription, "", ids[i]);
      EXPECT_TRUE(answer || code(answer) == "insufficient-stock") << code(answer);
    }
  });
  expect_consistent();
  EXPECT_EQ(
      number("SELECT count(*)::int AS n FROM lot WHERE facility_id = $1 AND status = 'RECALLED'"),
      1);
}

}  // namespace ambula::pharmacy::store::store_test

#include <ambula/json/json.hpp>
#include <ambula/testing/postgres.hpp>

#include "fixture_test.hpp"
#include "pharmacy/store/reports.hpp"

#include <rapidcheck.h>

// The books are right because the database forbids everything else [INV-2].
namespace ambula::pharmacy::store::store_test {

class Books : public Pharmacy {
 protected:
  /// The constraint that stops a statement of somebody who goes past the service.
  std::string stopped_by(const char* sql, const Uuid& lot) {
    const db::Statement statement{"by_hand", sql};
    db::Session fresh(options());
    try {
      const auto done = fresh.execute(statement, lot);
      return done ? "nothing" : done.error().code;
    } catch (const db::StatementFailed& failure) {
      return failure.constraint;
    }
  }

  Uuid any(const std::vector<Uuid>& ids) {
    return ids[*rc::gen::inRange<std::size_t>(0, ids.size())];
  }

  void any_lot_verb(const std::vector<Uuid>& lots) {
    const auto lot = any(lots);
    const auto quantity = std::to_string(*rc::gen::inRange(1, 6));
    switch (*rc::gen::inRange(0, 7)) {
      case 0:
        (void)run(api::adjust_lot, R"({"delta":-)" + quantity + R"(,"reason":"x"})", lot);
        break;
      case 1:
        (void)run(api::write_off_lot, R"({"quantity":)" + quantity + R"(,"reason":"x"})", lot);
        break;
      case 2:
        (void)run(api::count_lot, R"({"counted":)" + quantity + R"(,"reason":"x"})", lot);
        break;
      case 3:
        (void)run(api::quarantine_lot, R"({"reason":"x"})", lot);
        break;
      case 4:
        (void)run(api::release_lot, "", lot);
        break;
      case 5:
        (void)run(api::recall_lot, R"({"reason":"x"})", lot);
        break;
      default:
        (void)run(api::dispose_lot, R"({"reason":"x"})", lot);
    }
  }

  void any_counter_verb(const std::vector<Uuid>& prescriptions) {
    const auto id = any(prescriptions);
    switch (*rc::gen::inRange(0, 8)) {
      case 0:
      case 1:
        (void)run(api::validate_prescription, "", id);
        break;
      case 2:
        (void)run(api::dispense_prescription, "", id);
        break;
      case 3: {
        const auto quantity = std::to_string(*rc::gen::inRange(1, 4));
        (void)run(
            api::dispense_prescription,
            R"({"lines":[{"item_id":")" + items[id].str() + R"(","quantity":)" + quantity + "}]}",
            id);
        break;
      }
      case 4:
        (void)run(api::release_prescription, "", id);
        break;
      case 5:
        (void)run(api::decline_prescription, R"({"reason":"x"})", id);
        break;
      case 6:
        (void)run(api::resume_prescription, "", id);
        break;
      default:
        fact("PrescriptionCancelled", events::on_prescription, issued(id, 5, false, "CANCELLED"));
    }
  }

  void give_back() {
    auto handed = body(run(session, api::list_dispenses, "", {}, {})).at("items");
    if (handed.empty()) return;
    const auto& one = handed[*rc::gen::inRange<std::size_t>(0, handed.size())];
    const auto lot = one.at("lines")[0].at("lot_id").get<std::string>();
    (void)run(api::return_dispense,
              R"({"lines":[{"lot_id":")" + lot + R"(","quantity":1}],"reason":"x"})",
              *Uuid::parse(one.at("id").get<std::string>()));
  }

  void pass_days(int days) {
    now += std::chrono::days{days};
    jobs::end_reservations(session, now, [] {});
  }
};

TEST_F(
    Books,
    AreRightWhateverIsDone) {  // INV-2: receive, reserve, dispense, return, adjust, expire, recall
  const bool held = rc::check([&] {
    now = *parse_instant("2026-06-01T06:00:00Z");
    facility = Uuid::make();
    SetUp();
    std::vector<Uuid> lots = {receive(8, "2026-06-03"), receive(8, "2026-07-01")};
    const std::vector<Uuid> prescriptions = {prescribe(5), prescribe(5), prescribe(5)};
    const int steps = *rc::gen::inRange(5, 25);
    for (int i = 0; i < steps; ++i) {
      const int what = *rc::gen::inRange(0, 9);
      if (what == 0) lots.push_back(receive(*rc::gen::inRange(1, 9), "2026-12-01"));
      if (what == 1) pass_days(*rc::gen::inRange(0, 2));
      if (what == 2) give_back();
      if (what >= 3 && what <= 4) any_lot_verb(lots);
      if (what >= 5) any_counter_verb(prescriptions);
    }
    const auto faults = check_stock(session);
    RC_ASSERT(faults.empty());
    expect_consistent();
    RC_ASSERT(!HasFailure());
  });
  EXPECT_TRUE(held);
}

TEST_F(Books, NobodyMovesStockPastTheLedger) {  // INV-2: the database's own constraints
  const auto lot = receive(10);
  EXPECT_EQ(stopped_by("UPDATE lot SET on_hand = 11 WHERE id = $1", lot),
            "lot_stands_where_its_ledger_ends");
  EXPECT_EQ(stopped_by("UPDATE lot SET on_hand = 11, ledger_seq = 2 WHERE id = $1", lot),
            "lot_stands_where_its_ledger_ends");
  EXPECT_EQ(stopped_by("UPDATE lot SET reserved = 11 WHERE id = $1", lot), "insufficient-stock");
  EXPECT_EQ(stopped_by("UPDATE lot SET reserved = -1 WHERE id = $1", lot), "insufficient-stock");
  EXPECT_EQ(stopped_by("UPDATE lot SET reserved = 1, status = 'QUARANTINED' WHERE id = $1", lot),
            "lot_reserved_available");
  const auto row = [&](const char* values) {
    const auto sql =
        "INSERT INTO ledger (facility_id, at, lot_id, medicine_id, kind, reason, actor_id, seq, "
        "balance_before, delta, "
        "balance) SELECT facility_id, now(), id, medicine_id, 'ADJUSTMENT', 'x', created_by, " +
        std::string(values) + " FROM lot WHERE id = $1";
    return stopped_by(sql.c_str(), lot);
  };
  EXPECT_EQ(row("2, 10, 5, 15"), "ledger_moves_its_lot");
  EXPECT_EQ(row("2, 10, 5, 16"), "ledger_adds_up");
  EXPECT_EQ(row("2, 11, 5, 16"), "ledger_continues");
  EXPECT_EQ(row("3, 10, 5, 15"), "ledger_continues");
  EXPECT_EQ(row("1, 0, 5, 5"), "ledger_seq");
  EXPECT_EQ(row("0, 0, 5, 5"), "ledger_begins_at_zero");
  EXPECT_EQ(stopped_by("UPDATE ledger SET delta = 1 WHERE lot_id = $1", lot),
            "ledger_is_append_only");
  EXPECT_EQ(stopped_by("DELETE FROM ledger WHERE lot_id = $1", lot), "ledger_is_append_only");
  expect_consistent();
}

TEST_F(Books, TheCheckSeesWhatNoConstraintCanSay) {  // INV-2: the operator's command
  const auto id = prescribe(4);
  const auto lot = receive(10);
  ASSERT_EQ(code(run(api::validate_prescription, "", id)), "");
  const auto faults = [&] {
    std::vector<std::string> rules;
    for (const auto& fault : check_stock(session)) {
      if (fault.facility_id == facility) rules.push_back(fault.rule);
    }
    return rules;
  };
  EXPECT_THAT(faults(), ::testing::IsEmpty());
  EXPECT_EQ(stopped_by("UPDATE reservation SET quantity = 3 WHERE lot_id = $1", lot), "nothing");
  EXPECT_THAT(faults(), ::testing::ElementsAre("reserved"));
  EXPECT_EQ(stopped_by("UPDATE reservation SET quantity = 4 WHERE lot_id = $1", lot), "nothing");
  EXPECT_EQ(
      stopped_by(
          "UPDATE prescription_item SET dispensed = 1 FROM reservation r WHERE r.lot_id = $1 AND "
          "r.item_id = prescription_item.item_id",
          lot),
      "nothing");
  EXPECT_THAT(faults(), ::testing::ElementsAre("dispensed"));
  EXPECT_EQ(
      stopped_by(
          "UPDATE prescription_item SET dispensed = 0 FROM reservation r WHERE r.lot_id = $1 AND "
          "r.item_id = prescription_item.item_id",
          lot),
      "nothing");
}

TEST(Migration, ALedgerFromBeforeIsChained) {  // OPS: forward only, in place
  testing::Postgres old("pharmacy");
  const db::Options at{.url = old.url(), .application_name = "test", .schema = "pharmacy"};
  ASSERT_TRUE(db::migrate(at, "platform", outbox::migrations()));
  ASSERT_TRUE(db::migrate(at, "pharmacy", std::span(migrations).first(2)));
  db::Session session(at);
  session.run_script(R"(
    INSERT INTO medicine (id, facility_id, name, strength, form, minimum_level, created_at, created_by, updated_at, updated_by)
    VALUES (gen_random_uuid(), gen_random_uuid(), 'A', '1 mg', 'tablet', 0, now(), gen_random_uuid(), now(), gen_random_uuid());
    INSERT INTO lot (id, facility_id, medicine_id, lot_number, expires_on, status, on_hand, created_at, created_by, updated_at, updated_by)
    SELECT gen_random_uuid(), facility_id, id, 'L', '2030-01-01', 'AVAILABLE', 7, now(), created_by, now(), created_by FROM medicine;
    INSERT INTO ledger (facility_id, at, lot_id, medicine_id, kind, delta, balance, actor_id)
    SELECT l.facility_id, now(), l.id, l.medicine_id, m.kind, m.delta, m.balance, l.created_by
    FROM lot l, (VALUES ('RECEIPT', 10, 10), ('DISPENSE', -3, 7)) AS m (kind, delta, balance))");
  ASSERT_TRUE(db::migrate(at, "pharmacy", migrations));
  EXPECT_TRUE(check_stock(session).empty());
  const db::Statement last{"last",
                           "SELECT l.ledger_seq, g.balance FROM lot l JOIN ledger g ON g.lot_id = "
                           "l.id AND g.seq = l.ledger_seq"};
  EXPECT_EQ(session.read(last).front().get<int>("ledger_seq"), 2);
  EXPECT_EQ(session.read(last).front().get<int>("balance"), 7);
}

}  // namespace ambula::pharmacy::store::store_test

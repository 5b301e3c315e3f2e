#include "pharmacy/store/reports.hpp"

#include <ambula/base/text.hpp>
#include <ambula/json/json.hpp>
#include <ambula/testing/postgres.hpp>

#include "fixture_test.hpp"
#include "pharmacy/import.hpp"

// Alerts, reports, figures, imports, and how the lists are read [PHA-1, PHA-5, INV-3, INV-4,
// REP-3].
namespace ambula::pharmacy::store::store_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class Reports : public Pharmacy {
 protected:
  using Query = std::vector<std::pair<std::string, std::string>>;

  json::Value get(Handler handler, Query query = {}) {
    return body(run(session, handler, "", {}, std::move(query)));
  }
  std::string csv(Handler handler, Query query = {}) {
    query.emplace_back("format", "csv");
    return text_of(run(session, handler, "", {}, std::move(query)));
  }
  std::vector<std::string> alerts(Query query = {}) {
    std::vector<std::string> kinds;
    const auto page = get(api::list_alerts, std::move(query));
    for (const auto& alert : page.at("items"))
      kinds.push_back(alert.at("kind").get<std::string>());
    return kinds;
  }
  /// Types of ambula.stock.v1 since the beginning, in order.
  std::vector<std::string> told() {
    watch();
    const db::Statement statement{
        "told",
        "SELECT coalesce(array_agg(type ORDER BY id), '{}') AS types FROM outbox "
        "WHERE facility_id = $1 AND topic = 'ambula.stock.v1'"};
    return session.read(statement, facility).front().get<std::vector<std::string>>("types");
  }
  void minimum(int level) {
    EXPECT_EQ(code(patch(R"({"minimum_level":)" + std::to_string(level) + "}")), "");
  }
  Result<service::Answer> patch(std::string text) {
    return run(api::update_medicine, std::move(text), medicine);
  }
  /// The plan that PostgreSQL makes for a statement with these parameters.
  template <class... Args>
  std::string plan(const db::Statement& of, const Args&... args) {
    const auto sql = "EXPLAIN " + std::string(of.sql);
    const auto name = "explain_" + std::string(of.name);
    const db::Statement explain{name, sql};
    db::Session fresh(options());
    std::string lines;
    for (const auto row : fresh.read(explain, args...))
      lines += std::string(row.text("QUERY PLAN")) + "\n";
    return lines;
  }
};

TEST_F(Reports, AlertsAreLiveAndToldOncePerChange) {  // INV-3
  EXPECT_THAT(alerts(), ElementsAre("OUT")) << "nothing was ever received";
  minimum(5);
  const auto lot = receive(20);
  EXPECT_THAT(alerts(), IsEmpty());
  EXPECT_THAT(told(), IsEmpty()) << "what came and went between two looks is no news";
  EXPECT_EQ(code(run(api::write_off_lot, R"({"quantity":15,"reason":"broken"})", lot)), "");
  EXPECT_THAT(alerts(), ElementsAre("LOW")) << "at the minimum";
  EXPECT_THAT(told(), ElementsAre("StockLow"));
  EXPECT_EQ(code(run(api::write_off_lot, R"({"quantity":1,"reason":"broken"})", lot)), "");
  EXPECT_THAT(told(), ElementsAre("StockLow")) << "still low";
  const auto id = prescribe(4);
  EXPECT_EQ(code(run(api::validate_prescription, "", id)), "");
  EXPECT_THAT(alerts(), ElementsAre("OUT")) << "all that is there is promised";
  EXPECT_THAT(told(), ElementsAre("StockLow", "StockOut"));
  EXPECT_EQ(code(run(api::release_prescription, "", id)), "");
  EXPECT_THAT(told(), ElementsAre("StockLow", "StockOut", "StockLow"));
  receive(100);
  EXPECT_THAT(alerts(), IsEmpty());
  EXPECT_THAT(told(), ElementsAre("StockLow", "StockOut", "StockLow", "StockReplenished"));
  watch();
  watch();
  EXPECT_EQ(told().size(), 4U) << "per change, not per scan";
}

TEST_F(Reports, LotsAreToldOfAsTheirEndComesNear) {  // INV-3: 30/60/90, expired
  receive(10, "2026-09-10");
  receive(50);
  EXPECT_THAT(told(), IsEmpty());
  const auto until = [&](std::string_view day) {
    now = *parse_instant(std::string(day) + "T06:00:00Z");
    return told().size();
  };
  EXPECT_EQ(until("2026-06-11"), 0U);
  EXPECT_EQ(until("2026-06-12"), 1U) << "90 days";
  EXPECT_EQ(until("2026-07-11"), 1U);
  EXPECT_EQ(until("2026-07-12"), 2U) << "60 days";
  EXPECT_EQ(until("2026-08-11"), 3U) << "30 days";
  EXPECT_EQ(until("2026-09-10"), 3U) << "the last usable day";
  EXPECT_THAT(alerts(), ElementsAre("EXPIRING"));
  EXPECT_THAT(alerts({{"within_days", "30"}}), ElementsAre("EXPIRING"));
  EXPECT_THAT(alerts({{"kind", "EXPIRED"}}), IsEmpty());
  EXPECT_EQ(until("2026-09-11"), 4U);
  EXPECT_THAT(alerts(), ElementsAre("EXPIRED"));
  const auto expired = get(api::list_alerts).at("items")[0];
  EXPECT_EQ(expired.at("since"), "2026-09-11T00:00:00Z");
  EXPECT_EQ(code(run(api::dispose_lot, R"({"reason":"expired"})",
                     *Uuid::parse(expired.at("lot_id").get<std::string>()))),
            "");
  EXPECT_THAT(alerts(), IsEmpty());
  EXPECT_THAT(told(), ElementsAre("LotExpiring", "LotExpiring", "LotExpiring", "LotExpired"));
}

TEST_F(Reports, EventsOfStockAreCountedWithoutGaps) {  // I9
  const auto lot = receive(10, "2026-06-10");
  (void)told();
  EXPECT_EQ(code(run(api::recall_lot, R"({"reason":"maker"})", lot)), "");
  EXPECT_THAT(told(), ElementsAre("LotExpiring", "LotRecalled", "StockOut"));
  const db::Statement statement{"versions",
                                "SELECT array_agg(aggregate_version ORDER BY id)::int[] AS v FROM "
                                "outbox WHERE key = $1 AND topic = 'ambula.stock.v1'"};
  EXPECT_THAT(session.read(statement, medicine.str()).front().get<std::vector<int>>("v"),
              ElementsAre(1, 2, 3));
}

TEST_F(Reports, AlertsArePagedInOneOrder) {  // INV-3
  receive(3, "2026-06-20");
  receive(4, "2026-07-20");
  minimum(100);
  std::vector<std::string> seen;
  std::string cursor;
  do {
    Query query = {{"limit", "1"}};
    if (!cursor.empty()) query.emplace_back("cursor", cursor);
    const auto page = get(api::list_alerts, query);
    seen.push_back(page.at("items")[0].at("kind").get<std::string>());
    cursor = page.at("next_cursor").is_null() ? "" : page.at("next_cursor").get<std::string>();
  } while (!cursor.empty());
  EXPECT_THAT(seen, ElementsAre("EXPIRING", "EXPIRING", "LOW"));
  EXPECT_THAT(csv(api::list_alerts), HasSubstr("LOW,Examplicillin,500 mg,capsule,,,,7,7,100,"));
  EXPECT_EQ(code(run(session, api::list_alerts, "", {}, {{"cursor", "eA"}})), "invalid-request");
  EXPECT_EQ(code(run(session, api::list_alerts, "", {}, {{"within_days", "31"}})),
            "invalid-request");
}

TEST_F(Reports, ReservationsOfALotThatExpiresAreFreed) {  // INV-2: expired is never issued
  const auto early = receive(10, "2026-06-01");
  receive(10, "2026-12-01");
  const auto id = prescribe(4);
  ASSERT_EQ(code(run(api::validate_prescription, "", id)), "");
  ASSERT_EQ(code(run(api::ready_prescription, "", id)), "");
  now += 18h;
  jobs::end_reservations(session, now, [] {});
  auto seen = body(run(api::get_pharmacy_prescription, "", id));
  EXPECT_EQ(seen.at("fulfilment"), "NONE");
  EXPECT_FALSE(seen.contains("ready_at"));
  const auto handed = body(run(api::dispense_prescription, "", id));
  EXPECT_NE(handed.at("lines")[0].at("lot_id"), early.str());
  expect_consistent();
}

TEST_F(Reports, StockAndItsValueAreExact) {  // INV-4
  EXPECT_EQ(code(patch(R"({"price":{"amount":"0.30","currency":"EUR"}})")), "");
  const auto lot = receive(3);
  receive(7, "2026-07-01");
  const auto id = prescribe(2);
  ASSERT_EQ(code(run(api::validate_prescription, "", id)), "");
  ASSERT_EQ(code(run(api::quarantine_lot, R"({"reason":"wet"})", lot)), "");
  const auto row = get(api::list_stock).at("items")[0];
  EXPECT_EQ(row.at("on_hand"), 10);
  EXPECT_EQ(row.at("reserved"), 2);
  EXPECT_EQ(row.at("available"), 5);
  EXPECT_EQ(row.at("quarantined"), 3);
  EXPECT_EQ(row.at("next_expires_on"), "2026-07-01");
  EXPECT_EQ(row.at("level"), "OK");
  EXPECT_THAT(csv(api::list_stock),
              HasSubstr("Examplicillin,500 mg,capsule,,true,0,OK,10,2,5,3,0,0,2,2026-07-01,"));
  const auto value = get(api::list_valuation);
  EXPECT_EQ(value.at("items")[0].at("cost").at("amount"), "1.00") << "ten times 0.10, exactly";
  EXPECT_EQ(value.at("items")[0].at("usable_cost").at("amount"), "0.70");
  EXPECT_EQ(value.at("total").at("cost").at("amount"), "1.00");
  EXPECT_EQ(value.at("total").at("price").at("amount"), "3.00");
  EXPECT_EQ(value.at("total").at("uncosted"), 0);
  EXPECT_THAT(csv(api::list_valuation), HasSubstr(",10,0,1.00,0.70,3.00,EUR,"));
}

TEST_F(Reports, TheLedgerSaysWhoMovedWhatAndWhy) {  // INV-2, INV-4
  const auto lot = receive(10);
  EXPECT_EQ(code(run(api::dispense_prescription, "", prescribe(4))), "");
  EXPECT_EQ(code(run(api::count_lot, R"({"counted":5,"reason":"stock-take"})", lot)), "");
  const auto rows = get(api::list_ledger).at("items");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].at("reason"), "Received");
  EXPECT_EQ(rows[1].at("reason"), "Prescription RX-1");
  EXPECT_EQ(rows[1].at("delta"), -4);
  EXPECT_EQ(rows[2].at("balance"), 5);
  EXPECT_EQ(rows[2].at("by"), actor.str());
  const auto table = csv(api::list_ledger, {{"kind", "DISPENSE"}});
  EXPECT_THAT(table, HasSubstr("DISPENSE,-4,6,Prescription RX-1,")) << "numbers stay numbers";
  EXPECT_THAT(table, Not(HasSubstr("RECEIPT")));
}

TEST_F(Reports, FiguresAreOfLocalDaysAndAddUp) {  // PHA-5
  receive(100);
  const auto first = prescribe(3);
  const auto second = prescribe(5);
  prescribe(1);
  EXPECT_EQ(code(run(api::dispense_prescription, "", first)), "");
  EXPECT_EQ(
      code(run(api::dispense_prescription,
               R"({"lines":[{"item_id":")" + items[second].str() + R"(","quantity":2}]})", second)),
      "");
  const auto figures = get(api::pharmacy_figures, {{"from", "2026-05-31"}, {"to", "2026-06-01"}});
  ASSERT_EQ(figures.at("days").size(), 2U) << "days without anything are there too";
  EXPECT_EQ(figures.at("days")[0].at("issued"), 0);
  EXPECT_TRUE(figures.at("days")[0].at("rate").is_null());
  const auto& day = figures.at("days")[1];
  EXPECT_EQ(day.at("issued"), 3);
  EXPECT_EQ(day.at("filled"), 1);
  EXPECT_EQ(day.at("rate"), 0.3333);
  EXPECT_EQ(day.at("dispenses"), 2);
  EXPECT_EQ(day.at("units"), 5);
  EXPECT_EQ(figures.at("now").at("pending"), 2);
  EXPECT_EQ(figures.at("top_prescribers").size(), 3U) << "each was written by another doctor";
  EXPECT_THAT(csv(api::pharmacy_figures, {{"from", "2026-06-01"}, {"to", "2026-06-01"}}),
              ::testing::StrEq(
                  "date,issued,filled,dispenses,prescriptions,units\r\n2026-06-01,3,1,2,2,5\r\n"));
  EXPECT_EQ(code(run(session, api::pharmacy_figures, "", {},
                     {{"from", "2024-01-01"}, {"to", "2026-01-01"}})),
            "invalid-request");
}

TEST_F(Reports, TheWorkListIsByAgeAndTheHistoryTheOtherWay) {  // PHA-1
  receive(100);
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i)
    ids.push_back(prescribe(1).str());
  EXPECT_EQ(code(run(api::dispense_prescription, "", *Uuid::parse(ids[1]))), "");
  const auto listed = [&](Query query) {
    std::vector<std::string> found;
    std::string cursor;
    do {
      auto asked = query;
      asked.emplace_back("limit", "1");
      if (!cursor.empty()) asked.emplace_back("cursor", cursor);
      const auto page = get(api::list_pharmacy_prescriptions, asked);
      for (const auto& item : page.at("items"))
        found.push_back(item.at("id").get<std::string>());
      cursor = page.at("next_cursor").is_null() ? "" : page.at("next_cursor").get<std::string>();
    } while (!cursor.empty());
    return found;
  };
  EXPECT_THAT(listed({{"pending", "true"}}), ElementsAre(ids[0], ids[2]));
  EXPECT_THAT(listed({{"pending", "false"}}), ElementsAre(ids[1]));
  EXPECT_THAT(listed({}), ElementsAre(ids[2], ids[1], ids[0]));
  EXPECT_THAT(listed({{"fulfilment", "FULL"}}), ElementsAre(ids[1]));
  EXPECT_THAT(listed({{"from", "2026-06-02T00:00:00Z"}}), IsEmpty());
  const auto table = csv(api::list_pharmacy_prescriptions, {{"fulfilment", "FULL"}});
  EXPECT_THAT(
      table,
      HasSubstr(
          "RX-1,2026-06-01T05:00:00Z,ISSUED,FULL,,,,examplicillin,500 MG,Capsule,1,1,0,\r\n"));
}

TEST_F(Reports, TheListsAreReadByTheirIndexes) {  // PHA-1: EXPLAIN
  session.run_script(
      "INSERT INTO prescription (id, facility_id, number, status, fulfilment, doctor_id, "
      "consultation_id, issued_at, "
      "expires_on, created_at, created_by, updated_at, updated_by) "
      "SELECT gen_random_uuid(), '" +
      facility.str() +
      "', 'RX-' || n, CASE WHEN n % 200 = 0 THEN 'ISSUED' ELSE 'COMPLETED' END, "
      "CASE WHEN n % 200 = 0 THEN 'NONE' ELSE 'FULL' END, gen_random_uuid(), gen_random_uuid(), "
      "now() - n * interval '1 minute', now()::date + 90, now(), gen_random_uuid(), now(), "
      "gen_random_uuid() "
      "FROM generate_series(1, 20000) n; ANALYZE prescription");
  const std::optional<std::string> no_text;
  const std::optional<Instant> no_time;
  const std::optional<Uuid> no_id;
  const auto pending = plan(sql::list_pending, facility, no_text, no_text, no_text, no_time,
                            no_time, no_time, no_id, 51);
  EXPECT_THAT(pending, HasSubstr("prescription_pending"));
  EXPECT_THAT(pending, Not(HasSubstr("Seq Scan on prescription")));
  const auto history = plan(sql::list_history, facility, no_text, no_text, no_text, no_time,
                            no_time, std::optional(system_now() - 100h),
                            std::optional(Uuid::make()), 51, std::optional<bool>{});
  EXPECT_THAT(history, HasSubstr("prescription_list"));
  EXPECT_THAT(history, Not(HasSubstr("Sort")))
      << "a page costs a page, however long the history is";
  session.run_script("DELETE FROM prescription WHERE facility_id = '" + facility.str() + "'");
}

TEST_F(Reports, WhatCameBackOfARecalledLotStaysAway) {  // INV-2: recalled is never issued
  const auto lot = receive(10);
  const auto give = [&] {
    const auto handed = body(run(api::dispense_prescription, "", prescribe(2)));
    const auto from = handed.at("lines")[0].at("lot_id").get<std::string>();
    EXPECT_EQ(code(run(api::return_dispense,
                       R"({"lines":[{"lot_id":")" + from + R"(","quantity":2}],"reason":"sealed"})",
                       *Uuid::parse(handed.at("id").get<std::string>()))),
              "");
    const db::Statement returned{
        "returned", "SELECT id FROM lot WHERE facility_id = $1 AND status = 'QUARANTINED'"};
    return db::Session(options()).read(returned, facility).front().get<Uuid>("id");
  };
  const auto before = give();
  EXPECT_EQ(code(run(api::release_lot, "", before)), "");
  EXPECT_EQ(code(run(api::recall_lot, R"({"reason":"maker"})", lot)), "");
  EXPECT_EQ(
      number("SELECT count(*)::int AS n FROM lot WHERE facility_id = $1 AND status = 'RECALLED'"),
      2);
  EXPECT_EQ(events_of("LotRecalled"), 2);
  EXPECT_EQ(code(run(api::release_lot, "", before)), "illegal-transition");
  receive(5);
  expect_consistent();
}

TEST_F(Reports, ReturnsOfALotRecalledMeanwhileAreNotReleased) {  // INV-2
  const auto lot = receive(2);
  const auto handed = body(run(api::dispense_prescription, "", prescribe(2)));
  EXPECT_EQ(code(run(api::recall_lot, R"({"reason":"maker"})", lot)), "");
  EXPECT_EQ(
      code(run(api::return_dispense,
               R"({"lines":[{"lot_id":")" + lot.str() + R"(","quantity":2}],"reason":"recall"})",
               *Uuid::parse(handed.at("id").get<std::string>()))),
      "");
  const db::Statement back{"back",
                           "SELECT id FROM lot WHERE facility_id = $1 AND status = 'QUARANTINED'"};
  const auto returned = db::Session(options()).read(back, facility).front().get<Uuid>("id");
  EXPECT_EQ(code(run(api::release_lot, "", returned)), "lot-recalled");
}

class Import : public Reports {
 protected:
  ImportScene scene() { return {facility, "EUR", *parse_date("2026-06-01"), actor, now}; }
  std::vector<std::string> medicines(std::string_view file) {
    ImportFaults faults;
    written = import_medicines(session, file, scene(), faults);
    return faults;
  }
  std::vector<std::string> lots(std::string_view file) {
    ImportFaults faults;
    written = import_lots(session, file, scene(), faults);
    return faults;
  }
  std::size_t written{0};
};

TEST_F(Import, MedicinesAndLotsComeInWhole) {  // INV-1, INV-2
  EXPECT_THAT(
      medicines(
          "form,name,strength,price,minimum_level\r\ntablet,\"Aspirin, coated\",100 mg,0.05,20\r\n"
          "syrup,Ibuprofen,20 mg/ml,,\r\n"),
      IsEmpty());
  EXPECT_EQ(written, 2U);
  EXPECT_EQ(events_of("MedicineAdded"), 3) << "with the fixture's own";
  EXPECT_THAT(lots("medicine,strength,form,lot_number,expires_on,quantity,unit_cost,supplier\n"
                   "ASPIRIN, coated,100 mg,tablet,A1,2027-01-01,500,0.02,Sample\n"),
              ElementsAre("Line 2: it has more cells than the head",
                          "Line 2: expires_on must be a date, YYYY-MM-DD",
                          "Line 2: quantity must be a whole number from 1 to 1000000"))
      << "a comma outside of quotes";
  EXPECT_THAT(lots("medicine,strength,form,lot_number,expires_on,quantity,unit_cost,supplier\n"
                   "\"ASPIRIN, coated\",100 mg,tablet,A1,2027-01-01,500,0.02,Sample\n"
                   "ibuprofen,20 mg/ml,syrup,I1,2027-02-01,40,,\n"),
              IsEmpty());
  EXPECT_EQ(written, 2U);
  const auto stock = get(api::list_stock, {{"q", "aspirin"}}).at("items");
  ASSERT_EQ(stock.size(), 1U);
  EXPECT_EQ(stock[0].at("available"), 500);
  expect_consistent();
}

TEST_F(Import, OneFaultWritesNothingAndEveryFaultHasItsLine) {  // INV-1
  EXPECT_THAT(
      medicines("name,strength,form,price,minimum_level\n"
                "A,1 mg,tablet,1.005,0\n"
                "B,,tablet,1.00,-1\n"
                "C,1 mg,tablet,1.00,1000001\n"),
      ElementsAre("Line 2: price must be decimal text like 12.50", "Line 3: strength is missing",
                  "Line 3: minimum_level must be a whole number from 0 to 1000000",
                  "Line 4: minimum_level must be a whole number from 0 to 1000000"));
  EXPECT_THAT(
      medicines("name,strength,form\nA,1 mg,tablet\nExamplicillin,500 MG,capsule\na,1 MG,Tablet\n"),
      ElementsAre("Line 3: there is this medicine already",
                  "Line 4: there is this medicine already"));
  EXPECT_THAT(medicines("name,strength,colour\n"),
              ElementsAre("Line 1: column 3 is unknown or repeated"));
  EXPECT_THAT(medicines("name,strength\n"), ElementsAre("Line 1: column form is missing"));
  EXPECT_THAT(medicines(""), ElementsAre("The file is empty."));
  EXPECT_EQ(number("SELECT count(*)::int AS n FROM medicine WHERE facility_id = $1"), 1);
  EXPECT_THAT(lots("medicine,strength,form,lot_number,expires_on,quantity\n"
                   "Examplicillin,500 mg,capsule,X,2026-05-31,1\n"
                   "Examplicillin,500 mg,capsule,Y,2026-13-01,0\n"),
              ElementsAre("Line 2: expires_on has passed already",
                          "Line 3: expires_on must be a date, YYYY-MM-DD",
                          "Line 3: quantity must be a whole number from 1 to 1000000"));
  EXPECT_THAT(
      lots("medicine,strength,form,lot_number,expires_on,quantity\n"
           "Examplicillin,500 mg,capsule,X,2026-06-01,1\nUnknown,1 mg,tablet,Y,2027-01-01,1\n"),
      ElementsAre("Line 3: there is no such medicine"));
  EXPECT_THAT(lots("medicine,strength,form,lot_number,expires_on,quantity\n"
                   "Examplicillin,500 mg,capsule,X,2026-06-01,1\n"
                   "Examplicillin,500 mg,capsule,X,2026-07-01,1\n"
                   "Examplicillin,500 mg,capsule,X,2026-06-01,3\n"),
              ElementsAre("Line 4: this lot stands in the file before"));
  EXPECT_EQ(number("SELECT count(*)::int AS n FROM lot WHERE facility_id = $1"), 0);
}

}  // namespace ambula::pharmacy::store::store_test

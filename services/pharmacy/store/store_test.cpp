#include <atomic>
#include <pharmacy/migrations.hpp>
#include <pharmacy/sql.hpp>
#include <set>
#include <thread>

#include <ambula/db/migrate.hpp>
#include <ambula/json/json.hpp>
#include <ambula/outbox/outbox.hpp>
#include <ambula/testing/postgres.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "constraints.hpp"
#include "pharmacy/api/handlers.hpp"
#include "pharmacy/events/handlers.hpp"
#include "pharmacy/jobs.hpp"
#include "prescriptions.hpp"

// The handlers on a real PostgreSQL: what must hold whoever races whom [PHA-1, PHA-2, PHA-3, INV-1,
// INV-2].
namespace ambula::pharmacy::store::store_test {

using namespace std::chrono_literals;

/// One database for all tests of this file.
testing::Postgres& postgres() {
  static testing::Postgres instance("pharmacy");
  return instance;
}

db::Options options() {
  return {.url = postgres().url(),
          .application_name = "test",
          .schema = "pharmacy",
          .constraints = constraints()};
}

const Instant now = *parse_instant("2026-06-01T06:00:00Z");

class Pharmacy : public ::testing::Test {
 protected:
  using Handler = Result<service::Answer> (*)(service::Call&);

  static void SetUpTestSuite() {
    ASSERT_TRUE(db::migrate(options(), "platform", outbox::migrations()));
    ASSERT_TRUE(db::migrate(options(), "pharmacy", migrations));
  }

  void SetUp() override {
    fact(
        "FacilityRegistered", events::on_facility,
        R"({"facility_id":")" + facility.str() +
            R"(","code":"T","name":"Test","zone":"UTC","currency":"EUR","locale":"en","settings":{"reservation_h":24}})");
    const auto made = run(api::create_medicine,
                          R"({"name":"Examplicillin","strength":"500 mg","form":"capsule"})");
    ASSERT_EQ(code(made), "");
    medicine = id_of(*made);
  }

  void fact(std::string_view type, Result<void> (*handle)(outbox::Delivery&), std::string data,
            std::string key = "") {
    bus::Event event;
    event.id = Uuid::make();
    event.type = type;
    event.key = std::move(key);
    event.facility_id = facility;
    event.data = std::move(data);
    const auto done = session.transact([&](db::Transaction& tx) {
      outbox::Delivery delivery{tx, event, now};
      return handle(delivery);
    });
    ASSERT_TRUE(done) << done.error().code;
  }

  Result<service::Answer> run(db::Session& with, Handler handler, std::string body,
                              const Uuid& id = {},
                              std::vector<std::pair<std::string, std::string>> query = {}) {
    http::Request request;
    request.body = std::move(body);
    request.query = std::move(query);
    const std::vector<std::pair<std::string, std::string>> params = {{"id", id.str()}};
    auth::Principal principal;
    principal.account_id = actor;
    principal.facility_id = facility;
    const std::function<void()> committed = [] {};
    service::Call call({with, request, params, principal, now, "", "POST /test", 0ms, committed});
    return handler(call);
  }
  Result<service::Answer> run(Handler handler, std::string body, const Uuid& id = {}) {
    return run(session, handler, std::move(body), id);
  }

  static std::string code(const Result<service::Answer>& answer) {
    return answer ? "" : answer.error().code;
  }
  static json::Value body(const Result<service::Answer>& answer) {
    EXPECT_TRUE(answer) << answer.error().code;
    return *json::parse(answer->body);
  }
  static Uuid id_of(const service::Answer& answer) {
    return *Uuid::parse(json::parse(answer.body)->at("id").get<std::string>());
  }

  Uuid receive(int quantity, std::string expires_on = "2027-01-31") {
    const auto made =
        run(api::receive_lot,
            R"({"lot_number":"L-1","expires_on":")" + expires_on + R"(","quantity":)" +
                std::to_string(quantity) + R"(,"unit_cost":{"amount":"0.10","currency":"EUR"}})",
            medicine);
    EXPECT_EQ(code(made), "");
    return id_of(*made);
  }

  std::string issued(const Uuid& id, int quantity, bool free_text = false,
                     const std::string& status = "ISSUED") {
    const auto item = free_text ? std::string() : R"("medicine_id":")" + medicine.str() + R"(",)";
    return R"({"prescription_id":")" + id.str() + R"(","number":"RX-1","status":")" + status +
           R"(","patient_id":")" + patient.str() + R"(","doctor_id":")" + Uuid::make().str() +
           R"(","consultation_id":")" + Uuid::make().str() +
           R"(","issued_at":"2026-06-01T05:00:00Z","expires_on":"2026-08-30","items":[{"item_id":")" +
           items[id].str() + R"(",)" + item +
           R"("medicine":{"name":"examplicillin","strength":"500 MG","form":"Capsule"},"dose":"1","frequency":"daily",)"
           R"("quantity":)" +
           std::to_string(quantity) + "}]}";
  }
  Uuid prescribe(int quantity, bool free_text = false) {
    const auto id = Uuid::make();
    items[id] = Uuid::make();
    fact("PrescriptionIssued", events::on_prescription, issued(id, quantity, free_text));
    return id;
  }

  int number(const char* sql) {
    const db::Statement statement{"number", sql};
    db::Session fresh(options());
    return fresh.read(statement, facility).front().get<int>("n");
  }
  /// Σ ledger = on_hand, Σ reservations = reserved, for every lot.
  void expect_consistent() {
    EXPECT_EQ(
        number("SELECT count(*)::int AS n FROM lot l WHERE l.facility_id = $1 AND (l.on_hand <> "
               "(SELECT sum(g.delta) FROM ledger g WHERE g.lot_id = l.id) OR l.reserved <> "
               "(SELECT coalesce(sum(r.quantity), 0) FROM reservation r WHERE r.lot_id = l.id))"),
        0);
    EXPECT_EQ(number("SELECT count(*)::int AS n FROM prescription_item i WHERE i.facility_id = $1 "
                     "AND i.dispensed <> "
                     "(SELECT coalesce(sum(d.quantity), 0) FROM dispense_line d WHERE d.item_id = "
                     "i.item_id)"),
              0);
  }
  int events_of(const std::string& type) {
    const db::Statement statement{
        "events", "SELECT count(*)::int AS n FROM outbox WHERE facility_id = $1 AND type = $2"};
    db::Session fresh(options());
    return fresh.read(statement, facility, type).front().get<int>("n");
  }
  std::string fulfilment(const Uuid& id) {
    return body(run(api::get_pharmacy_prescription, "", id)).at("fulfilment").get<std::string>();
  }

  db::Session session{options()};
  Uuid facility = Uuid::make();
  Uuid actor = Uuid::make();
  Uuid patient = Uuid::make();
  Uuid medicine;
  std::map<Uuid, Uuid> items;
};

TEST_F(Pharmacy, EveryStatementIsPrepared) {
  EXPECT_NO_THROW(session.prepare_all(sql::all));
}

TEST_F(Pharmacy, ValidateReservesAcrossLotsAndDispenseHandsOver) {  // PHA-2, PHA-3
  const auto late = receive(10, "2027-05-01");
  const auto early = receive(4, "2026-07-01");
  const auto id = prescribe(6);
  const auto validated = body(run(api::validate_prescription, "{}", id));
  EXPECT_TRUE(validated.at("ok").get<bool>());
  const auto& allocations = validated.at("lines")[0].at("allocations");
  ASSERT_EQ(allocations.size(), 2U);
  EXPECT_EQ(allocations[0].at("lot_id"), early.str());
  EXPECT_EQ(allocations[1].at("lot_id"), late.str());
  EXPECT_EQ(fulfilment(id), "RESERVED");
  EXPECT_EQ(code(run(api::validate_prescription, "", id)), "") << "re-plans its own reservation";
  expect_consistent();
  EXPECT_EQ(code(run(api::ready_prescription, "", id)), "");
  EXPECT_EQ(code(run(api::ready_prescription, "", id)), "illegal-transition");
  const auto handed = body(run(api::dispense_prescription, R"({"note":"with food"})", id));
  EXPECT_EQ(handed.at("lines").size(), 2U);
  EXPECT_EQ(fulfilment(id), "FULL");
  EXPECT_EQ(code(run(api::dispense_prescription, "", id)), "not-dispensable");
  expect_consistent();
  EXPECT_EQ(events_of("PrescriptionDispensed"), 1);
  const auto receipt =
      run(api::dispense_receipt, "", *Uuid::parse(handed.at("id").get<std::string>()));
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->body.substr(0, 5), "%PDF-");
}

TEST_F(Pharmacy, AShortageReservesNothingAndNamesEveryLine) {  // PHA-2
  receive(5);
  const auto id = prescribe(6);
  const auto validated = body(run(api::validate_prescription, "{}", id));
  EXPECT_FALSE(validated.at("ok").get<bool>());
  EXPECT_EQ(validated.at("lines")[0].at("shortage"), 1);
  EXPECT_EQ(fulfilment(id), "NONE");
  const auto refused = run(api::dispense_prescription, "{}", id);
  ASSERT_EQ(code(refused), "insufficient-stock");
  EXPECT_EQ(refused.error().members.at(0).first, "lines");
  const auto part = R"({"lines":[{"item_id":")" + items[id].str() + R"(","quantity":5}]})";
  EXPECT_EQ(code(run(api::dispense_prescription, part, id)), "");
  EXPECT_EQ(fulfilment(id), "PARTIAL");
  EXPECT_EQ(code(run(api::dispense_prescription, part, id)), "more-than-remaining");
  EXPECT_EQ(code(run(api::close_prescription, R"({"reason":"enough"})", id)), "");
  EXPECT_EQ(fulfilment(id), "SHORT");
  expect_consistent();
}

TEST_F(Pharmacy, ExpiredAndRecalledLotsAreNeverIssued) {  // INV-2
  const auto refused = run(
      api::receive_lot, R"({"lot_number":"L","expires_on":"2026-05-31","quantity":1})", medicine);
  EXPECT_EQ(code(refused), "already-expired");
  const auto lot = receive(10);
  const auto id = prescribe(3);
  ASSERT_TRUE(body(run(api::validate_prescription, "", id)).at("ok").get<bool>());
  EXPECT_EQ(code(run(api::recall_lot, R"({"reason":"maker"})", lot)), "");
  EXPECT_EQ(fulfilment(id), "NONE") << "a recall frees reservations";
  EXPECT_EQ(events_of("PrescriptionReservationReleased"), 1);
  EXPECT_EQ(events_of("LotRecalled"), 1);
  EXPECT_EQ(code(run(api::dispense_prescription, "", id)), "insufficient-stock");
  EXPECT_EQ(code(run(api::dispose_lot, R"({"reason":"recalled","witness":"B"})", lot)), "");
  expect_consistent();
}

TEST_F(Pharmacy, EightDispensersHandOverOnce) {  // PHA-3: never twice
  receive(100);
  const auto id = prescribe(10);
  std::atomic<int> done{0};
  std::vector<std::thread> racers;
  for (int t = 0; t < 8; ++t) {
    racers.emplace_back([&] {
      db::Session own(options());
      if (run(own, api::dispense_prescription, "", id)) ++done;
    });
  }
  for (auto& racer : racers)
    racer.join();
  EXPECT_EQ(done, 1);
  EXPECT_EQ(
      number(
          "SELECT coalesce(sum(quantity), 0)::int AS n FROM dispense_line WHERE facility_id = $1"),
      10);
  EXPECT_EQ(events_of("PrescriptionDispensed"), 1);
  expect_consistent();
}

TEST_F(Pharmacy, TheLastUnitsAreHandedOutOnce) {  // INV-2: stock never negative
  receive(5, "2026-08-01");
  receive(5, "2026-09-01");
  std::vector<Uuid> ids;
  for (int i = 0; i < 8; ++i)
    ids.push_back(prescribe(3));
  std::atomic<int> done{0};
  std::atomic<int> short_of{0};
  std::vector<std::thread> racers;
  for (const auto& id : ids) {
    racers.emplace_back([&, id] {
      db::Session own(options());
      (void)run(own, api::validate_prescription, "", id);
      const auto answer = run(own, api::dispense_prescription, "", id);
      if (answer) ++done;
      if (code(answer) == "insufficient-stock") ++short_of;
    });
  }
  for (auto& racer : racers)
    racer.join();
  EXPECT_EQ(done, 3);
  EXPECT_EQ(short_of, 5);
  EXPECT_EQ(number("SELECT sum(on_hand)::int AS n FROM lot WHERE facility_id = $1"), 1);
  expect_consistent();
}

TEST_F(Pharmacy, ARepeatedFactChangesNothingAndFactsMayComeInAnyOrder) {  // PHA-1, I9
  const auto id = prescribe(4);
  receive(10);
  const auto item = items[id].str();
  ASSERT_EQ(code(run(api::dispense_prescription,
                     R"({"lines":[{"item_id":")" + item + R"(","quantity":1}]})", id)),
            "");
  fact("PrescriptionIssued", events::on_prescription, issued(id, 4));
  auto seen = body(run(api::get_pharmacy_prescription, "", id));
  EXPECT_EQ(seen.at("items").size(), 1U);
  EXPECT_EQ(seen.at("items")[0].at("remaining"), 3);
  EXPECT_TRUE(seen.at("patient").at("display_name").is_null());
  fact(
      "PatientRegistered", events::on_patient,
      R"({"patient_id":")" + patient.str() +
          R"(","mrn":"T-1","given_name":"Asha","birth_date":"1990-02-28","allergies":[{"substance":"Peanut"}]})");
  seen = body(run(api::get_pharmacy_prescription, "", id));
  EXPECT_EQ(seen.at("patient").at("display_name"), "Asha");
  EXPECT_EQ(seen.at("patient").at("allergies")[0].at("substance"), "Peanut");
  const auto found = body(
      run(session, api::list_pharmacy_prescriptions, "", {}, {{"pending", "true"}, {"q", "asha"}}));
  EXPECT_EQ(found.at("items").size(), 1U);
}

TEST_F(Pharmacy, CancellingFreesWhatWasReserved) {
  const auto lot = receive(10);
  const auto id = prescribe(4);
  ASSERT_EQ(code(run(api::validate_prescription, "", id)), "");
  fact("PrescriptionCancelled", events::on_prescription, issued(id, 4, false, "CANCELLED"));
  EXPECT_EQ(fulfilment(id), "NONE");
  EXPECT_EQ(code(run(api::dispense_prescription, "", id)), "not-dispensable");
  EXPECT_EQ(code(run(api::write_off_lot, R"({"quantity":10,"reason":"broken"})", lot)), "")
      << "nothing is reserved";
  expect_consistent();
}

TEST_F(Pharmacy, ReservationsEndByThemselves) {
  receive(10);
  const auto id = prescribe(4);
  ASSERT_EQ(code(run(api::validate_prescription, "", id)), "");
  jobs::end_reservations(session, now + 24h - 1s, [] {});
  EXPECT_EQ(fulfilment(id), "RESERVED");
  jobs::end_reservations(session, now + 24h, [] {});
  EXPECT_EQ(fulfilment(id), "NONE");
  EXPECT_EQ(events_of("PrescriptionReservationReleased"), 1);
  expect_consistent();
}

TEST_F(Pharmacy, QuestionsRestAndDeclinesAreUndone) {
  receive(10);
  const auto id = prescribe(4);
  EXPECT_EQ(code(run(api::hold_prescription, R"({"reason":"dose?"})", id)), "");
  EXPECT_EQ(code(run(api::dispense_prescription, "", id)), "not-dispensable");
  EXPECT_EQ(code(run(api::resume_prescription, "", id)), "");
  fact("PrescriptionOnHold", events::on_prescription, issued(id, 4, false, "ON_HOLD"));
  EXPECT_EQ(code(run(api::decline_prescription, R"({"reason":"no"})", id)), "")
      << "the echo is older than our answer";
  EXPECT_EQ(fulfilment(id), "DECLINED");
  EXPECT_EQ(code(run(api::resume_prescription, "", id)), "");
  EXPECT_EQ(fulfilment(id), "NONE");
}

TEST_F(Pharmacy, WhatComesBackIsQuarantined) {  // PHA-3
  const auto lot = receive(10);
  const auto id = prescribe(4, true);  // free text that names what is stocked
  const auto handed = run(api::dispense_prescription, "", id);
  ASSERT_EQ(code(handed), "");
  const auto dispense = id_of(*handed);
  const auto back = [&](int quantity) {
    return code(run(api::return_dispense,
                    R"({"lines":[{"lot_id":")" + lot.str() + R"(","quantity":)" +
                        std::to_string(quantity) + R"(}],"reason":"sealed"})",
                    dispense));
  };
  EXPECT_EQ(back(3), "");
  EXPECT_EQ(back(2), "more-than-dispensed");
  EXPECT_EQ(
      number("SELECT on_hand AS n FROM lot WHERE facility_id = $1 AND status = 'QUARANTINED'"), 3);
  EXPECT_EQ(fulfilment(id), "FULL") << "a return does not reopen it";
  EXPECT_EQ(events_of("DispenseReturned"), 1);
  expect_consistent();
  EXPECT_EQ(body(run(session, api::list_dispenses, "", {}, {{"prescription_id", id.str()}}))
                .at("items")
                .size(),
            1U);
}

TEST_F(Pharmacy, EventsOfAPrescriptionAreCountedWithoutGaps) {  // I9
  receive(10);
  const auto id = prescribe(4);
  ASSERT_EQ(code(run(api::validate_prescription, "", id)), "");
  ASSERT_EQ(code(run(api::decline_prescription, R"({"reason":"no"})", id)), "");
  const db::Statement statement{
      "versions",
      "SELECT array_agg(aggregate_version ORDER BY id)::int[] AS v FROM outbox WHERE key = $1"};
  EXPECT_THAT(session.read(statement, id.str()).front().get<std::vector<int>>("v"),
              ::testing::ElementsAre(1, 2, 3));
}

TEST_F(Pharmacy, MedicinesAreUniqueAndKnowTheirStock) {  // INV-1
  const auto again =
      run(api::create_medicine, R"({"name":"EXAMPLICILLIN","strength":"500 mg","form":"Capsule"})");
  EXPECT_EQ(code(again), "already-exists");
  const auto lot = receive(10);
  EXPECT_EQ(code(run(api::quarantine_lot, R"({"reason":"wet"})", lot)), "");
  auto seen = body(run(api::get_medicine, "", medicine));
  EXPECT_EQ(seen.at("on_hand"), 10);
  EXPECT_EQ(seen.at("available"), 0);
  EXPECT_EQ(code(run(api::release_lot, "", lot)), "");
  EXPECT_EQ(code(run(api::count_lot, R"({"counted":8,"reason":"stock-take"})", lot)), "");
  EXPECT_EQ(code(run(api::adjust_lot, R"({"delta":1,"reason":"found"})", lot)), "");
  EXPECT_EQ(body(run(api::get_medicine, "", medicine)).at("available"), 9);
  EXPECT_EQ(body(run(api::list_lots, "", medicine)).at("items").size(), 1U);
  EXPECT_EQ(body(run(api::list_ledger, "")).at("items").size(), 3U);
  EXPECT_EQ(body(run(session, api::list_medicines, "", {}, {{"low", "true"}})).at("items").size(),
            0U);
  EXPECT_EQ(
      code(run(api::update_medicine, R"({"price":{"amount":"1.50","currency":"USD"}})", medicine)),
      "wrong-currency");
  EXPECT_EQ(
      code(run(api::update_medicine, R"({"price":{"amount":"1.50","currency":"EUR"}})", medicine)),
      "");
  EXPECT_EQ(body(run(api::get_medicine, "", medicine)).at("price").at("amount"), "1.50");
  EXPECT_EQ(code(run(api::deactivate_medicine, "", medicine)), "");
  EXPECT_EQ(code(run(api::deactivate_medicine, "", medicine)), "illegal-transition");
}

TEST_F(Pharmacy, VisitorsBecomePatients) {  // QUE-14
  const auto visitor = Uuid::make();
  const auto id = Uuid::make();
  items[id] = Uuid::make();
  auto data = issued(id, 1);
  const auto at = data.find("patient_id");
  data.replace(at, 49, R"(visitor_id":")" + visitor.str());
  fact("PrescriptionIssued", events::on_prescription, data);
  fact("VisitorRecorded", events::on_visitor,
       R"({"visitor_id":")" + visitor.str() + R"(","name":"Visitor"})");
  EXPECT_EQ(body(run(api::get_pharmacy_prescription, "", id)).at("patient").at("display_name"),
            "Visitor");
  fact("VisitorIdentified", events::on_visitor,
       R"({"visitor_id":")" + visitor.str() + R"(","name":"Visitor","patient_id":")" +
           patient.str() + R"("})");
  EXPECT_EQ(body(run(api::get_pharmacy_prescription, "", id)).at("patient_id"), patient.str());
}

TEST_F(Pharmacy, AnotherFacilitySeesNothing) {  // OPS-6
  const auto lot = receive(10);
  const auto id = prescribe(4);
  facility = Uuid::make();
  EXPECT_EQ(code(run(api::get_pharmacy_prescription, "", id)), "facility-not-found");
  fact(
      "FacilityRegistered", events::on_facility,
      R"({"facility_id":")" + facility.str() +
          R"(","code":"T","name":"Test","zone":"UTC","currency":"EUR","locale":"en","settings":{"reservation_h":24}})");
  EXPECT_EQ(code(run(api::get_pharmacy_prescription, "", id)), "prescription-not-found");
  EXPECT_EQ(code(run(api::dispense_prescription, "", id)), "prescription-not-found");
  EXPECT_EQ(code(run(api::recall_lot, R"({"reason":"x"})", lot)), "lot-not-found");
  EXPECT_EQ(code(run(api::get_medicine, "", medicine)), "medicine-not-found");
}

}  // namespace ambula::pharmacy::store::store_test

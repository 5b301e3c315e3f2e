#pragma once

#include <atomic>
#include <map>
#include <pharmacy/migrations.hpp>
#include <pharmacy/sql.hpp>
#include <string>
#include <thread>
#include <vector>

#include <ambula/db/migrate.hpp>
#include <ambula/outbox/outbox.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "constraints.hpp"
#include "pharmacy/api/handlers.hpp"
#include "pharmacy/events/handlers.hpp"
#include "pharmacy/jobs.hpp"
#include "prescriptions.hpp"

// Include <ambula/json/json.hpp> and <ambula/testing/postgres.hpp> before this: only a _test.cpp
// may bring them in.
//
// What the tests with a database share: handlers called as the dispatcher calls them, facts
// delivered as the inbox delivers them, on a real PostgreSQL.
namespace ambula::pharmacy::store::store_test {

using namespace std::chrono_literals;

/// One database for the whole executable.
inline testing::Postgres& postgres() {
  static testing::Postgres instance("pharmacy");
  return instance;
}

inline db::Options options() {
  return {.url = postgres().url(),
          .application_name = "test",
          .schema = "pharmacy",
          .constraints = constraints()};
}

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
    fact(session, type, handle, std::move(data), std::move(key));
  }
  void fact(db::Session& with, std::string_view type, Result<void> (*handle)(outbox::Delivery&),
            std::string data, std::string key = "") {
    bus::Event event;
    event.id = Uuid::make();
    event.type = type;
    event.key = std::move(key);
    event.facility_id = facility;
    event.data = std::move(data);
    const auto done = with.transact([&](db::Transaction& tx) {
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
  /// The whole of a streamed answer.
  std::string text_of(const Result<service::Answer>& answer) {
    EXPECT_TRUE(answer) << answer.error().code;
    std::string text;
    while (auto piece = answer->stream(session))
      text += *piece;
    return text;
  }
  void watch() {
    jobs::watch_stock(session, now, [] {});
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

  /// Moved by tests in which time passes.
  Instant now = *parse_instant("2026-06-01T06:00:00Z");
  db::Session session{options()};
  Uuid facility = Uuid::make();
  Uuid actor = Uuid::make();
  Uuid patient = Uuid::make();
  Uuid medicine;
  std::map<Uuid, Uuid> items;
};

}  // namespace ambula::pharmacy::store::store_test

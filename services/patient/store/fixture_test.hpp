#pragma once

#include <map>
#include <patient/migrations.hpp>
#include <patient/sql.hpp>
#include <string>
#include <utility>
#include <vector>

#include <ambula/auth/principal.hpp>
#include <ambula/db/migrate.hpp>
#include <ambula/http/message.hpp>
#include <ambula/outbox/inbox.hpp>
#include <ambula/outbox/outbox.hpp>
#include <ambula/service/call.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "patient/api/handlers.hpp"
#include "patient/events/handlers.hpp"
#include "patient/store/constraints.hpp"

// Include <ambula/json/json.hpp> and <ambula/testing/postgres.hpp> before this: only a _test.cpp
// may bring them in.
//
// What the tests with a database share: handlers called as the dispatcher calls them, facts
// delivered as the inbox delivers them, on a real PostgreSQL.
namespace ambula::patient::fixture_test {

using auth::Role;
using service::Answer;

/// One database for the whole executable.
inline testing::Postgres& postgres() {
  static testing::Postgres instance("patient");
  return instance;
}

inline db::Options options() {
  return {.url = postgres().url(),
          .application_name = "test",
          .schema = "patient",
          .constraints = store::constraints()};
}

/// What a request brings, beside who sends it.
struct Request {
  std::string body;
  std::vector<std::pair<std::string, std::string>> query;
  std::string if_match;
  std::string idempotency_key;
};

class Fixture : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    ASSERT_TRUE(db::migrate(options(), "platform", outbox::migrations()));
    ASSERT_TRUE(db::migrate(options(), "patient", migrations));
  }

  void SetUp() override { know_facility(facility, "AMB", "Asia/Kolkata"); }

  void know_facility(const Uuid& id, const std::string& code, const std::string& zone) {
    fact("FacilityRegistered", events::on_facility,
         {{"facility_id", id.str()}, {"code", code}, {"zone", zone}, {"locale", "en-IN"}});
  }

  bus::Event event(std::string_view type, const json::Value& data) const {
    bus::Event e;
    e.id = Uuid::make(now);
    e.type = type;
    e.facility_id = facility;
    e.time = now;
    e.data = json::dump(data);
    return e;
  }

  using Handle = Result<void> (*)(outbox::Delivery&);
  void deliver(const bus::Event& event, Handle handle) {
    const auto done = session.transact([&](db::Transaction& tx) {
      outbox::Delivery delivery{tx, event, now};
      return handle(delivery);
    });
    ASSERT_TRUE(done) << event.type << ": " << done.error().code;
  }
  void fact(std::string_view type, Handle handle, const json::Value& data) {
    deliver(event(type, data), handle);
  }

  auth::Principal who(std::vector<Role> roles) const {
    auth::Principal principal;
    principal.account_id = actor;
    principal.facility_id = facility;
    for (const auto role : roles)
      principal.permissions |= auth::permissions_of(role);
    principal.roles = std::move(roles);
    return principal;
  }
  auth::Principal desk() const { return who({Role::receptionist}); }
  auth::Principal doctor(const Uuid& id) const {
    auto principal = who({Role::doctor});
    principal.doctor_id = id;
    return principal;
  }
  auth::Principal patient(const Uuid& id) const {
    auto principal = who({Role::patient});
    principal.patient_id = id;
    return principal;
  }

  Result<Answer> run(db::Session& with, service::Handler handler, const auth::Principal& principal,
                     const Uuid& id, const Request& request = {}) const {
    http::Request raw;
    raw.path = "/v1/patients/" + id.str();
    raw.body = request.body;
    raw.query = request.query;
    if (!request.if_match.empty()) raw.headers.add("if-match", request.if_match);
    if (!request.idempotency_key.empty())
      raw.headers.add("idempotency-key", request.idempotency_key);
    const std::vector<std::pair<std::string, std::string>> params = {{"id", id.str()}};
    const std::function<void()> committed = [] {};
    service::Call call({with, raw, params, principal, now, "", "TEST /v1/patients",
                        std::chrono::milliseconds{0}, committed});
    return handler(call);
  }
  Result<Answer> run(service::Handler handler, const auth::Principal& principal,
                     const Uuid& id = Uuid{}, const Request& request = {}) {
    return run(session, handler, principal, id, request);
  }

  static std::string code_of(const Result<Answer>& answer) {
    return answer ? "" : answer.error().code;
  }
  static json::Value json_of(const Result<Answer>& answer) {
    EXPECT_TRUE(answer) << code_of(answer);
    return answer ? *json::parse(answer->body) : json::Value{};
  }
  static Uuid id_of(const json::Value& value) {
    return *Uuid::parse(value.at("id").get<std::string>());
  }

  static json::Value person(const std::string& given_name = "Asha") {
    return {{"given_name", given_name}, {"birth_date", "1990-02-28"}, {"sex", "FEMALE"}};
  }
  json::Value add(const json::Value& body) {
    return json_of(run(api::register_patient, desk(), {}, {.body = json::dump(body)}));
  }
  Uuid add_person(const std::string& given_name = "Asha") { return id_of(add(person(given_name))); }

  db::Rows query(const char* text) {
    const db::Statement statement{"query", text};
    db::Session fresh(options());
    return fresh.read(statement, facility);
  }

  const Instant now = *parse_instant("2026-11-24T04:00:00Z");  // 09:30 in Kolkata
  db::Session session{options()};
  Uuid facility = Uuid::make();
  Uuid actor = Uuid::make();
};

}  // namespace ambula::patient::fixture_test

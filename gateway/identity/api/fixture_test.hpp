#pragma once

#include <audit/sql.hpp>
#include <cstdio>
#include <fstream>
#include <future>
#include <identity/migrations.hpp>
#include <identity/sql.hpp>
#include <string>
#include <thread>
#include <unistd.h>
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

#include "audit/store/rows.hpp"
#include "identity/api/handlers.hpp"
#include "identity/events/handlers.hpp"
#include "identity/store/accounts.hpp"
#include "identity/store/constraints.hpp"
#include "identity/store/facilities.hpp"
#include "identity/store/mail_tokens.hpp"
#include "identity/store/sessions.hpp"

// Include <ambula/json/json.hpp> and <ambula/testing/postgres.hpp> before this: only a _test.cpp
// may bring them in.
//
// What the tests with a database share: handlers called as the dispatcher calls them (with the
// hashing thread), facts delivered as the inbox delivers them, on a real PostgreSQL.
namespace ambula::identity::fixture_test {

using service::Answer;

inline testing::Postgres& postgres() {
  static testing::Postgres instance("identity");
  return instance;
}

inline db::Options options() {
  return {.url = postgres().url(),
          .application_name = "test",
          .schema = "identity",
          .constraints = store::constraints()};
}

constexpr auto password = "a-long-enough-pass-phrase";
constexpr auto other_password = "another-long-pass-phrase";

class Fixture : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    ASSERT_TRUE(db::migrate(options(), "platform", outbox::migrations()));
    ASSERT_TRUE(db::migrate(options(), "gateway", migrations));
  }

  void SetUp() override {
    Settings settings;
    settings.signing_key_file = key_file();
    auto made = Context::make(settings);
    ASSERT_TRUE(made);
    context = *std::move(made);
    context->revoked = [this](const std::vector<store::Revocation>& ended) {
      revoked.insert(revoked.end(), ended.begin(), ended.end());
    };
    hashing = std::jthread([this](const std::stop_token& stop) { context->hashing.run(stop); });
    facility = add_facility();
  }

  void TearDown() override {
    hashing.request_stop();
    hashing.join();
  }

  using Handler = Result<Answer> (*)(Context&, service::Call&);

  /// One request, as the dispatcher runs it: a handler that must wait for a hash goes on after it.
  Result<Answer> call(Handler handler, std::string body, const std::string& id = "") {
    request.body = std::move(body);
    request.path = "/v1/test";
    params = {{"id", id}};
    const std::function<void()> committed = [] {};
    const service::Call::Environment environment{
        session,  request, params, principal, now, "", "test", std::chrono::milliseconds(0),
        committed};
    service::Call first(environment);
    auto answer = handler(*context, first);
    if (!answer || !answer->later) return answer;
    std::promise<service::Rest> told;
    answer->later([&](service::Rest rest) { told.set_value(std::move(rest)); });
    service::Call second(environment);
    return told.get_future().get()(second);
  }

  std::string code_of(Handler handler, const std::string& body, const std::string& id = "") {
    const auto answer = call(handler, body, id);
    if (!answer) return answer.error().code;
    if (answer->status == 429) return "too-many";
    return "";
  }

  Result<void> deliver(std::string_view type, std::string data,
                       Result<void> (*handle)(outbox::Delivery&), Instant at,
                       std::string key = Uuid::make().str()) {
    bus::Event event;
    event.id = Uuid::make();
    event.type = type;
    event.key = std::move(key);
    event.facility_id = facility;
    event.time = at;
    event.data = std::move(data);
    return session.transact([&](db::Transaction& tx) {
      outbox::Delivery delivery{tx, event, now};
      return handle(delivery);
    });
  }

  Uuid add_facility() {
    domain::Facility made;
    made.id = Uuid::make();
    // Ids of one moment differ at their end.
    made.code = "F" + made.id.str().substr(29);
    for (char& c : made.code)
      c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    made.name = "A facility";
    made.zone = "UTC";
    made.currency = "EUR";
    made.locale = "de";
    made.record = {1, now, Uuid{}, now, Uuid{}};
    const auto done = session.transact([&](db::Transaction& tx) -> Result<bool> {
      store::insert(tx, made, outbox::Events(outbox::Cause{}));
      return true;
    });
    EXPECT_TRUE(done);
    return made.id;
  }

  /// An account with the password above.
  domain::Account add_account(const std::string& role, std::optional<std::string> email = {}) {
    static const auto hash = auth::hash_password(password);
    domain::Account made;
    made.id = Uuid::make();
    made.login = role.substr(0, 3) + made.id.str().substr(24);
    made.email = std::move(email);
    made.display_name = "A " + role;
    made.memberships = {{facility, {role}}};
    made.record = {1, now, Uuid{}, now, Uuid{}};
    const auto done = session.transact([&](db::Transaction& tx) -> Result<bool> {
      store::insert(tx, made, hash, outbox::Events(outbox::Cause{}));
      return true;
    });
    EXPECT_TRUE(done);
    return made;
  }

  std::string fresh_address() { return "p" + Uuid::make().str().substr(24) + "@mail.example"; }

  std::string sign_up(const std::string& address, const std::string& with_password = password,
                      const std::string& birth_date = "1990-02-28") const {
    return R"({"facility_id":")" + facility.str() + R"(","email":")" + address +
           R"(","password":")" + with_password +
           R"(","patient":{"given_name":"Asha","family_name":"Example","birth_date":")" +
           birth_date + R"(","sex":"FEMALE"}})";
  }

  /// The newest event of a type about an account with this address or id, out of the outbox.
  std::vector<std::string> told(const std::string& type) {
    std::vector<std::string> bodies;
    for (const auto row : session.read(outbox_of_type, type)) {
      bodies.push_back(row.get<std::string>("payload"));
    }
    return bodies;
  }
  /// The token of the newest mail to the address, or nothing.
  std::string mailed(const std::string& address) {
    std::string token;
    for (const auto& body : told("AccountMailRequested")) {
      if (body.find("\"" + address + "\"") == std::string::npos) continue;
      const auto begin = body.find("\"token\":\"") + 9;
      token = body.substr(begin, body.find('"', begin) - begin);
    }
    return token;
  }

  std::string with_token(const std::string& token) const { return R"({"token":")" + token + "\"}"; }
  std::string sign_in_as(const std::string& login, const std::string& with_password) const {
    return R"({"login":")" + login + R"(","password":")" + with_password + "\"}";
  }

  static std::string key_file() {
    static const std::string file = [] {
      auto name = ::testing::TempDir() + "ambula-signing-" + std::to_string(::getpid()) + ".pem";
      std::ofstream(name) << auth::Signer::generate_pem();
      return name;
    }();
    return file;
  }

  static constexpr db::Statement outbox_of_type{
      "test_outbox_of_type", "SELECT payload FROM outbox WHERE type = $1 ORDER BY id"};

  db::Session session{options()};
  std::unique_ptr<Context> context;
  std::jthread hashing;
  Instant now = std::chrono::floor<std::chrono::seconds>(system_now());
  Uuid facility;
  auth::Principal principal;
  http::Request request{.remote_addr = "192.0.2.1"};
  std::vector<std::pair<std::string, std::string>> params;
  std::vector<store::Revocation> revoked;
};

}  // namespace ambula::identity::fixture_test

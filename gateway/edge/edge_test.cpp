#include "edge.hpp"

#include <future>
#include <identity/migrations.hpp>
#include <thread>

#include <ambula/db/migrate.hpp>
#include <ambula/http/client.hpp>
#include <ambula/http/problem.hpp>
#include <ambula/outbox/outbox.hpp>
#include <ambula/testing/eventually.hpp>
#include <ambula/testing/postgres.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "audit/store/rows.hpp"

// The whole way of a request through the edge, over real sockets, with one server in the place of
// all six services and a real PostgreSQL behind the audit.
namespace ambula::edge::edge_test {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using SteadyClock = std::chrono::steady_clock;

testing::Postgres& postgres() {
  static testing::Postgres instance("identity");
  return instance;
}

db::Options database() {
  return {.url = postgres().url(), .application_name = "test", .schema = "identity"};
}

const std::string key = auth::Signer::generate_pem();

class EdgeTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    ASSERT_TRUE(db::migrate(database(), "platform", outbox::migrations()));
    ASSERT_TRUE(db::migrate(database(), "gateway", identity::migrations));
  }

  void SetUp() override {
    loop.start();
    service = std::make_unique<http::Server>(
        loop, http::ServerOptions{},
        [this](std::shared_ptr<http::Request> request, http::Respond respond) {
          ++asked;
          last = *request;
          answer(*request, std::move(respond));
        });
    ASSERT_TRUE(service->start());
    start_edge({});
  }

  void TearDown() override {
    writing.request_stop();
    if (writing.joinable()) writing.join();
    client.reset();
    front.reset();
    edge.reset();
    service.reset();
    loop.stop();
  }

  void start_edge(Settings settings, bool audit_works = true) {
    for (auto& upstream : settings.upstreams) {
      upstream = {"127.0.0.1", std::to_string(service->port())};
    }
    writing = std::jthread([this, audit_works](std::stop_token stop) {
      auto options = database();
      if (!audit_works) options.url = "postgresql://127.0.0.1:1/nowhere";
      writer.run(stop, options);
    });
    edge = std::make_shared<Edge>(Environment{.loop = loop,
                                              .post =
                                                  [](const std::function<void()>& work) {
                                                    work();
                                                    return true;
                                                  },
                                              .verifier = verifier,
                                              .clock = system_now,
                                              .audit = writer,
                                              .database_up = [] { return true; },
                                              .jwks = "{}",
                                              .console = nullptr},
                                  settings);
    front = std::make_unique<http::Server>(
        loop, http::ServerOptions{.total_timeout = 2s},
        [this](std::shared_ptr<http::Request> request, http::Respond respond) {
          edge->handle(std::move(request), std::move(respond), own);
        });
    ASSERT_TRUE(front->start());
    client = std::make_unique<http::Client>(
        loop, http::ClientOptions{.host = "127.0.0.1", .port = std::to_string(front->port())});
  }

  auth::Claims claims(auth::Role role) const {
    auth::Claims made;
    made.account_id = Uuid::make();
    made.session_id = Uuid::make();
    made.login = "somebody";
    made.memberships = {{facility, {role}}};
    made.issued_at = std::chrono::floor<std::chrono::seconds>(system_now());
    made.expires_at = made.issued_at + 5min;
    return made;
  }

  http::Response ask(http::Method method, std::string target, const http::Headers& headers = {}) {
    http::ClientRequest request;
    request.method = method;
    request.target = std::move(target);
    request.headers = headers;
    request.deadline = SteadyClock::now() + 10s;
    std::promise<Result<http::Response>> told;
    client->send(std::move(request),
                 [&](Result<http::Response> response) { told.set_value(std::move(response)); });
    auto response = told.get_future().get();
    EXPECT_TRUE(response) << response.error().code;
    return response ? *std::move(response) : http::Response{};
  }

  http::Response get(std::string target, const auth::Claims& who) {
    return ask(http::Method::get, std::move(target), signed_in(who));
  }

  /// The edge anew, under other circumstances.
  void restart_edge(const Settings& settings, bool audit_works = true) {
    client.reset();
    front.reset();
    writing.request_stop();
    writing.join();
    start_edge(settings, audit_works);
  }

  http::Headers signed_in(const auth::Claims& who) const {
    http::Headers headers;
    headers.add("authorization", "Bearer " + signer.sign(who));
    return headers;
  }

  /// What the service answers; on the I/O thread.
  std::function<void(const http::Request&, http::Respond)> answer =
      [](const http::Request&, const http::Respond& respond) {
        http::Response response;
        response.headers.add("content-type", "application/json");
        response.body = "{}";
        respond(std::move(response));
      };

  http::Loop loop;
  const auth::Signer signer = *auth::Signer::from_pem(key);
  const auth::Verifier verifier =
      *auth::Verifier::from_jwks(auth::make_jwks({signer.public_jwk()}));
  audit::Writer writer;
  std::jthread writing;
  service::Dispatch own = [](const std::shared_ptr<http::Request>&, const http::Respond& respond) {
    respond(http::problem(not_found("own"), "", ""));
  };
  std::unique_ptr<http::Server> service;
  std::shared_ptr<Edge> edge;
  std::unique_ptr<http::Server> front;
  std::unique_ptr<http::Client> client;
  std::atomic<int> asked{0};
  http::Request last;
  const Uuid facility = Uuid::make();
};

TEST_F(EdgeTest, OnlyKnownPathsExist) {
  EXPECT_EQ(ask(http::Method::get, "/v1/nothing").status, 404);
  const auto wrong = ask(http::Method::delete_, "/v1/appointments");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_THAT(std::string(wrong.headers.get("allow").value_or("")), HasSubstr("GET"));
  EXPECT_EQ(ask(http::Method::get, "/healthz").status, 200);
  EXPECT_EQ(asked, 0);
}

TEST_F(EdgeTest, NobodyPassesWithoutAGoodToken) {  // ID-2
  const auto refused = ask(http::Method::get, "/v1/patients");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.headers.get("www-authenticate"), "Bearer");
  http::Headers forged;
  forged.add("authorization", "Bearer a.b.c");
  EXPECT_EQ(ask(http::Method::get, "/v1/patients", forged).status, 401);
  auto old = claims(auth::Role::nurse);
  old.issued_at -= 10min;
  old.expires_at -= 10min;
  EXPECT_EQ(get("/v1/patients", old).status, 401);
  EXPECT_EQ(asked, 0);
}

TEST_F(EdgeTest, EachRouteAsksItsPermission) {  // ID-2
  EXPECT_EQ(get("/v1/patients", claims(auth::Role::nurse)).status, 200);
  EXPECT_EQ(asked, 1);
  const auto refused = get("/v1/patients", claims(auth::Role::auditor));
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("\"forbidden\""));
  auto new_one = claims(auth::Role::nurse);
  new_one.must_change_password = true;
  EXPECT_THAT(get("/v1/patients", new_one).body, HasSubstr("password-change-required"));
  EXPECT_EQ(asked, 1);
}

TEST_F(EdgeTest, PassesOnNothingThatIsNotNamed) {
  auto headers = signed_in(claims(auth::Role::nurse));
  headers.add("ambula-patients", "forged");
  headers.add("x-forwarded-for", "1.2.3.4");
  headers.add("cookie", "a=b");
  headers.add("if-none-match", "\"v1\"");
  answer = [](const http::Request&, const http::Respond& respond) {
    http::Response response;
    response.headers.add("etag", "\"v2\"");
    response.headers.add("server", "secret");
    response.headers.add("set-cookie", "a=b");
    respond(std::move(response));
  };
  const auto told = ask(http::Method::get, "/v1/patients?q=x", headers);
  EXPECT_FALSE(last.headers.get("ambula-patients"));
  EXPECT_FALSE(last.headers.get("cookie"));
  EXPECT_FALSE(last.headers.get("x-forwarded-for"));
  EXPECT_EQ(last.headers.get("if-none-match"), "\"v1\"");
  EXPECT_TRUE(last.headers.get("ambula-deadline-ms"));
  EXPECT_TRUE(last.headers.get("traceparent"));
  EXPECT_EQ(last.raw_query, "q=x");
  EXPECT_EQ(told.headers.get("etag"), "\"v2\"");
  EXPECT_FALSE(told.headers.get("server"));
  EXPECT_FALSE(told.headers.get("set-cookie"));
  EXPECT_EQ(told.headers.get("x-content-type-options"), "nosniff");
  EXPECT_EQ(told.headers.get("cache-control"), "no-store");
  EXPECT_TRUE(told.headers.get("x-request-id"));
}

TEST_F(EdgeTest, ARevokedSignInIsRefusedAtOnce) {  // ID-1, ID-3
  const auto who = claims(auth::Role::nurse);
  EXPECT_EQ(get("/v1/patients", who).status, 200);
  edge->revoke({{who.session_id, Instant::max(), system_now(), system_now() + 6min}});
  const auto refused = get("/v1/patients", who);
  EXPECT_EQ(refused.status, 401);
  EXPECT_THAT(refused.body, HasSubstr("token-revoked"));
}

TEST_F(EdgeTest, WhatShowsAPatientIsWrittenDownFirst) {  // AUD-1, I11
  const auto patients = std::vector{Uuid::make(), Uuid::make()};
  answer = [&](const http::Request&, const http::Respond& respond) {
    http::Response response;
    response.headers.add("ambula-patients", patients[0].str() + "," + patients[1].str());
    respond(std::move(response));
  };
  const auto who = claims(auth::Role::nurse);
  const auto told = get("/v1/patients?q=secret", who);
  EXPECT_EQ(told.status, 200);
  EXPECT_FALSE(told.headers.get("ambula-patients"));
  db::Session session(database());
  for (const auto& patient : patients) {
    const auto rows = audit::store::list(session, {.patient_id = patient}, std::nullopt, 10);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].actor_id, who.account_id);
    EXPECT_EQ(rows[0].facility_id, facility);
    EXPECT_EQ(rows[0].action, "patient_read");
    EXPECT_EQ(rows[0].path_template, "/v1/patients");
    EXPECT_EQ(rows[0].request_id, told.headers.get("x-request-id"));
  }
}

TEST_F(EdgeTest, RowsThatComeInABurstShareACommit) {  // AUD-1
  constexpr int count = 200;
  const Uuid patient = Uuid::make();
  std::atomic<int> written{0};
  for (int i = 0; i < count; ++i) {
    audit::Row row;
    row.at = system_now();
    row.patient_id = patient;
    row.action = "patient_read";
    writer.submit({row}, [&](bool done) { written += done ? 1 : 0; });
  }
  ASSERT_TRUE(testing::eventually([&] { return written == count; }));
  db::Session session(database());
  static constexpr db::Statement commits{"commits",
                                         "SELECT count(*) AS rows, count(DISTINCT xmin::text) AS "
                                         "commits FROM audit_row WHERE patient_id = $1"};
  const auto found = session.read(commits, patient);
  EXPECT_EQ(found[0].get<std::int64_t>("rows"), count);
  EXPECT_LE(found[0].get<std::int64_t>("commits"), count / 10);
}

TEST_F(EdgeTest, AnExportIsWrittenDownWithItsFiltersAndAtItsEndWithItsRecords) {  // AUD-1, REP-3
  answer = [&](const http::Request&, const http::Respond& respond) {
    http::Response response;
    response.headers.add("content-type", "text/csv");
    response.stream = std::make_shared<http::Channel>(1024);
    response.stream->push("a,b\r\n1,2\r\n3,\"4\r\n5\"\r\n");
    response.stream->finish();
    respond(std::move(response));
  };
  const auto who = claims(auth::Role::receptionist);
  EXPECT_EQ(get("/v1/appointments?format=csv&date=2026-11-24", who).status, 200);
  db::Session session(database());
  std::vector<audit::Row> rows;
  EXPECT_TRUE(testing::eventually([&] {
    rows = audit::store::list(session, {.actor_id = who.account_id}, std::nullopt, 10);
    return rows.size() == 2;
  }));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1].resource, "export:date=2026-11-24");
  EXPECT_FALSE(rows[1].row_count);
  EXPECT_EQ(rows[0].resource, rows[1].resource);
  EXPECT_EQ(rows[0].row_count, 2);
  EXPECT_EQ(rows[0].outcome, audit::outcome_success);
  EXPECT_EQ(rows[0].request_id, rows[1].request_id);
}

TEST_F(EdgeTest, AnExportThatBreaksOffSaysHowFarItCame) {  // AUD-1
  const auto stream = std::make_shared<http::Channel>(1024);
  answer = [&](const http::Request&, const http::Respond& respond) {
    http::Response response;
    response.headers.add("content-type", "text/csv");
    response.stream = stream;
    respond(std::move(response));
  };
  const auto who = claims(auth::Role::receptionist);
  stream->push("a,b\r\n1,2\r\n");
  const auto told = get("/v1/appointments?format=csv", who);
  ASSERT_TRUE(told.stream);
  std::string seen;
  EXPECT_TRUE(testing::eventually([&] {
    seen += told.stream->take().bytes;
    return seen == "a,b\r\n1,2\r\n";
  }));
  stream->abort();
  db::Session session(database());
  EXPECT_TRUE(testing::eventually([&] {
    const auto rows = audit::store::list(session, {.actor_id = who.account_id}, std::nullopt, 10);
    return rows.size() == 2 && rows[0].outcome == audit::outcome_partial && rows[0].row_count == 1;
  }));
  told.stream->close_reader();
}

TEST_F(EdgeTest, LiveViewsPassAsTheyComeAndEndWithTheirSignIn) {  // QUE-8, ID-3
  const auto stream = std::make_shared<http::Channel>(64 * 1024);
  answer = [&](const http::Request&, const http::Respond& respond) {
    http::Response response;
    response.headers.add("content-type", "text/event-stream");
    response.stream = stream;
    respond(std::move(response));
  };
  const auto who = claims(auth::Role::nurse);
  auto headers = signed_in(who);
  headers.add("last-event-id", "41");
  headers.add("accept", "text/event-stream");
  const auto told = ask(http::Method::get, "/v1/queue-entries", headers);
  ASSERT_EQ(told.status, 200);
  ASSERT_TRUE(told.stream);
  EXPECT_EQ(last.headers.get("last-event-id"), "41");
  std::string seen;
  const auto sees = [&](std::string_view text) {
    return testing::eventually([&] {
      seen += told.stream->take().bytes;
      return seen.find(text) != std::string::npos;
    });
  };
  ASSERT_TRUE(stream->push("id: 42\nevent: entry\ndata: {}\n\n"));
  EXPECT_TRUE(sees("id: 42"));
  // Longer than any request may take.
  const auto begun = SteadyClock::now();
  ASSERT_TRUE(testing::eventually([&] { return SteadyClock::now() - begun > 2500ms; }));
  ASSERT_TRUE(stream->push("id: 43\n\n"));
  EXPECT_TRUE(sees("id: 43"));
  EXPECT_EQ(front->in_flight(), 0U);
  edge->revoke({{who.session_id, Instant::max(), system_now(), system_now() + 6min}});
  EXPECT_TRUE(testing::eventually([&] { return told.stream->take().aborted; }));
  EXPECT_TRUE(testing::eventually([&] { return stream->closed(); }));
}

TEST_F(EdgeTest, AFloodIsToldToWait) {  // ID-13
  Settings settings;
  settings.rate_limit_scale = 0.05;
  restart_edge(settings);
  int refused = 0;
  http::Response last_refused;
  for (int i = 0; i < 10; ++i) {
    auto told = ask(http::Method::get, "/v1/patients");
    if (told.status == 429) {
      ++refused;
      last_refused = std::move(told);
    }
  }
  EXPECT_EQ(refused, 7);  // a burst of three
  EXPECT_TRUE(last_refused.headers.get("retry-after"));
  EXPECT_THAT(std::string(*last_refused.headers.get("ratelimit-policy")),
              HasSubstr("\"address\";q=3"));
  EXPECT_THAT(last_refused.body, HasSubstr("rate-limited"));
  // Who is signed in has a bucket of the own.
  const auto mine = get("/v1/patients", claims(auth::Role::nurse));
  EXPECT_TRUE(mine.status == 200 || mine.status == 429);
}

TEST_F(EdgeTest, AServiceThatIsAwayCostsNobodyTheirTime) {
  service.reset();
  const auto who = claims(auth::Role::nurse);
  http::Response refused;
  for (int i = 0; i < 40 && refused.body.find("upstream-unavailable") == std::string::npos; ++i) {
    refused = get("/v1/patients", who);
    EXPECT_EQ(refused.status, 503);
    EXPECT_TRUE(refused.headers.get("retry-after"));
  }
  EXPECT_THAT(refused.body, HasSubstr("upstream-unavailable"));
}

TEST_F(EdgeTest, ASlowPartIsMissingAndTheRestIsThere) {  // REP-1
  const auto never = std::make_shared<std::vector<http::Respond>>();
  answer = [never](const http::Request& request, http::Respond respond) {
    if (request.path == "/v1/queues") return never->push_back(std::move(respond));
    http::Response response;
    response.body = R"({"items":[],"next_cursor":null})";
    respond(std::move(response));
  };
  http::Request caller;
  caller.headers = signed_in(claims(auth::Role::nurse));
  std::promise<reports::Told> told;
  const auto begun = SteadyClock::now();
  edge->gather(caller,
               {{"queue", "/v1/queue-entries", "limit=200"}, {"queues", "/v1/queues", "limit=200"}},
               begun + reports::gather_limit,
               [&](reports::Told parts) { told.set_value(std::move(parts)); });
  const auto parts = told.get_future().get();
  EXPECT_TRUE(parts.contains("queue"));
  EXPECT_FALSE(parts.contains("queues"));
  EXPECT_LT(SteadyClock::now() - begun, 5s);
  loop.post([never] { never->clear(); });
}

TEST_F(EdgeTest, OtherSitesAskOnlyWhenListed) {  // ID-13
  Settings settings;
  settings.cors_origins = {"https://console.example"};
  restart_edge(settings);
  http::Headers headers;
  headers.add("origin", "https://console.example");
  headers.add("access-control-request-method", "POST");
  const auto allowed = ask(http::Method::options, "/v1/auth/sign-in", headers);
  EXPECT_EQ(allowed.status, 204);
  EXPECT_EQ(allowed.headers.get("access-control-allow-origin"), "https://console.example");
  EXPECT_FALSE(allowed.headers.get("access-control-allow-credentials"));
  headers.set("origin", "https://evil.example");
  const auto refused = ask(http::Method::options, "/v1/auth/sign-in", headers);
  EXPECT_EQ(refused.status, 405);
  EXPECT_FALSE(refused.headers.get("access-control-allow-origin"));
}

TEST_F(EdgeTest, WhatCannotBeWrittenDownDoesNotLeave) {  // AUD-1
  restart_edge({}, false);
  answer = [&](const http::Request&, const http::Respond& respond) {
    http::Response response;
    response.headers.add("ambula-patients", Uuid::make().str());
    response.body = "secret";
    respond(std::move(response));
  };
  const auto refused = get("/v1/patients", claims(auth::Role::nurse));
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, HasSubstr("audit-unavailable"));
  EXPECT_EQ(refused.body.find("secret"), std::string::npos);
}

}  // namespace ambula::edge::edge_test

#include "dispatch.hpp"

#include <atomic>
#include <future>

#include <ambula/json/json.hpp>
#include <ambula/testing/postgres.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

// From the I/O thread to a worker and back: what waits for a projection holds no worker, and what
// is too much is refused at once (docs/architecture.md, "Events").
namespace ambula::service::dispatch_test {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

testing::Postgres& postgres() {
  static testing::Postgres instance("service");
  return instance;
}

db::Options options() {
  return {.url = postgres().url(), .application_name = "test", .schema = "service"};
}

auth::Verifier verifier() {
  const auto signer = auth::Signer::from_pem(auth::Signer::generate_pem());
  return *auth::Verifier::from_jwks(R"({"keys":[)" + signer->public_jwk() + "]}");
}

// Whatever is asked for is another facility's.
constexpr db::Statement elsewhere{"elsewhere",
                                  "SELECT $1::text IS NOT NULL OR $2::text IS NULL AS elsewhere"};

class Dispatch : public ::testing::Test {
 protected:
  /// What is known of the neighbour's record that every request names.
  std::atomic<bool> known{false};
  std::atomic<int> runs{0};
  Uuid named = Uuid::make();
  std::promise<void> opened;
  std::shared_future<void> gate = opened.get_future().share();

  std::vector<Route> routes() {
    const auto anyone = auth::Permission::anyone;
    return {{http::Method::post, "/v1/visits", anyone,
             [this](Call& call) -> Result<Answer> {
               ++runs;
               if (!known) return call.unknown("patient", named);
               return created("/v1/visits/1", "{}");
             }},
            {http::Method::get, "/v1/calm", anyone,
             [](Call&) -> Result<Answer> { return ok("{}", 7); }},
            {http::Method::put, "/v1/calm", anyone,
             [](Call& call) -> Result<Answer> {
               if (auto current = call.check_version(7); !current) return current.error();
               return ok("{}", 8);
             }},
            {http::Method::get, "/v1/slow", anyone,
             [this](Call&) -> Result<Answer> {
               gate.wait();
               return ok("{}");
             }},
            {http::Method::get, "/v1/broken", anyone,
             [](Call&) -> Result<Answer> { throw std::runtime_error("Asha Rao"); }},
            {http::Method::get, "/v1/patients", auth::Permission::patient_read,
             [](Call&) -> Result<Answer> { return ok("{}"); }}};
  }

  void start(std::size_t queue_max = 1000, const db::Statement* statement = nullptr) {
    workers = std::make_unique<Workers>(1, queue_max, options());
    dispatcher =
        std::make_unique<Dispatcher>(DispatchEnvironment{.loop = loop,
                                                         .workers = *workers,
                                                         .verifier = keys,
                                                         .clock = system_now,
                                                         .committed = [] {},
                                                         .projection_lag = [] { return 0ms; },
                                                         .elsewhere_statement = statement},
                                     routes());
    loop.start();
  }
  void TearDown() override {
    try {
      opened.set_value();
    } catch (const std::future_error&) {  // opened by the test already
    }
    workers->stop();
    loop.stop();
  }

  std::future<http::Response> ask(
      http::Method method, const std::string& path,
      const std::vector<std::pair<std::string, std::string>>& headers = {},
      const std::string& body = "") {
    auto request = std::make_shared<http::Request>();
    request->method = method;
    request->path = path;
    for (const auto& [name, value] : headers)
      request->headers.add(name, value);
    request->body = body;
    request->deadline = steady_clock::now() + 10s;
    auto answered = std::make_shared<std::promise<http::Response>>();
    auto answer = answered->get_future();
    loop.post([this, request, answered] {
      dispatcher->dispatch(request,
                           [answered](http::Response r) { answered->set_value(std::move(r)); });
    });
    return answer;
  }
  static std::string code_of(std::future<http::Response>& answer) {
    return json::parse(answer.get().body)->at("code").get<std::string>();
  }
  static bool is_there(std::future<http::Response>& answer, std::chrono::milliseconds within) {
    return answer.wait_for(within) == std::future_status::ready;
  }

  auth::Verifier keys = verifier();
  http::Loop loop;
  std::unique_ptr<Workers> workers;
  std::unique_ptr<Dispatcher> dispatcher;
};

TEST_F(Dispatch, WhatWaitsForAProjectionHoldsNoWorkerAndIsRunAgain) {
  start();
  std::vector<std::future<http::Response>> waiting;
  for (int i = 0; i < 20; ++i)
    waiting.push_back(ask(http::Method::post, "/v1/visits"));
  auto calm = ask(http::Method::get, "/v1/calm");
  ASSERT_TRUE(is_there(calm, 10s)) << "the one worker is free";
  EXPECT_EQ(calm.get().status, 200);
  EXPECT_FALSE(is_there(waiting[0], 0ms));
  known = true;
  dispatcher->projection_moved();
  for (auto& one : waiting) {
    ASSERT_TRUE(is_there(one, 10s));
    EXPECT_EQ(one.get().status, 201);
  }
  EXPECT_GE(runs, 40);
}

TEST_F(Dispatch, NothingWaitsForLongAndNotTooManyWait) {
  start();
  std::vector<std::future<http::Response>> waiting;
  for (int i = 0; i < 64; ++i)
    waiting.push_back(ask(http::Method::post, "/v1/visits"));
  // All 64 are parked at once only between two checks: the 65th is refused in one of the rounds.
  const auto begun = steady_clock::now();
  auto one_more = ask(http::Method::post, "/v1/visits");
  for (auto& one : waiting)
    EXPECT_EQ(code_of(one), "projection-behind");
  EXPECT_EQ(code_of(one_more), "projection-behind");
  const auto took = steady_clock::now() - begun;
  EXPECT_GE(took, 1500ms) << "each waits its two seconds";
  EXPECT_LT(took, 10s);
}

TEST_F(Dispatch, ARecordOfAnotherFacilityWillNeverArrive) {
  start(1000, &elsewhere);
  auto foreign = ask(http::Method::post, "/v1/visits");
  ASSERT_TRUE(is_there(foreign, 10s)) << "though its id is young";
  EXPECT_EQ(code_of(foreign), "patient-not-found");
  EXPECT_EQ(runs, 1);
}

TEST_F(Dispatch, WhatIsTooMuchIsRefusedAtOnce) {
  start(2);
  auto busy = ask(http::Method::get, "/v1/slow");
  while (workers->busy() == 0)
    std::this_thread::yield();
  auto first = ask(http::Method::get, "/v1/calm");
  auto second = ask(http::Method::get, "/v1/calm");
  auto third = ask(http::Method::get, "/v1/calm");
  ASSERT_TRUE(is_there(third, 10s));
  const auto refused = third.get();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(json::parse(refused.body)->at("code"), "overloaded");
  EXPECT_TRUE(refused.headers.get("retry-after"));
  opened.set_value();
  EXPECT_EQ(first.get().status, 200);
  EXPECT_EQ(second.get().status, 200);
  EXPECT_EQ(busy.get().status, 200);
}

TEST_F(Dispatch, PathsMethodsTypesTokensAndVersionsAreCheckedBeforeAHandler) {
  start();
  auto nowhere = ask(http::Method::get, "/v1/nowhere");
  EXPECT_EQ(nowhere.get().status, 404);
  auto method = ask(http::Method::delete_, "/v1/calm");
  const auto refused = method.get();
  EXPECT_EQ(refused.status, 405);
  EXPECT_THAT(std::string(*refused.headers.get("allow")), ::testing::HasSubstr("PUT"));
  auto type = ask(http::Method::post, "/v1/visits", {{"content-type", "text/plain"}}, "x");
  EXPECT_EQ(type.get().status, 415);
  auto blind = ask(http::Method::put, "/v1/calm", {{"content-type", "application/json"}}, "{}");
  EXPECT_EQ(blind.get().status, 428);
  auto stale = ask(http::Method::put, "/v1/calm",
                   {{"content-type", "application/json"}, {"if-match", "\"v6\""}}, "{}");
  const auto version = stale.get();
  EXPECT_EQ(version.status, 412);
  EXPECT_EQ(version.headers.get("etag"), "\"v7\"") << "what to read anew";
  auto good = ask(http::Method::put, "/v1/calm",
                  {{"content-type", "application/json"}, {"if-match", "\"v7\""}}, "{}");
  EXPECT_EQ(good.get().headers.get("etag"), "\"v8\"");
  auto same = ask(http::Method::get, "/v1/calm", {{"if-none-match", "\"v7\""}});
  EXPECT_EQ(same.get().status, 304);
  auto stranger = ask(http::Method::get, "/v1/patients");
  EXPECT_EQ(stranger.get().status, 401);
  EXPECT_EQ(runs, 0);
}

TEST_F(Dispatch, WhatAHandlerThrowsStaysHere) {  // AUD-2
  start();
  auto broken = ask(http::Method::get, "/v1/broken");
  const auto answer = broken.get();
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.body, ::testing::Not(::testing::HasSubstr("Asha")));
}

}  // namespace ambula::service::dispatch_test

#include <set>

#include <gtest/gtest.h>

#include "client_address.hpp"
#include "cors.hpp"
#include "headers.hpp"
#include "routes.hpp"
#include "settings.hpp"

// What passes, and what does not: fields by allow-list, addresses by trust, origins by list
// [ID-2, ID-13].
namespace ambula::edge::fields_test {

TEST(UpstreamFields, AreThoseOfTheListOnly) {
  http::Headers sent;
  for (const auto* name :
       {"Authorization", "Content-Type", "If-Match", "Idempotency-Key", "Ambula-Facility",
        "Last-Event-ID", "Accept", "If-None-Match", "Accept-Language"}) {
    sent.add(name, "kept");
  }
  for (const auto* name :
       {"Cookie", "Host", "Connection", "Transfer-Encoding", "Content-Length", "X-Forwarded-For",
        "Ambula-Patients", "Ambula-Deadline-Ms", "X-Request-Id", "Traceparent", "Te", "Upgrade"}) {
    sent.add(name, "dropped");
  }
  const auto passed = upstream_fields(sent);
  EXPECT_EQ(passed.all().size(), 9U);
  for (const auto& [name, value] : passed.all())
    EXPECT_EQ(value, "kept") << name;
}

TEST(OutgoingFields, NeverCarryInternalOnes) {
  http::Headers answer;
  for (const auto* name : {"content-type", "etag", "location", "retry-after", "set-cookie",
                           "ambula-patients", "ambula-changed", "ambula-facilities", "server"}) {
    answer.add(name, "x");
  }
  const auto outside = outgoing_fields(answer, false);
  EXPECT_EQ(outside.all().size(), 4U);
  EXPECT_FALSE(outside.get("set-cookie"));
  EXPECT_FALSE(outside.get("ambula-patients"));
  EXPECT_TRUE(outgoing_fields(answer, true).get("set-cookie"));
  EXPECT_FALSE(outgoing_fields(answer, true).get("ambula-facilities"));
}

TEST(UpstreamTarget, IsEncodedAnew) {
  http::Request request;
  request.path = "/v1/patients/a b/../%";
  request.raw_query = "q=%20";
  EXPECT_EQ(upstream_target(request), "/v1/patients/a%20b/../%25?q=%20");
}

TEST(RequestId, IsTheClientsWhenItIsPlain) {
  http::Request request;
  request.headers.add("x-request-id", "client-id.0001");
  EXPECT_EQ(request_id_of(request), "client-id.0001");
  for (const auto* odd : {"", "with space in it", "quote\"quote"}) {
    request.headers.set("x-request-id", odd);
    EXPECT_NE(request_id_of(request), odd);
    EXPECT_EQ(request_id_of(request).size(), 36U);
  }
}

TEST(ClientAddress, BelievesOurOwnProxiesOnly) {
  const std::vector<Network> proxies{*parse_network("10.0.0.0/8"), *parse_network("::1")};
  EXPECT_EQ(client_address("192.0.2.1", {"198.51.100.9"}, proxies), "192.0.2.1");
  EXPECT_EQ(client_address("10.1.2.3", {"198.51.100.9"}, proxies), "198.51.100.9");
  EXPECT_EQ(client_address("::1", {"203.0.113.5, 198.51.100.9, 10.9.9.9"}, proxies),
            "198.51.100.9");
  // What a client writes itself stands before what our proxy wrote.
  EXPECT_EQ(client_address("10.1.2.3", {"1.2.3.4", "198.51.100.9"}, proxies), "198.51.100.9");
  EXPECT_EQ(client_address("10.1.2.3", {"garbage"}, proxies), "10.1.2.3");
  EXPECT_EQ(client_address("10.1.2.3", {}, proxies), "10.1.2.3");
  EXPECT_EQ(client_address("10.1.2.3", {"198.51.100.9"}, {}), "10.1.2.3");
}

TEST(Networks, AreReadStrictly) {
  EXPECT_TRUE(parse_network("2001:db8::/32")->contains("2001:db8:ffff::1"));
  EXPECT_FALSE(parse_network("2001:db8::/32")->contains("2001:db9::1"));
  EXPECT_TRUE(parse_network("0.0.0.0/0")->contains("192.0.2.1"));
  EXPECT_FALSE(parse_network("0.0.0.0/0")->contains("2001:db8::1"));
  for (const auto* bad : {"", "10.0.0.0/33", "10.0.0/8", "::/129", "host/8", "10.0.0.0/-1"}) {
    EXPECT_FALSE(parse_network(bad)) << bad;
  }
}

TEST(Cors, AllowsExactlyTheListedOrigins) {
  const std::vector<std::string> origins{"https://console.example"};
  EXPECT_TRUE(allows_origin(origins, "https://console.example"));
  for (const auto* other : {"", "null", "http://console.example", "https://console.example.evil",
                            "https://evil.console.example", "*"}) {
    EXPECT_FALSE(allows_origin(origins, other)) << other;
  }
  EXPECT_FALSE(allows_origin({}, "https://console.example"));
}

TEST(Upstreams, AreReadFromTheirAddresses) {
  EXPECT_EQ(parse_upstream("http://127.0.0.1:8081")->port, "8081");
  EXPECT_EQ(parse_upstream("http://[::1]:8081/")->host, "::1");
  EXPECT_EQ(parse_upstream("http://patient")->port, "80");
  for (const auto* bad : {"https://x:1", "patient:1", "http://", "http://x:0", "http://x:1/path"}) {
    EXPECT_FALSE(parse_upstream(bad)) << bad;
  }
}

TEST(Routes, StandOnceAndAreToldAsJson) {
  std::set<std::pair<http::Method, std::string_view>> seen;
  for (const auto& route : routes()) {
    EXPECT_TRUE(seen.emplace(route.method, route.path).second) << route.path;
    EXPECT_TRUE(route.path.starts_with("/v1/")) << route.path;
  }
  const auto json = routes_json();
  EXPECT_NE(json.find(R"({"method":"POST","path":"/v1/auth/sign-in","permission":"anyone")"),
            std::string::npos);
}

TEST(Routes, OpenToAnybodyAreTheFewOfTheApi) {
  // api.md, "nobody signed in".
  const std::set<std::string_view> open{
      "/v1/auth/sign-in",           "/v1/auth/refresh",       "/v1/auth/register",
      "/v1/auth/verify-email",      "/v1/auth/accept-invite", "/v1/auth/forgot-password",
      "/v1/auth/reset-password",    "/v1/facilities",         "/v1/board/{board_token}",
      "/v1/track/{tracking_token}", "/v1/unsubscribe/{token}"};
  for (const auto& route : routes()) {
    if (route.permission == auth::Permission::anyone) {
      EXPECT_TRUE(open.contains(route.path)) << route.path;
    }
  }
}

}  // namespace ambula::edge::fields_test

#include "router.hpp"

#include <gtest/gtest.h>

namespace ambula::http::router_test {
namespace {

using Params = std::vector<std::pair<std::string, std::string>>;

Router clinic() {
  Router router;
  router.add(Method::get, "/", 0);
  router.add(Method::get, "/v1/appointments", 1);
  router.add(Method::post, "/v1/appointments", 2);
  router.add(Method::get, "/v1/appointments/{id}", 3);
  router.add(Method::post, "/v1/appointments/{id}/cancel", 4);
  router.add(Method::get, "/v1/appointments/today", 5);
  router.add(Method::patch, "/v1/appointments/{appointment}", 6);
  router.add(Method::get, "/v1/{kind}/{id}/history", 7);
  router.add(Method::options, "/v1/appointments", 8);
  return router;
}

TEST(Router, FindsLiteralsBeforeParameters) {
  const Router router = clinic();
  EXPECT_EQ(router.match(Method::get, "/").route, 0U);
  EXPECT_EQ(router.match(Method::get, "/v1/appointments").route, 1U);
  EXPECT_EQ(router.match(Method::post, "/v1/appointments").route, 2U);
  EXPECT_EQ(router.match(Method::get, "/v1/appointments/today").route, 5U);
  const auto one = router.match(Method::get, "/v1/appointments/a b");
  EXPECT_EQ(one.route, 3U);
  EXPECT_EQ(one.params, (Params{{"id", "a b"}}));
  const auto cancel = router.match(Method::post, "/v1/appointments/7/cancel");
  EXPECT_EQ(cancel.route, 4U);
  EXPECT_EQ(cancel.params, (Params{{"id", "7"}}));
}

TEST(Router, NamesParametersAsEachRouteDoes) {
  EXPECT_EQ(clinic().match(Method::patch, "/v1/appointments/7").params,
            (Params{{"appointment", "7"}}));
}

TEST(Router, TriesTheParameterWhenTheLiteralLeadsNowhere) {
  const auto match = clinic().match(Method::get, "/v1/appointments/7/history");
  EXPECT_EQ(match.route, 7U);
  EXPECT_EQ(match.params, (Params{{"kind", "appointments"}, {"id", "7"}}));
}

TEST(Router, KnowsNoOtherPaths) {
  const Router router = clinic();
  for (const char* path : {"", "/v", "/v1", "/v1/", "/v1/appointments/", "/v1/appointments/7/",
                           "/v1/appointments//cancel", "/v1/appointments/7/cancel/x",
                           "v1/appointments", "/V1/appointments"}) {
    const auto match = router.match(Method::get, path);
    EXPECT_FALSE(match.route) << path;
    EXPECT_EQ(match.allow, "") << path;
  }
}

TEST(Router, HeadFallsBackToGet) {
  EXPECT_EQ(clinic().match(Method::head, "/v1/appointments").route, 1U);
}

TEST(Router, TellsWhatIsAllowed) {
  const auto match = clinic().match(Method::put, "/v1/appointments");
  EXPECT_FALSE(match.route);
  EXPECT_EQ(match.allow, "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(clinic().match(Method::head, "/v1/appointments/7/cancel").allow, "POST");
}

TEST(RouterDeath, StopsOnTwoRoutesOfOneShape) {
  Router router = clinic();
  EXPECT_DEATH(router.add(Method::get, "/v1/appointments/{other}", 9), "");
}

TEST(Router, Moves) {
  Router router = clinic();
  Router other = std::move(router);
  EXPECT_EQ(other.match(Method::get, "/").route, 0U);
  Router third;
  third = std::move(other);
  EXPECT_EQ(third.match(Method::get, "/").route, 0U);
}

}  // namespace
}  // namespace ambula::http::router_test

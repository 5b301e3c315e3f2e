#include "problem.hpp"

#include <gtest/gtest.h>

namespace ambula::http::problem_test {
namespace {

TEST(Problem, HasEveryMember_INT_2) {
  Error error = rule_broken("range", "The \"quantity\" is too large.", "/items/0/quantity")
                    .with("unit", "TABLET");
  const Response response =
      problem(error, "/v1/prescriptions/{id}", "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(response.headers.get("content-type"), "application/problem+json");
  EXPECT_EQ(response.headers.get("retry-after"), std::nullopt);
  EXPECT_EQ(
      response.body,
      R"({"type":"urn:ambula:problem:range","title":"Unprocessable Content","status":422,)"
      R"("detail":"The \"quantity\" is too large.","instance":"/v1/prescriptions/{id}","code":"range",)"
      R"("errors":[{"pointer":"/items/0/quantity","rule":"range","detail":"The \"quantity\" is too large."}],)"
      R"("traceId":"0af7651916cd43dd8448eb211c80319c","unit":"TABLET"})");
}

TEST(Problem, LeavesOutWhatIsEmpty) {
  EXPECT_EQ(problem(not_found("doctor")).body,
            R"({"type":"urn:ambula:problem:doctor-not-found","title":"Not Found","status":404,)"
            R"("detail":"There is no such doctor.","code":"doctor-not-found"})");
}

TEST(Problem, EveryKindHasItsStatus_INT_2) {
  const std::vector<std::pair<ErrorKind, int>> kinds{
      {ErrorKind::malformed, 400}, {ErrorKind::unauthenticated, 401},
      {ErrorKind::forbidden, 403}, {ErrorKind::not_found, 404},
      {ErrorKind::conflict, 409},  {ErrorKind::version_mismatch, 412},
      {ErrorKind::too_large, 413}, {ErrorKind::unsupported_media, 415},
      {ErrorKind::rule, 422},      {ErrorKind::precondition_required, 428},
      {ErrorKind::too_many, 429},  {ErrorKind::unavailable, 503},
      {ErrorKind::internal, 500}};
  for (const auto& [kind, status] : kinds) {
    const Response response = problem(Error{kind, "c", "d"});
    EXPECT_EQ(response.status, status);
    EXPECT_EQ(status_of(kind), status);
    EXPECT_NE(reason_phrase(status), "Unknown");
    EXPECT_EQ(response.headers.get("retry-after").has_value(), status == 429 || status == 503);
  }
}

TEST(Headers, AreFoundInLowerCase) {
  Headers headers;
  headers.add("X-One", "1");
  headers.add("x-one", "2");
  EXPECT_EQ(headers.get("x-one"), "1");
  headers.set("X-ONE", "3");
  EXPECT_EQ(headers.all().size(), 1U);
  EXPECT_EQ(headers.get("x-one"), "3");
  headers.remove("X-One");
  EXPECT_EQ(headers.get("x-one"), std::nullopt);
}

TEST(Methods, HaveTheirNames) {
  for (const char* name : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    ASSERT_TRUE(parse_method(name));
    EXPECT_EQ(to_string(*parse_method(name)), name);
  }
  EXPECT_FALSE(parse_method("get"));
}

}  // namespace
}  // namespace ambula::http::problem_test

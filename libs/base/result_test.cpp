#include <memory>
#include <string>

#include <ambula/base/result.hpp>
#include <gtest/gtest.h>

namespace result_test {

using ambula::Error;
using ambula::ErrorKind;
using ambula::Result;

Result<std::string> greet(bool happy) {
  if (!happy) return ambula::conflict("not-happy", "Not today.");
  return std::string("hello");
}

TEST(ResultValue, HoldsAValueOrAnError) {
  const auto good = greet(true);
  ASSERT_TRUE(good);
  EXPECT_EQ(*good, "hello");
  EXPECT_EQ(good->size(), 5U);
  const auto bad = greet(false);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, "not-happy");
  EXPECT_EQ(bad.error().kind, ErrorKind::conflict);
}

TEST(ResultValue, MovesItsValueOut) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(7));
  EXPECT_EQ(*std::move(result).value(), 7);
}

TEST(ResultValue, VoidIsSuccessUnlessAnError) {
  EXPECT_TRUE(Result<void>());
  EXPECT_FALSE(Result<void>(ambula::not_found("patient")));
}

TEST(ResultValue, TheWrongQuestionStopsTheProcess) {
  EXPECT_DEATH((void)greet(false).value(), "check failed");
  EXPECT_DEATH((void)greet(true).error(), "check failed");
  EXPECT_DEATH((void)Result<void>().error(), "check failed");
}

TEST(ErrorValue, NamesWhatIsMissingAndWhatIsRefused) {
  EXPECT_EQ(ambula::not_found("patient").code, "patient-not-found");
  EXPECT_EQ(ambula::not_found("patient").kind, ErrorKind::not_found);
  const auto refused = ambula::illegal_transition("CANCELLED", "complete");
  EXPECT_EQ(refused.code, "illegal-transition");
  ASSERT_EQ(refused.members.size(), 2U);
  EXPECT_EQ(refused.members[0], (std::pair<std::string, std::string>("from", "\"CANCELLED\"")));
  EXPECT_EQ(refused.members[1], (std::pair<std::string, std::string>("command", "\"complete\"")));
  const auto rule = ambula::rule_broken("too-early", "Too early.", "/starts_at");
  EXPECT_EQ(rule.kind, ErrorKind::rule);
  ASSERT_EQ(rule.fields.size(), 1U);
  EXPECT_EQ(rule.fields[0].pointer, "/starts_at");
  EXPECT_TRUE(ambula::rule_broken("too-early", "Too early.").fields.empty());
}

}  // namespace result_test

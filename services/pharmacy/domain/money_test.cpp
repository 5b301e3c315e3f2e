#include "money.hpp"

#include <gtest/gtest.h>

namespace ambula::pharmacy::domain::money_test {

TEST(Money, IsMultipliedAndAddedExactly) {  // INV-4
  EXPECT_EQ(times({"0.10", "EUR"}, 3).amount, "0.30");
  EXPECT_EQ(times({"12.5", "EUR"}, 1).amount, "12.50");
  EXPECT_EQ(times({"7", "EUR"}, 2).amount, "14.00");
  EXPECT_EQ(times({"999999999.99", "EUR"}, 1'000'000).amount, "999999999990000.00");
  EXPECT_EQ(sum({"0.07", "EUR"}, {"0.05", "EUR"})->amount, "0.12");
  EXPECT_FALSE(sum({"1", "EUR"}, {"1", "INR"}));
}

TEST(Money, IsTextWithAtMostTwoPlaces) {
  for (const auto* good : {"0", "12", "12.5", "12.50", "999999999.99"})
    EXPECT_TRUE(is_amount(good)) << good;
  for (const auto* bad : {"", ".", "1.", ".5", "-1", "+1", "1.555", "1e3", "1,5", "1234567890"})
    EXPECT_FALSE(is_amount(bad)) << bad;
}

}  // namespace ambula::pharmacy::domain::money_test

#include <ambula/base/uuid.hpp>
#include <ambula/http/network.hpp>
#include <gtest/gtest.h>

#include "breaker.hpp"
#include "rate_limits.hpp"

#include <rapidcheck/gtest.h>

// How much anybody may ask, and when a service is not asked any more [ID-13].
namespace ambula::edge::limits_test {

using namespace std::chrono_literals;

const TokenBucket::Time begun{1h};
constexpr BucketLimits slow{.per_second = 2, .burst = 5};

TEST(TokenBucket, SpendsItsBurstAndFillsUpAgain) {
  TokenBucket bucket(slow, begun);
  for (int i = 0; i < 5; ++i)
    EXPECT_TRUE(bucket.take(slow, begun)) << i;
  EXPECT_FALSE(bucket.take(slow, begun));
  EXPECT_EQ(bucket.wait_s(slow), 1);
  EXPECT_FALSE(bucket.take(slow, begun + 499ms));
  EXPECT_TRUE(bucket.take(slow, begun + 501ms));
  EXPECT_FALSE(bucket.full(slow, begun + 1s));
  EXPECT_TRUE(bucket.full(slow, begun + 1h));
  EXPECT_EQ(bucket.remaining(), 5);
}

TEST(TokenBucket, IsNotFooledByAClockThatGoesBack) {
  TokenBucket bucket(slow, begun);
  EXPECT_TRUE(bucket.take(slow, begun));
  EXPECT_FALSE(bucket.full(slow, begun - 1h));
}

RC_GTEST_PROP(TokenBucket, NeverGivesMoreThanBurstAndRate, ()) {
  const auto gaps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 700));
  TokenBucket bucket(slow, begun);
  auto now = begun;
  int taken = 0;
  for (const int gap : gaps) {
    now += std::chrono::milliseconds(gap);
    if (bucket.take(slow, now)) ++taken;
  }
  const auto seconds = std::chrono::duration<double>(now - begun).count();
  RC_ASSERT(taken <= slow.burst + seconds * slow.per_second + 1e-6);
}

TEST(RateLimits, CountAccountsAndAddressesApart) {
  RateLimits limits(1);
  const auto account = Uuid::make();
  EXPECT_EQ(limits.account(account, begun), limits.account(account, begun));
  EXPECT_NE(limits.account(account, begun), limits.account(Uuid::make(), begun));
  EXPECT_EQ(limits.address("192.0.2.1", begun), limits.address("192.0.2.1", begun));
  EXPECT_NE(limits.address("192.0.2.1", begun), limits.address("192.0.2.2", begun));
  EXPECT_EQ(limits.account_limits().burst, 300);
  EXPECT_EQ(limits.address_limits().per_second, 20);
}

TEST(RateLimits, TakeAnIpv6NetworkForOneAddress) {
  EXPECT_EQ(http::network_of("2001:db8:1:2::1"), http::network_of("2001:db8:1:2:ffff::9"));
  EXPECT_NE(http::network_of("2001:db8:1:2::1"), http::network_of("2001:db8:1:3::1"));
  EXPECT_EQ(http::network_of("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(http::network_of("::ffff:192.0.2.1"), "192.0.2.1") << "not one bucket for all of IPv4";
}

TEST(RateLimits, AreScaledAndTurnedOff) {
  EXPECT_TRUE(RateLimits(0).off());
  EXPECT_EQ(RateLimits(10).account_limits().per_second, 1000);
}

TEST(RateLimits, StayBoundedUnderAFlood) {
  RateLimits limits(1);
  for (int i = 0; i < 60'000; ++i) {
    limits.address("10." + std::to_string(i / 65536) + "." + std::to_string(i / 256 % 256) + "." +
                       std::to_string(i % 256),
                   begun);
  }
  EXPECT_LE(limits.size(), 50'000U);
}

TEST(Breaker, OpensAfterFailuresInARow) {
  Breaker breaker({.failures_to_open = 3, .first_pause = 1s, .longest_pause = 4s});
  for (int i = 0; i < 2; ++i)
    breaker.failed(begun);
  breaker.succeeded();
  for (int i = 0; i < 2; ++i)
    breaker.failed(begun);
  EXPECT_TRUE(breaker.allow(begun));
  breaker.failed(begun);
  EXPECT_FALSE(breaker.allow(begun + 999ms));
}

TEST(Breaker, LetsOneThroughToSee) {
  Breaker breaker({.failures_to_open = 1, .first_pause = 1s, .longest_pause = 4s});
  breaker.failed(begun);
  EXPECT_TRUE(breaker.allow(begun + 1s));
  EXPECT_EQ(breaker.state(), Breaker::State::half_open);
  EXPECT_FALSE(breaker.allow(begun + 1s));
  breaker.failed(begun + 1s);  // twice the pause
  EXPECT_FALSE(breaker.allow(begun + 2900ms));
  EXPECT_TRUE(breaker.allow(begun + 3s));
  breaker.succeeded();
  EXPECT_EQ(breaker.state(), Breaker::State::closed);
  EXPECT_TRUE(breaker.allow(begun + 3s));
}

TEST(Breaker, PausesNoLongerThanItsLongest) {
  Breaker breaker({.failures_to_open = 1, .first_pause = 1s, .longest_pause = 4s});
  auto now = begun;
  for (int i = 0; i < 10; ++i) {
    breaker.failed(now);
    now += 4s;
    EXPECT_TRUE(breaker.allow(now)) << i;
  }
}

}  // namespace ambula::edge::limits_test

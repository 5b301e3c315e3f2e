#include "backoff.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

// Guessing slows down the one who guesses, and nobody else [ID-7].
namespace ambula::identity::domain::backoff_test {

using namespace std::chrono_literals;

const Instant begun{std::chrono::hours(500'000)};
constexpr auto attacker = "192.0.2.66";
constexpr auto clinic = "198.51.100.7";

/// Tries until one is refused; how many were heard.
int tries_heard(Backoff& backoff, std::string_view account, std::string_view address, Instant at,
                int tries) {
  int heard = 0;
  for (int i = 0; i < tries; ++i) {
    if (!backoff.attempt(account, address, at)) ++heard;
  }
  return heard;
}

TEST(Backoff, HearsFiveTriesAndThenWaits) {
  Backoff backoff{{}};
  EXPECT_EQ(tries_heard(backoff, "doc001", attacker, begun, 50), 5);
  const auto wait = backoff.attempt("doc001", attacker, begun);
  ASSERT_TRUE(wait);
  EXPECT_EQ(*wait, 15s);
}

TEST(Backoff, CannotLockADoctorOut) {
  Backoff backoff{{}};
  tries_heard(backoff, "doc001", attacker, begun, 100'000);
  EXPECT_FALSE(backoff.attempt("doc001", clinic, begun));
  // Nor a colleague at the same address.
  EXPECT_FALSE(backoff.attempt("doc002", attacker, begun));
}

TEST(Backoff, DoublesWithEachFurtherTryUpToAQuarterOfAnHour) {
  Backoff backoff{{}};
  tries_heard(backoff, "doc001", attacker, begun, 5);
  auto now = begun;
  std::chrono::seconds before{0};
  for (int i = 0; i < 12; ++i) {
    const auto wait = backoff.attempt("doc001", attacker, now);
    ASSERT_TRUE(wait);
    EXPECT_GE(*wait, before);
    EXPECT_LE(*wait, 15min);
    before = *wait;
    now += *wait;
    EXPECT_FALSE(backoff.attempt("doc001", attacker, now));  // heard once, and then longer
  }
  EXPECT_EQ(before, 15min);
}

TEST(Backoff, TheRightPasswordForgives) {
  Backoff backoff{{}};
  tries_heard(backoff, "doc001", clinic, begun, 4);
  backoff.succeeded("doc001", clinic);
  EXPECT_EQ(tries_heard(backoff, "doc001", clinic, begun, 10), 5);
}

TEST(Backoff, SlowTriesArePeople) {
  Backoff backoff{{}};
  auto now = begun;
  for (int i = 0; i < 20; ++i) {
    EXPECT_FALSE(backoff.attempt("doc001", clinic, now)) << i;
    now += 61s;
  }
}

TEST(Backoff, KeepsItsSizeUnderAFloodOfNames) {
  Backoff backoff{{.entries_max = 100}};
  for (int i = 0; i < 1000; ++i)
    (void)backoff.attempt("name" + std::to_string(i), attacker, begun);
  EXPECT_LE(backoff.size(), 100U);
}

TEST(Backoff, CanBeTurnedOff) {
  Backoff backoff{{.free_tries = 0}};
  EXPECT_EQ(tries_heard(backoff, "doc001", attacker, begun, 1000), 1000);
  EXPECT_EQ(backoff.size(), 0U);
}

RC_GTEST_PROP(Backoff, NoAddressTouchesAnother, ()) {
  Backoff backoff{{}};
  const auto tries = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 4));
  for (const int address : tries) {
    (void)backoff.attempt("doc001", "10.0.0." + std::to_string(address), begun);
  }
  RC_ASSERT(!backoff.attempt("doc001", clinic, begun));
}

}  // namespace ambula::identity::domain::backoff_test

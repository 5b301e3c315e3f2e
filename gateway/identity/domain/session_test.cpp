#include "session.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

// Refresh tokens: used once, repeated within the grace, never again [ID-1, ID-13].
namespace ambula::identity::domain::session_test {

using namespace std::chrono_literals;

const Instant begun{std::chrono::hours(500'000)};
const SessionLimits limits{};

Session session(std::int64_t generation, Instant rotated_at = begun) {
  return {.id = Uuid::make(),
          .account_id = Uuid::make(),
          .generation = generation,
          .created_at = begun,
          .rotated_at = rotated_at,
          .ended_at = {},
          .cookie = false};
}

TEST(Refresh, ThePresentTokenRotates) {
  EXPECT_EQ(decide_refresh(session(1), 1, limits, begun + 1s), Refresh::rotate);
  EXPECT_EQ(decide_refresh(session(7), 7, limits, begun + 1s), Refresh::rotate);
}

TEST(Refresh, TheTokenBeforeIsRepeatedForTenSeconds) {
  EXPECT_EQ(decide_refresh(session(3), 2, limits, begun + 10s), Refresh::repeat);
  EXPECT_EQ(decide_refresh(session(3), 2, limits, begun + 10s + 1us), Refresh::reuse);
}

TEST(Refresh, AnOlderTokenIsSomebodyElses) {
  EXPECT_EQ(decide_refresh(session(3), 1, limits, begun + 1s), Refresh::reuse);
}

TEST(Refresh, ATokenThatWasNeverGivenOutIsRefused) {
  for (const std::int64_t generation : {0, -1, 4}) {
    EXPECT_EQ(decide_refresh(session(3), generation, limits, begun + 1s), Refresh::refuse);
  }
}

TEST(Refresh, EndsIdleAbsoluteAndEndedSessions) {
  EXPECT_EQ(decide_refresh(session(1), 1, limits, begun + limits.idle), Refresh::refuse);
  EXPECT_EQ(decide_refresh(session(1), 1, limits, begun + limits.idle - 1us), Refresh::rotate);
  const auto busy = session(9, begun + limits.absolute - 1s);
  EXPECT_EQ(decide_refresh(busy, 9, limits, begun + limits.absolute), Refresh::refuse);
  auto ended = session(1);
  ended.ended_at = begun;
  EXPECT_EQ(decide_refresh(ended, 1, limits, begun + 1s), Refresh::refuse);
  // A replayed token of an ended family is nothing new.
  EXPECT_EQ(decide_refresh(ended, 0, limits, begun + 1s), Refresh::refuse);
}

RC_GTEST_PROP(Refresh, OnlyOneGenerationEverRotates, ()) {
  const auto present = *rc::gen::inRange<std::int64_t>(1, 50);
  const auto asked = *rc::gen::inRange<std::int64_t>(-2, 55);
  const auto after = std::chrono::seconds(*rc::gen::inRange(0, 100));
  const auto decision = decide_refresh(session(present), asked, limits, begun + after);
  RC_ASSERT((decision == Refresh::rotate) == (asked == present));
  RC_ASSERT((decision == Refresh::repeat) == (asked == present - 1 && asked >= 1 && after <= 10s));
}

}  // namespace ambula::identity::domain::session_test

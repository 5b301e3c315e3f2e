#include "streams.hpp"

#include <gtest/gtest.h>

// Live views end with their sign-in, and are shared out [ID-3, ID-13, QUE-8].
namespace ambula::edge::streams_test {

using namespace std::chrono_literals;

const Instant now{std::chrono::hours(500'000)};

auth::Claims signed_in() {
  auth::Claims made;
  made.account_id = Uuid::make();
  made.session_id = Uuid::make();
  made.issued_at = now;
  made.expires_at = now + 5min;
  return made;
}

std::shared_ptr<http::Channel> channel() {
  return std::make_shared<http::Channel>(1024);
}

TEST(Streams, AreCutWithTheSignInTheyWereOpenedUnder) {
  Streams streams(2h, true);
  const auto ended = signed_in();
  const auto other = signed_in();
  const auto stream = channel();
  const auto other_stream = channel();
  const auto board = channel();
  ASSERT_TRUE(streams.open(&ended, "192.0.2.1", stream));
  ASSERT_TRUE(streams.open(&other, "192.0.2.1", other_stream));
  ASSERT_TRUE(streams.open(nullptr, "192.0.2.1", board));
  streams.cut([&](const auth::Claims& claims) { return claims.session_id == ended.session_id; });
  EXPECT_TRUE(stream->closed());
  EXPECT_FALSE(other_stream->closed());
  EXPECT_FALSE(board->closed());
}

TEST(Streams, EndWhenTheirSignInHasBeenIdleForTooLong) {
  Streams streams(2h, true);
  const auto idle = signed_in();
  auto active = signed_in();
  const auto idle_stream = channel();
  const auto active_stream = channel();
  const auto board = channel();
  ASSERT_TRUE(streams.open(&idle, "192.0.2.1", idle_stream));
  ASSERT_TRUE(streams.open(&active, "192.0.2.1", active_stream));
  ASSERT_TRUE(streams.open(nullptr, "192.0.2.1", board));
  active.issued_at = now + 1h;
  streams.renew(active);
  streams.cut([&](const auth::Claims& claims) {
    EXPECT_EQ(claims.issued_at, now) << "a change of roles in between must still hit it";
    return false;
  });
  streams.cut_idle(now + 2h - 1s);
  EXPECT_FALSE(idle_stream->closed());
  streams.cut_idle(now + 2h);
  EXPECT_TRUE(idle_stream->closed());
  EXPECT_FALSE(active_stream->closed());
  streams.cut_idle(now + 3h);
  EXPECT_TRUE(active_stream->closed());
  EXPECT_FALSE(board->closed()) << "a board on the wall has no sign-in to end with";
}

TEST(Streams, NobodyHasSoManyThatOthersGetNone) {
  Streams streams(2h, true);
  const auto greedy = signed_in();
  const auto other = signed_in();
  std::vector<std::shared_ptr<http::Channel>> kept;
  for (std::size_t i = 0; i < Streams::per_account_max; ++i) {
    kept.push_back(channel());
    ASSERT_TRUE(streams.open(&greedy, "192.0.2.1", kept.back()));
  }
  const auto refused = channel();
  EXPECT_FALSE(streams.open(&greedy, "192.0.2.2", refused));
  EXPECT_FALSE(refused->closed());
  EXPECT_TRUE(streams.open(&other, "192.0.2.1", refused));
  kept.pop_back();
  const auto next = channel();
  EXPECT_TRUE(streams.open(&greedy, "192.0.2.1", next));
}

TEST(Streams, BoardsAreCountedByNetwork) {
  Streams streams(2h, true);
  std::vector<std::shared_ptr<http::Channel>> kept;
  for (std::size_t i = 0; i < Streams::per_network_max; ++i) {
    kept.push_back(channel());
    ASSERT_TRUE(streams.open(nullptr, "2001:db8::" + std::to_string(i), kept.back()));
  }
  const auto next = channel();
  EXPECT_FALSE(streams.open(nullptr, "2001:db8::ffff", next));
  EXPECT_TRUE(streams.open(nullptr, "2001:db8:0:1::1", next));
}

}  // namespace ambula::edge::streams_test

#include "sessions.hpp"

#include <gtest/gtest.h>

// Tokens that were verified once are taken again, until their sign-in ends [ID-1, ID-3].
namespace ambula::edge::sessions_test {

using namespace std::chrono_literals;

const Instant now{std::chrono::hours(500'000)};

std::shared_ptr<Bearer> bearer(Instant issued_at = now) {
  auto made = std::make_shared<Bearer>();
  made->claims.account_id = Uuid::make();
  made->claims.session_id = Uuid::make();
  made->claims.issued_at = issued_at;
  made->claims.expires_at = issued_at + 5min;
  return made;
}

identity::store::Revocation end_of(const Uuid& session) {
  return {.subject = session, .issued_before = Instant::max(), .at = now, .expires_at = now + 6min};
}

TEST(Sessions, FindATokenUntilItExpires) {
  Sessions sessions;
  sessions.remember("token", bearer(), now);
  EXPECT_NE(sessions.find("token", now + 5min - 1us), nullptr);
  EXPECT_EQ(sessions.find("token", now + 5min), nullptr);
  EXPECT_EQ(sessions.find("other", now), nullptr);
}

TEST(Sessions, ForgetTheTokensOfAnEndedSignIn) {
  Sessions sessions;
  const auto ended = bearer();
  const auto other = bearer();
  sessions.remember("ended", ended, now);
  sessions.remember("other", other, now);
  sessions.revoke({end_of(ended->claims.session_id)}, now);
  EXPECT_EQ(sessions.find("ended", now), nullptr);
  EXPECT_NE(sessions.find("other", now), nullptr);
  EXPECT_TRUE(sessions.is_revoked(ended->claims));
}

TEST(Sessions, RefuseTokensFromBeforeAChangeOfRoles) {
  Sessions sessions;
  auto before = bearer(now - 1s);
  auto same_second = bearer(now);
  auto after = bearer(now + 1s);
  same_second->claims.account_id = after->claims.account_id = before->claims.account_id;
  sessions.revoke({{.subject = before->claims.account_id,
                    .issued_before = now + 300ms,
                    .at = now + 300ms,
                    .expires_at = now + 6min}},
                  now);
  EXPECT_TRUE(sessions.is_revoked(before->claims));
  EXPECT_TRUE(sessions.is_revoked(same_second->claims));
  EXPECT_FALSE(sessions.is_revoked(after->claims));
}

TEST(Bearers, ChooseTheFacilityOncePerHeader) {
  auto one = bearer();
  const auto here = Uuid::make();
  one->claims.memberships = {{here, {auth::Role::nurse}}, {Uuid::make(), {auth::Role::doctor}}};
  EXPECT_EQ(one->principal(std::nullopt).error().code, "facility-required");
  EXPECT_EQ(one->principal(Uuid::make().str()).error().code, "not-a-member");
  const auto chosen = one->principal(here.str());
  ASSERT_TRUE(chosen);
  EXPECT_EQ((*chosen)->facility_id, here);
  EXPECT_EQ(one->principal(here.str())->get(), chosen->get());
}

}  // namespace ambula::edge::sessions_test

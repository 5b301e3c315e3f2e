#include <algorithm>
#include <ctime>

#include <ambula/auth/password.hpp>
#include <ambula/json/json.hpp>
#include <ambula/testing/postgres.hpp>

#include "fixture_test.hpp"

// Sign-in, refresh, sign-out, passwords [ID-1, ID-3, ID-7].
namespace ambula::identity::api::sign_in_test {

using namespace std::chrono_literals;
using fixture_test::other_password;
using fixture_test::password;

class SignIn : public fixture_test::Fixture {
 protected:
  std::string refresh_token_of(const Answer& answer) {
    return json::parse(answer.body)->at("refresh_token").get<std::string>();
  }
  std::string refresh_with(const std::string& token) {
    return R"({"refresh_token":")" + token + "\"}";
  }
  void act_as(const domain::Account& account, const Uuid& session_id = Uuid::make()) {
    principal.account_id = account.id;
    principal.session_id = session_id;
    principal.login = account.login;
    principal.facility_id = facility;
    principal.roles = {auth::Role::admin};
  }
};

TEST_F(SignIn, AnswersTokensThatServicesTake) {  // ID-1
  const auto account = add_account("nurse");
  const auto answer = call(sign_in, sign_in_as(account.login, password));
  ASSERT_TRUE(answer);
  const auto body = json::parse(answer->body);
  EXPECT_EQ(body->at("token_type"), "Bearer");
  EXPECT_EQ(body->at("expires_in"), 300);
  EXPECT_EQ(body->at("account").at("login"), account.login);
  const auto verifier = auth::Verifier::from_jwks(auth::make_jwks({context->signer.public_jwk()}));
  const auto claims = verifier->verify(body->at("access_token").get<std::string>(), now);
  ASSERT_TRUE(claims);
  EXPECT_EQ(claims->account_id, account.id);
  const std::vector<auth::Membership> expected{{facility, {auth::Role::nurse}}};
  EXPECT_EQ(claims->memberships, expected);
}

TEST_F(SignIn, TakesTheLoginOrTheAddressInAnyCase) {
  const auto address = fresh_address();
  const auto account = add_account("nurse", address);
  auto loud = address;
  std::ranges::transform(loud, loud.begin(), [](unsigned char c) { return std::toupper(c); });
  for (const auto& login : {account.login, address, loud}) {
    EXPECT_TRUE(call(sign_in, sign_in_as(login, password))) << login;
  }
}

// Strangers who try names from everywhere fill their own lane; who was here before goes ahead.
TEST_F(SignIn, AStormOfStrangersKeepsNobodyOutWhoWasHereBefore) {  // ID-7
  const auto known = add_account("nurse");
  const auto other = add_account("nurse");
  ASSERT_EQ(code_of(sign_in, sign_in_as(known.login, password)), "");
  std::promise<void> storm_over;
  auto over = storm_over.get_future().share();
  std::promise<void> storm_begins;
  ASSERT_TRUE(context->hashing.submit(
      [&] {
        storm_begins.set_value();
        over.wait();
      },
      HashPool::Lane::stranger));
  storm_begins.get_future().wait();
  std::atomic<int> strangers{0};
  for (std::size_t i = 0; i < HashPool::queue_max; ++i)
    ASSERT_TRUE(context->hashing.submit([&] { ++strangers; }, HashPool::Lane::stranger));
  EXPECT_EQ(code_of(sign_in, sign_in_as(other.login, password)), "too-many") << "never seen here";
  auto signed_in = std::async(std::launch::async,
                              [&] { return code_of(sign_in, sign_in_as(known.login, password)); });
  while (!context->hashing.waits(HashPool::Lane::known))
    std::this_thread::yield();
  storm_over.set_value();
  EXPECT_EQ(signed_in.get(), "");
}

TEST_F(SignIn, RefusesUnknownWrongAndDisabledAlike) {  // ID-1
  const auto account = add_account("nurse");
  auto disabled = add_account("nurse");
  ASSERT_TRUE(session.transact([&](db::Transaction& tx) -> Result<bool> {
    disabled.active = false;
    store::save(tx, disabled, std::nullopt, outbox::Events(outbox::Cause{}));
    return true;
  }));
  const auto wrong = call(sign_in, sign_in_as(account.login, other_password)).error();
  const auto unknown = call(sign_in, sign_in_as("nobody-here", password)).error();
  const auto off = call(sign_in, sign_in_as(disabled.login, password)).error();
  EXPECT_EQ(wrong.code, "bad-credentials");
  for (const auto& other : {unknown, off}) {
    EXPECT_EQ(other.kind, wrong.kind);
    EXPECT_EQ(other.code, wrong.code);
    EXPECT_EQ(other.detail, wrong.detail);
    EXPECT_EQ(other.fields, wrong.fields);
  }
}

TEST_F(SignIn, TakesAsLongForAnUnknownNameAsForAWrongPassword) {  // ID-1
  const auto account = add_account("nurse");
  const auto cpu_of = [&](const std::string& login) {
    std::vector<double> times;
    for (int i = 0; i < 9; ++i) {
      request.remote_addr = "192.0.2." + std::to_string(100 + i);
      // What the hashing thread used: the wall clock of a busy machine tells nothing.
      const auto before = std::clock();
      EXPECT_FALSE(call(sign_in, sign_in_as(login, other_password)));
      times.push_back(static_cast<double>(std::clock() - before));
    }
    std::ranges::nth_element(times, times.begin() + 4);
    return times[4];
  };
  (void)auth::dummy_hash();
  const auto wrong = cpu_of(account.login);
  const auto unknown = cpu_of("nobody-at-all");
  EXPECT_LT(unknown, wrong * 1.5);
  EXPECT_GT(unknown, wrong / 1.5);
}

TEST_F(SignIn, IsWrittenDownWhetherItWorksOrNot) {  // AUD-1
  const auto account = add_account("nurse");
  ASSERT_TRUE(call(sign_in, sign_in_as(account.login, password)));
  ASSERT_FALSE(call(sign_in, sign_in_as(account.login, other_password)));
  const auto rows =
      audit::store::list(session, {.actor_id = account.id, .action = "sign_in"}, std::nullopt, 10);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].outcome, audit::outcome_refused);
  EXPECT_EQ(rows[1].outcome, audit::outcome_success);
  EXPECT_EQ(rows[1].facility_id, facility);
  EXPECT_EQ(rows[1].remote_addr, "192.0.2.1");
}

TEST_F(SignIn, SlowsDownWhoGuessesAndNobodyElse) {  // ID-7
  const auto account = add_account("doctor");
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(code_of(sign_in, sign_in_as(account.login, other_password)), "bad-credentials");
  }
  const auto slowed = call(sign_in, sign_in_as(account.login, password));
  ASSERT_TRUE(slowed);
  EXPECT_EQ(slowed->status, 429);
  EXPECT_EQ(slowed->headers.front().first, "retry-after");
  request.remote_addr = "198.51.100.7";
  EXPECT_EQ(code_of(sign_in, sign_in_as(account.login, password)), "");
}

TEST_F(SignIn, RefreshTokensRotateRepeatAndEndTheirFamilyWhenReplayed) {  // ID-1
  const auto account = add_account("nurse");
  const auto first = refresh_token_of(*call(sign_in, sign_in_as(account.login, password)));
  const auto second = refresh_token_of(*call(refresh, refresh_with(first)));
  EXPECT_NE(first, second);
  now += 9s;
  EXPECT_EQ(refresh_token_of(*call(refresh, refresh_with(first))), second);  // the answer was lost
  const auto third = refresh_token_of(*call(refresh, refresh_with(second)));
  now += 11s;
  EXPECT_EQ(code_of(refresh, refresh_with(second)), "bad-credentials");
  // Whoever holds the newest one loses it too.
  EXPECT_EQ(code_of(refresh, refresh_with(third)), "bad-credentials");
  ASSERT_EQ(revoked.size(), 1U);
  EXPECT_EQ(revoked.front().issued_before, Instant::max());
}

TEST_F(SignIn, ForgedRefreshTokensAreRefused) {
  const auto account = add_account("nurse");
  const auto token = refresh_token_of(*call(sign_in, sign_in_as(account.login, password)));
  auto next = token;
  next.replace(next.find('.') + 1, 1, "2");
  for (const auto& forged :
       {next, token + "0", std::string("a.b.c"), Uuid::make().str() + ".1.x"}) {
    EXPECT_EQ(code_of(refresh, refresh_with(forged)), "bad-credentials") << forged;
  }
  EXPECT_EQ(code_of(refresh, refresh_with(token)), "");
}

TEST_F(SignIn, OfABrowserKeepsTheTokenInACookieOfItsOwnPages) {  // ID-13
  const auto account = add_account("nurse");
  const auto answer = call(sign_in, R"({"login":")" + account.login + R"(","password":")" +
                                        password + R"(","session":"cookie"})");
  ASSERT_TRUE(answer);
  EXPECT_FALSE(json::parse(answer->body)->contains("refresh_token"));
  ASSERT_EQ(answer->headers.front().first, "set-cookie");
  const auto cookie = answer->headers.front().second;
  for (const auto* part : {"HttpOnly", "SameSite=Strict", "Path=/v1/auth", "Secure"}) {
    EXPECT_NE(cookie.find(part), std::string::npos) << part;
  }
  request.headers.set("cookie", cookie.substr(0, cookie.find(';')));
  request.headers.set("sec-fetch-site", "cross-site");
  EXPECT_EQ(code_of(refresh, ""), "bad-credentials");
  request.headers.set("sec-fetch-site", "same-origin");
  EXPECT_EQ(code_of(refresh, ""), "");
}

TEST_F(SignIn, EverywhereEndsEverySession) {  // ID-1
  const auto account = add_account("nurse");
  const auto one = refresh_token_of(*call(sign_in, sign_in_as(account.login, password)));
  const auto two = refresh_token_of(*call(sign_in, sign_in_as(account.login, password)));
  act_as(account);
  ASSERT_TRUE(call(sign_out, R"({"everywhere":true})"));
  EXPECT_EQ(revoked.size(), 2U);
  for (const auto& token : {one, two}) {
    EXPECT_EQ(code_of(refresh, refresh_with(token)), "bad-credentials");
  }
}

TEST_F(SignIn, ChangingThePasswordEndsTheOtherSessions) {  // ID-3
  const auto account = add_account("nurse");
  const auto token = refresh_token_of(*call(sign_in, sign_in_as(account.login, password)));
  act_as(account);
  const auto change = [&](const std::string& before, const std::string& after) {
    return R"({"current_password":")" + before + R"(","new_password":")" + after + "\"}";
  };
  EXPECT_EQ(code_of(change_password, change(other_password, "yet-another-pass-phrase")),
            "wrong-password");
  EXPECT_EQ(code_of(change_password, change(password, "password123")), "weak-password");
  EXPECT_EQ(code_of(change_password, change(password, account.login)), "weak-password");
  EXPECT_EQ(code_of(change_password, change(password, other_password)), "");
  EXPECT_EQ(code_of(refresh, refresh_with(token)), "bad-credentials");
  request.remote_addr = "192.0.2.9";
  EXPECT_EQ(code_of(sign_in, sign_in_as(account.login, password)), "bad-credentials");
  EXPECT_EQ(code_of(sign_in, sign_in_as(account.login, other_password)), "");
}

TEST_F(SignIn, AResetPasswordMustBeChangedFirst) {  // ID-3
  const auto account = add_account("nurse");
  act_as(add_account("admin"));
  const auto reset = call(reset_password, "", account.id.str());
  ASSERT_TRUE(reset);
  const auto one_time = json::parse(reset->body)->at("one_time_password").get<std::string>();
  const auto signed_in = call(sign_in, sign_in_as(account.login, one_time));
  ASSERT_TRUE(signed_in);
  EXPECT_EQ(json::parse(signed_in->body)->at("account").at("must_change_password"), true);
  principal.facility_id = Uuid::make();
  EXPECT_EQ(code_of(reset_password, "", account.id.str()), "account-not-found");
}

TEST_F(SignIn, DeactivationEndsSessionsAndHoldsForTheNextRefresh) {  // ID-3, ID-4
  const auto account = add_account("nurse");
  const auto token = refresh_token_of(*call(sign_in, sign_in_as(account.login, password)));
  act_as(add_account("admin"));
  EXPECT_EQ(code_of(deactivate_account, "", account.id.str()), "");
  EXPECT_EQ(revoked.size(), 1U);
  EXPECT_EQ(code_of(deactivate_account, "", account.id.str()), "illegal-transition");
  EXPECT_EQ(code_of(refresh, refresh_with(token)), "bad-credentials");
  EXPECT_EQ(code_of(deactivate_account, "", principal.account_id.str()), "own-account");
  EXPECT_EQ(code_of(reactivate_account, "", account.id.str()), "");
  EXPECT_EQ(code_of(sign_in, sign_in_as(account.login, password)), "");
}

TEST_F(SignIn, ATokenOfTheSameSecondAsAChangeOfRolesIsNotTakenForAnOlderOne) {
  auto account = add_account("nurse");
  EXPECT_EQ(claims_of(account, Uuid::make(), now, now + 5min).issued_at, now);
  account.record.version = 2;
  account.record.updated_at = now + 300ms;
  EXPECT_EQ(claims_of(account, Uuid::make(), now + 400ms, now + 5min).issued_at, now + 1s);
  EXPECT_EQ(claims_of(account, Uuid::make(), now + 1400ms, now + 5min).issued_at, now + 1s);
}

TEST_F(SignIn, ATokenFromBetweenTwoChangesOfOneSecondIsOlderThanTheSecondChange) {  // ID-3
  auto account = add_account("nurse");
  account.record.version = 2;
  account.record.updated_at = domain::changed_at(now - 10s, now + 100ms);
  const auto between = claims_of(account, Uuid::make(), now + 200ms, now + 5min);
  account.record.version = 3;
  account.record.updated_at = domain::changed_at(account.record.updated_at, now + 300ms);
  EXPECT_LE(between.issued_at, account.record.updated_at);
  const auto after = claims_of(account, Uuid::make(), now + 400ms, now + 5min);
  EXPECT_GT(after.issued_at, account.record.updated_at);
}

}  // namespace ambula::identity::api::sign_in_test

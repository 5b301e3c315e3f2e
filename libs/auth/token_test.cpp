#include <atomic>
#include <chrono>
#include <openssl/err.h>
#include <thread>
#include <vector>

#include <ambula/auth/cache.hpp>
#include <ambula/auth/token.hpp>
#include <gtest/gtest.h>

#include "forge_test.hpp"

namespace token_test {

using ambula::Instant;
using ambula::Uuid;
using ambula::auth::Claims;
using ambula::auth::make_jwks;
using ambula::auth::Role;
using ambula::auth::Signer;
using ambula::auth::TokenCache;
using ambula::auth::VerifiedToken;
using ambula::auth::Verifier;
using std::chrono::seconds;

const Instant now{seconds(1'800'000'000)};

Claims doctor(seconds lifetime = seconds(300)) {
  Claims claims;
  claims.account_id = Uuid::make();
  claims.session_id = Uuid::make();
  claims.login = "doc001";
  claims.memberships = {{Uuid::make(), {Role::doctor}}};
  claims.doctor_id = Uuid::make();
  claims.issued_at = now;
  claims.expires_at = now + lifetime;
  return claims;
}

Signer new_signer() {
  return std::move(Signer::from_pem(Signer::generate_pem())).value();
}
Verifier verifier_of(const std::vector<std::string>& keys) {
  return std::move(Verifier::from_jwks(make_jwks(keys))).value();
}
std::string code_of(const ambula::Result<Claims>& result) {
  return result ? "accepted" : result.error().code;
}

TEST(Token, SaysWhatWasSigned) {
  const Signer signer = new_signer();
  const Verifier verifier = verifier_of({signer.public_jwk()});
  Claims all = doctor();
  all.login = "dóctor@example.org \"x\" \\";
  all.memberships = {{std::nullopt, {Role::installation_admin}},
                     {Uuid::make(), {Role::admin, Role::receptionist}},
                     {Uuid::make(), {Role::patient}}};
  all.patient_id = Uuid::make();
  all.must_change_password = true;
  Claims least = doctor();
  least.memberships.clear();
  least.doctor_id.reset();
  for (const Claims& claims : {doctor(), all, least}) {
    const auto read = verifier.verify(signer.sign(claims), now);
    ASSERT_TRUE(read) << read.error().code;
    EXPECT_EQ(*read, claims);
  }
}

TEST(Token, IsSmallAndItsHeaderIsPlain) {
  const Signer signer = new_signer();
  const std::string token = signer.sign(doctor());
  EXPECT_LE(token.size(), 700U);
  EXPECT_EQ(ambula::base64url_decode(token.substr(0, token.find('.'))),
            R"({"alg":"ES256","typ":"at+jwt","kid":")" + signer.kid() + R"("})");
}

TEST(Token, EachIsUnique) {
  const Signer signer = new_signer();
  const Claims claims = doctor();
  const auto payload = [](const std::string& token) {
    const auto dot = token.find('.');
    return token.substr(dot + 1, token.rfind('.') - dot - 1);
  };
  EXPECT_NE(payload(signer.sign(claims)), payload(signer.sign(claims)));
}

TEST(Token, TimesAreCheckedAlsoForCachedTokens) {
  const Signer signer = new_signer();
  const std::string token = signer.sign(doctor());
  const auto asked = [&](Instant at) {
    return code_of(verifier_of({signer.public_jwk()}).verify(token, at));
  };
  EXPECT_EQ(asked(now - seconds(31)), "invalid-token");
  EXPECT_EQ(asked(now - seconds(30)), "accepted");
  EXPECT_EQ(asked(now + seconds(299)), "accepted");
  EXPECT_EQ(asked(now + seconds(300)), "token-expired");

  const Verifier one = verifier_of({signer.public_jwk()});
  EXPECT_EQ(code_of(one.verify(token, now + seconds(290))), "accepted");
  EXPECT_EQ(code_of(one.verify(token, now + seconds(300))), "token-expired");
  EXPECT_EQ(code_of(one.verify(token, now + seconds(290))), "accepted");
  EXPECT_EQ(code_of(one.verify(token, now - seconds(31))), "invalid-token") << "a clock set back";
}

TEST(Token, FractionsOfASecondAreCutFromTokens) {
  const Signer signer = new_signer();
  const Verifier verifier = verifier_of({signer.public_jwk()});
  Claims claims = doctor();
  claims.issued_at += std::chrono::microseconds(999'999);
  claims.expires_at += std::chrono::microseconds(999'999);
  const auto read = verifier.verify(signer.sign(claims), claims.issued_at);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->issued_at, now);
  EXPECT_EQ(read->expires_at, now + seconds(300));
}

TEST(Token, FurtherClaimsOfANewerGatewayAreIgnored) {
  const std::string pem = Signer::generate_pem();
  const Signer signer = std::move(Signer::from_pem(pem)).value();
  const std::string token = signer.sign(doctor());
  const auto dot = token.find('.');
  std::string payload =
      *ambula::base64url_decode(token.substr(dot + 1, token.rfind('.') - dot - 1));
  payload = forge::replaced(payload, R"("iat")", R"("amr":["pwd"],"nbf":1800000030,"iat")");
  const std::string header = *ambula::base64url_decode(token.substr(0, dot));
  const Verifier verifier = verifier_of({signer.public_jwk()});
  EXPECT_EQ(code_of(verifier.verify(forge::es256(forge::key_of(pem), header, payload), now)),
            "accepted");
}

TEST(KeyRotation, TwoKeysHoldUntilTheOldOneGoes) {
  const Signer old_key = new_signer();
  const Signer new_key = new_signer();
  EXPECT_NE(old_key.kid(), new_key.kid());
  const std::string before = old_key.sign(doctor());
  const std::string after = new_key.sign(doctor());
  const Verifier both = verifier_of({new_key.public_jwk(), old_key.public_jwk()});
  EXPECT_EQ(code_of(both.verify(before, now)), "accepted");
  EXPECT_EQ(code_of(both.verify(after, now)), "accepted");
  const Verifier later = verifier_of({new_key.public_jwk()});
  EXPECT_EQ(code_of(later.verify(before, now)), "invalid-token");
  EXPECT_EQ(code_of(later.verify(after, now)), "accepted");
}

TEST(SigningKey, SurvivesARestart) {
  const std::string pem = Signer::generate_pem();
  const Signer first = std::move(Signer::from_pem(pem)).value();
  const Signer second = std::move(Signer::from_pem(pem)).value();
  EXPECT_EQ(first.kid(), second.kid());
  EXPECT_EQ(first.public_jwk(), second.public_jwk());
  EXPECT_EQ(code_of(verifier_of({first.public_jwk()}).verify(second.sign(doctor()), now)),
            "accepted");
}

/// The thumbprint of a known key, computed apart from this code (SHA-256 of RFC 7638's canonical
/// text).
TEST(SigningKey, KidIsTheThumbprint) {
  const Signer signer = new_signer();
  const std::string& jwk = signer.public_jwk();
  const auto value = [&](std::string_view name) {
    const auto at = jwk.find('"' + std::string(name) + R"(":")") + name.size() + 4;
    return jwk.substr(at, jwk.find('"', at) - at);
  };
  const std::string canonical =
      R"({"crv":"P-256","kty":"EC","x":")" + value("x") + R"(","y":")" + value("y") + R"("})";
  std::string digest(32, '\0');
  EVP_Digest(canonical.data(), canonical.size(), reinterpret_cast<unsigned char*>(digest.data()),
             nullptr, EVP_sha256(), nullptr);
  EXPECT_EQ(signer.kid(), ambula::base64url_encode(digest));
  EXPECT_EQ(value("kid"), signer.kid());
  EXPECT_EQ(jwk.find("\"d\""), std::string::npos) << "the private part must not be published";
}

TEST(SigningKey, ReadsBothFormsAndRefusesAllElse) {
  const auto key = forge::ec_key("P-256");
  EXPECT_TRUE(Signer::from_pem(forge::private_pem(key)));
  EXPECT_TRUE(Signer::from_pem(forge::sec1_pem(key)));
  const std::string pem = forge::private_pem(key);
  for (const std::string& bad :
       {std::string(), std::string("x"), forge::public_pem(key), forge::encrypted_pem(key),
        forge::private_pem(forge::ec_key("P-384")), forge::private_pem(forge::ec_key("secp256k1")),
        forge::private_pem(forge::rsa_key()), pem.substr(0, pem.size() / 2),
        std::string(17 * 1024, 'A')}) {
    const auto refused = Signer::from_pem(bad);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "bad-signing-key");
    EXPECT_EQ(ERR_peek_error(), 0U) << "left in the thread's error queue";
  }
}

TEST(KeySet, RefusesWhatIsNoSetOfPublicP256Keys) {
  const std::string jwk = new_signer().public_jwk();
  const auto set = [](const std::string& key) { return R"({"keys":[)" + key + "]}"; };
  const auto off_curve = [&] {
    const auto at = jwk.find(R"("y":")") + 5;
    std::string moved = jwk;
    moved[at] = moved[at] == 'A' ? 'B' : 'A';
    return moved;
  }();
  ASSERT_TRUE(Verifier::from_jwks(set(jwk)));
  for (const std::string& bad :
       {std::string(), std::string("{}"), std::string("[]"), std::string(R"({"keys":{}})"),
        std::string(R"({"keys":[]})"), std::string(R"({"keys":[1]})"), set(jwk + "," + jwk),
        set(forge::replaced(jwk, "P-256", "P-384")),
        set(forge::replaced(jwk, R"("EC")", R"("RSA")")),
        set(forge::replaced(jwk, R"("kty":"EC")", R"("kty":"oct","k":"AAAA")")),
        set(forge::replaced(jwk, R"("sig")", R"("enc")")),
        set(forge::replaced(jwk, "ES256", "HS256")),
        set(forge::replaced(jwk, R"("kid")", R"("kod")")),
        set(forge::replaced(jwk, R"("x":")", R"("x":"A)")),
        set(forge::replaced(jwk, R"("crv")", R"("d":"AAAA","crv")")), set(off_curve)}) {
    const auto refused = Verifier::from_jwks(bad);
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error().code, "bad-jwks");
  }
}

TEST(Refusal, LeavesNothingInTheErrorQueue) {
  const Signer signer = new_signer();
  const Verifier verifier = verifier_of({new_signer().public_jwk(), signer.public_jwk()});
  std::string token = signer.sign(doctor());
  token[token.size() - 5] = token[token.size() - 5] == 'A' ? 'B' : 'A';
  EXPECT_EQ(code_of(verifier.verify(token, now)), "invalid-token");
  EXPECT_EQ(ERR_peek_error(), 0U);
}

std::shared_ptr<const VerifiedToken> cached(const Claims& claims, Instant from, Instant until) {
  return std::make_shared<const VerifiedToken>(VerifiedToken{claims, from, until});
}

TEST(Cache, HoldsUntilItsTimeAndNotBefore) {
  TokenCache cache(1000);
  const auto digest = cache.digest("token");
  cache.put(digest, cached(doctor(), now, now + seconds(60)), cache.generation());
  EXPECT_TRUE(cache.find(digest, now));
  EXPECT_TRUE(cache.find(digest, now + seconds(59)));
  EXPECT_FALSE(cache.find(cache.digest("token "), now));
  EXPECT_FALSE(cache.find(digest, now + seconds(60)));
  EXPECT_EQ(cache.size(), 0U);
  cache.put(digest, cached(doctor(), now, now + seconds(60)), cache.generation());
  EXPECT_FALSE(cache.find(digest, now - seconds(1)));
}

TEST(Cache, DigestIsKeyed) {
  const TokenCache one(10);
  const TokenCache other(10);
  EXPECT_EQ(one.digest("token"), one.digest("token"));
  EXPECT_NE(one.digest("token"), other.digest("token"));
}

TEST(Cache, IsBounded) {
  TokenCache cache(160);
  const auto entry = cached(doctor(), now, now + seconds(60));
  for (int i = 0; i < 5000; ++i) {
    cache.put(cache.digest(std::to_string(i)), entry, cache.generation());
  }
  EXPECT_LE(cache.size(), 160U);
  EXPECT_GE(cache.size(), 150U);
  EXPECT_TRUE(cache.find(cache.digest("4999"), now)) << "the oldest go, not the newest";
  EXPECT_FALSE(cache.find(cache.digest("0"), now));
}

TEST(Cache, ExpiredTokensGiveTheirRoomBack) {
  TokenCache cache(100'000);
  const auto first = cached(doctor(), now, now + seconds(60));
  for (int i = 0; i < 1000; ++i) {
    cache.put(cache.digest(std::to_string(i)), first, cache.generation());
  }
  const auto second = cached(doctor(), now + seconds(61), now + seconds(120));
  for (int i = 1000; i < 2000; ++i) {
    cache.put(cache.digest(std::to_string(i)), second, cache.generation());
  }
  EXPECT_EQ(cache.size(), 1000U);
}

TEST(Cache, PurgeForgetsASessionOrAnAccount) {
  TokenCache cache(1000);
  const Claims one = doctor();
  Claims same_account = doctor();
  same_account.account_id = one.account_id;
  const Claims stranger = doctor();
  const auto fill = [&] {
    cache.put(cache.digest("1"), cached(one, now, now + seconds(60)), cache.generation());
    cache.put(cache.digest("2"), cached(same_account, now, now + seconds(60)), cache.generation());
    cache.put(cache.digest("3"), cached(stranger, now, now + seconds(60)), cache.generation());
  };
  fill();
  cache.purge(one.session_id);
  EXPECT_FALSE(cache.find(cache.digest("1"), now));
  EXPECT_TRUE(cache.find(cache.digest("2"), now));
  fill();
  cache.purge(one.account_id);
  EXPECT_FALSE(cache.find(cache.digest("1"), now));
  EXPECT_FALSE(cache.find(cache.digest("2"), now));
  EXPECT_TRUE(cache.find(cache.digest("3"), now));
}

TEST(Cache, WhatWasPurgedWhileBeingVerifiedIsNotKept) {
  TokenCache cache(1000);
  const Claims claims = doctor();
  const auto begun = cache.generation();
  cache.purge(claims.session_id);
  cache.put(cache.digest("1"), cached(claims, now, now + seconds(60)), begun);
  EXPECT_EQ(cache.size(), 0U);
}

TEST(Cache, PurgedTokensAreVerifiedAgain) {
  const Signer signer = new_signer();
  const Verifier verifier = verifier_of({signer.public_jwk()});
  const Claims claims = doctor();
  const std::string token = signer.sign(claims);
  EXPECT_EQ(code_of(verifier.verify(token, now)), "accepted");
  verifier.purge(claims.session_id);
  EXPECT_EQ(code_of(verifier.verify(token, now)), "accepted");
}

/// CPU microseconds of one call, the least of several batches (the machine is shared).
template <class Work>
double least_us(int batches, int calls, const Work& work) {
  double least = 1e9;
  for (int batch = 0; batch < batches; ++batch) {
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < calls; ++i)
      work();
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begun;
    least = std::min(least, took.count() / calls);
  }
  return least;
}

/// The goal is 2 µs (optimised); asserted is what no machine or build can blur: the cache is used.
TEST(Cache, SavesTheSignature) {
  const Signer signer = new_signer();
  const Verifier verifier = verifier_of({signer.public_jwk()});
  const Claims claims = doctor();
  const std::string token = signer.sign(claims);
  bool fine = true;
  const double cold = least_us(7, 20, [&] {
    verifier.purge(claims.session_id);
    fine = fine && verifier.verify(token, now);
  });
  const double warm = least_us(7, 2000, [&] { fine = fine && verifier.verify(token, now); });
  const double sign = least_us(7, 20, [&] { fine = fine && !signer.sign(claims).empty(); });
  EXPECT_TRUE(fine);
  EXPECT_LT(warm * 4, cold);
  std::printf("verify: %.1f us by signature, %.2f us cached (%zu bytes); sign: %.1f us\n", cold,
              warm, token.size(), sign);
}

TEST(Concurrency, AllThreadsGetRightAnswersWhileOthersPurge) {
  const Signer signer = new_signer();
  const Verifier verifier = verifier_of({signer.public_jwk()});
  std::vector<Claims> claims;
  std::vector<std::string> tokens;
  for (int i = 0; i < 8; ++i) {
    claims.push_back(doctor());
    tokens.push_back(signer.sign(claims.back()));
  }
  const std::string forged = new_signer().sign(doctor());
  std::atomic<int> wrong{0};
  const auto verify_all = [&] {
    for (int round = 0; round < 400; ++round) {
      const auto i = static_cast<std::size_t>(round) % tokens.size();
      const auto read = verifier.verify(tokens[i], now);
      if (!read || *read != claims[i]) ++wrong;
      if (round % 16 == 0 && verifier.verify(forged, now)) ++wrong;
    }
  };
  const auto sign_and_purge = [&] {
    for (int round = 0; round < 200; ++round) {
      const auto i = static_cast<std::size_t>(round) % claims.size();
      verifier.purge(round % 2 == 0 ? claims[i].session_id : claims[i].account_id);
      const auto read = verifier.verify(signer.sign(claims[i]), now);
      if (!read || *read != claims[i]) ++wrong;
    }
  };
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back(verify_all);
    for (int i = 0; i < 2; ++i)
      threads.emplace_back(sign_and_purge);
  }
  EXPECT_EQ(wrong, 0);
}

}  // namespace token_test

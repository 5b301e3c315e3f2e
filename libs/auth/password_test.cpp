// ID-1: passwords as Argon2id; unknown user and wrong password cost the same.

#include <algorithm>
#include <ctime>
#include <set>
#include <string>

#include <ambula/auth/password.hpp>
#include <gtest/gtest.h>

namespace password_test {

using namespace std::string_literals;
using ambula::auth::dummy_hash;
using ambula::auth::hash_password;
using ambula::auth::needs_rehash;
using ambula::auth::verify_password;

/// Processor time of this thread for a verification that must fail.
template <class Work>
double cpu_ms(const Work& work) {
  const auto now_ms = [] {
    timespec at{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
    return static_cast<double>(at.tv_sec) * 1e3 + static_cast<double>(at.tv_nsec) / 1e6;
  };
  const double begun = now_ms();
  EXPECT_FALSE(work());
  return now_ms() - begun;
}

TEST(Password, IsAPhcStringWithTheLiveParameters) {
  const std::string phc = hash_password("correct horse");
  EXPECT_TRUE(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << phc;
  EXPECT_FALSE(needs_rehash(phc));
  EXPECT_NE(phc, hash_password("correct horse")) << "salted";
}

TEST(Password, FitsOnlyItself) {
  const std::string phc = hash_password("pässwörd\0tail"s);
  EXPECT_TRUE(verify_password(phc, "pässwörd\0tail"s));
  EXPECT_FALSE(verify_password(phc, "pässwörd"s)) << "a NUL does not end a password";
  EXPECT_FALSE(verify_password(phc, "Pässwörd\0tail"s));
  EXPECT_FALSE(verify_password(phc, ""));
}

TEST(Password, AllOfItCounts) {
  const std::string longest(ambula::auth::max_password_bytes, 'x');
  std::string other = longest;
  other.back() = 'y';
  const std::string phc = hash_password(longest);
  EXPECT_TRUE(verify_password(phc, longest));
  EXPECT_FALSE(verify_password(phc, other));
  EXPECT_FALSE(verify_password(phc, longest + "x"));
  EXPECT_EQ(hash_password(longest + "x"), "");
  EXPECT_FALSE(verify_password("", longest + "x"));
}

/// The published test vector of the Argon2 reference implementation's PHC form, other parameters.
TEST(Password, ReadsOtherParametersAndAsksForARehash) {
  const std::string phc =
      "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
  EXPECT_TRUE(verify_password(phc, "password"));
  EXPECT_FALSE(verify_password(phc, "Password"));
  EXPECT_TRUE(needs_rehash(phc));
}

TEST(Password, UnreadableOrExcessiveStringsAreRefusedWithoutWork) {
  const std::string tail = "$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
  for (const std::string& phc :
       {""s, "$"s, "password"s, "$argon2id$v=19$m=19456,t=2,p=1$"s,
        "$argon2i$v=19$m=19456,t=2,p=1" + tail, "$argon2id$v=16$m=19456,t=2,p=1" + tail,
        "$argon2id$v=19$m=4294967295,t=2,p=1" + tail, "$argon2id$v=19$m=262144,t=2,p=1" + tail,
        "$argon2id$v=19$m=64,t=4000000,p=1" + tail, "$argon2id$v=19$m=-1,t=2,p=1" + tail,
        "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$!!!"s, std::string(100'000, '$')}) {
    SCOPED_TRACE(phc.substr(0, 60));
    EXPECT_LT(cpu_ms([&] { return verify_password(phc, "password"); }), 5);
  }
  EXPECT_TRUE(needs_rehash("password"));
}

TEST(DummyHash, HasTheLiveParametersAndFitsNothing) {
  EXPECT_FALSE(needs_rehash(dummy_hash()));
  EXPECT_EQ(dummy_hash(), dummy_hash());
  EXPECT_FALSE(verify_password(dummy_hash(), ""));
  EXPECT_FALSE(verify_password(dummy_hash(), "password"));
}

/// Same parameters, same work: a wrong password and an unknown user cost alike. Processor time,
/// because the clock on the wall also counts what others do on the machine.
TEST(DummyHash, CostsWhatAWrongPasswordCosts) {
  const std::string known = hash_password("secret");
  const std::string unknown = dummy_hash();
  double wrong_ms = 1e9;
  double unknown_ms = 1e9;
  for (int i = 0; i < 7; ++i) {
    wrong_ms = std::min(wrong_ms, cpu_ms([&] { return verify_password(known, "wrong"); }));
    unknown_ms = std::min(unknown_ms, cpu_ms([&] { return verify_password(unknown, "wrong"); }));
  }
  EXPECT_GT(unknown_ms, 1);
  EXPECT_LT(wrong_ms, unknown_ms * 2);
  EXPECT_LT(unknown_ms, wrong_ms * 2);
}

TEST(RandomToken, IsLongAndNeverTheSame) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i)
    EXPECT_TRUE(seen.insert(ambula::auth::random_token(32)).second);
  EXPECT_EQ(seen.begin()->size(), 43U);
  EXPECT_EQ(ambula::auth::random_token(12).size(), 16U);
}

TEST(Sha256, KnownAnswers) {
  EXPECT_EQ(ambula::auth::sha256_hex(""),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(ambula::auth::sha256_hex("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace password_test

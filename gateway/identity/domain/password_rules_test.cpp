#include "password_rules.hpp"

#include <gtest/gtest.h>

// NIST SP 800-63B: length and a list, no rules of composition.
namespace ambula::identity::domain::password_rules_test {

std::string code_of(std::string_view password, std::vector<std::string_view> own = {}) {
  const auto checked = check_password(password, own, "/password");
  return checked ? "" : checked.error().code;
}

TEST(Passwords, OfTenCharactersAndMoreAreGood) {
  for (const auto* good :
       {"correct horse", "zwölf Affen", "tr0ub4dor&3x", "日本語のパスワード一二三",
        "          x          ", "alllowercaseletters"}) {
    EXPECT_EQ(code_of(good), "") << good;
  }
  EXPECT_EQ(code_of("xk7 pq92m"), "weak-password");
  // Ten bytes are not ten characters.
  EXPECT_EQ(code_of("日本語の"), "weak-password");
  EXPECT_EQ(code_of(std::string("x1y2z3w4v5") + std::string(118, 'q')), "");
  EXPECT_EQ(code_of(std::string(129, 'q')), "password-too-long");
  EXPECT_EQ(code_of("not \xff utf-8 at all"), "weak-password");
}

TEST(Passwords, ThatAreTriedFirstAreRefused) {
  for (const auto* common : {"password123",    "Password123",
                             "passw0rd!!",     "P@ssw0rd2026",
                             "qwertyuiop",     "qwerty1234567",
                             "1234567890",     "0123456789",
                             "9876543210",     "abcdefghij",
                             "aaaaaaaaaa",     "ababababab",
                             "123123123123",   "iloveyou2026",
                             "administrator1", "welcome12345",
                             "letmein12345",   "!!hospital!!",
                             "changeme2026",   "summer2026!!",
                             "Winter-2025!",   "monday123456",
                             "ambula123456",   "sunshine1234",
                             "p4$$w0rd2026",   "correct horse battery staple"}) {
    EXPECT_EQ(code_of(common), "weak-password") << common;
  }
}

TEST(Passwords, AreNotTheAccountsOwnWords) {
  const std::vector<std::string_view> own{"riya.sample", "Riya Sample",
                                          "riya.sample@clinic.example"};
  EXPECT_EQ(code_of("Riya Sample", own), "weak-password");
  EXPECT_EQ(code_of("riya.sample99", own), "weak-password");
  EXPECT_EQ(code_of("RIYA.SAMPLE@clinic.example", own), "weak-password");
  EXPECT_EQ(code_of("riya likes long walks", own), "");
}

TEST(Passwords, RefusalsDoNotRepeatThem) {
  const auto refused = check_password("password123", {}, "/new_password");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().detail.find("password123"), std::string::npos);
  ASSERT_EQ(refused.error().fields.size(), 1U);
  EXPECT_EQ(refused.error().fields.front().pointer, "/new_password");
}

}  // namespace ambula::identity::domain::password_rules_test

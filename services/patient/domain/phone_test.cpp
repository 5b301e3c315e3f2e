#include "phone.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

// One number, however it is written [PAT-3].
namespace ambula::patient::domain::phone_test {

TEST(Phone, TheFacilitysCountryIsThatOfItsZone) {
  EXPECT_EQ(phone_region("Asia/Kolkata", "en"), "IN");
  EXPECT_EQ(phone_region("Europe/Berlin", "en-US"), "DE") << "where it stands, not what it speaks";
  EXPECT_EQ(phone_region("Etc/GMT-3", "de-Latn-AT"), "AT");
  EXPECT_EQ(phone_region("UTC", "en"), "");
}

TEST(Phone, EveryNotationIsTheSameNumber) {
  struct Case {
    const char* region;
    const char* digits;
    std::vector<const char*> notations;
  };
  const std::vector<Case> cases = {
      {"IN",
       "919876543210",
       {"9876543210", "098765 43210", "+91 98765-43210", "0091 98765 43210", "919876543210",
        "+91 (0)98765 43210"}},
      {"DE",
       "49301234567",
       {"030/123 45 67", "+49 30 1234567", "(030) 1234567", "0049-30-1234567"}},
      {"US", "12125550123", {"(212) 555-0123", "1-212-555-0123", "+1 212 555 0123"}},
      {"RU", "79161234567", {"8 916 123-45-67", "+7 916 1234567", "9161234567", "79161234567"}},
      {"IT", "390612345678", {"06 1234 5678", "+39 06 12345678", "0039 06 12345678"}},
      {"HU", "3612345678", {"06 1 234 5678", "+36 1 2345678"}},
      {"JP", "81312345678", {"03-1234-5678", "+81 3 1234 5678"}},
      {"AU", "61291234567", {"02 9123 4567", "+61 2 9123 4567", "001161 2 9123 4567"}},
      {"DK", "4532123456", {"32 12 34 56", "+45 32123456", "0045 32 12 34 56"}},
      {"", "919876543210", {"+91 98765 43210", "0091 9876543210"}},
  };
  for (const auto& one : cases) {
    for (const auto* notation : one.notations) {
      EXPECT_EQ(phone_digits(notation, one.region), one.digits) << one.region << " " << notation;
      EXPECT_TRUE(std::string(one.digits).ends_with(phone_ending(notation, one.region)))
          << one.region << " " << notation;
    }
  }
}

TEST(Phone, NumbersFromAbroadKeepTheirCountry) {
  EXPECT_EQ(phone_digits("+49 30 1234567", "IN"), "49301234567");
  EXPECT_EQ(phone_digits("011 49 30 1234567", "US"), "49301234567");
}

TEST(Phone, LastDigitsAreAnEnding) {
  EXPECT_EQ(phone_ending("43210", "IN"), "43210");
  EXPECT_EQ(phone_ending("04321", "IN"), "4321") << "a zero in front is for those at home";
  EXPECT_EQ(phone_ending("84321", "RU"), "84321") << "too short for the eight to be the trunk's";
  EXPECT_EQ(phone_ending("()", "IN"), "");
}

/// The digits with separators sprinkled in.
std::string written(const std::string& digits) {
  std::string text;
  for (const char digit : digits) {
    text += digit;
    const auto pick = *rc::gen::inRange(0, 6);
    if (pick < 4) text += " -./"[pick];
  }
  return text;
}

RC_GTEST_PROP(PhoneProperty, HomeAndAbroadNotationsMeet, ()) {
  struct Home {
    const char* region;
    const char* code;
    const char* trunk;
  };
  const auto home = *rc::gen::elementOf(std::vector<Home>{{"IN", "91", "0"},
                                                          {"GB", "44", "0"},
                                                          {"FR", "33", "0"},
                                                          {"US", "1", "1"},
                                                          {"KZ", "7", "8"},
                                                          {"ES", "34", ""}});
  std::string own(1, static_cast<char>('2' + *rc::gen::inRange(0, 6)));
  for (int i = 0; i < 9; ++i)
    own += static_cast<char>('0' + *rc::gen::inRange(0, 10));
  const auto expected = home.code + own;
  RC_ASSERT(phone_digits("+" + written(home.code + own), home.region) == expected);
  RC_ASSERT(phone_digits("00" + written(home.code + own), home.region) == expected);
  RC_ASSERT(phone_digits(written(home.trunk + own), home.region) == expected);
  RC_ASSERT(phone_digits(written(own), home.region) == expected);
  const auto from = *rc::gen::inRange<std::size_t>(0, 6);
  RC_ASSERT(expected.ends_with(phone_ending(written(own.substr(from)), home.region)));
}

}  // namespace ambula::patient::domain::phone_test

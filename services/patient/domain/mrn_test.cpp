#include "mrn.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

// Record numbers [PAT-1]: ISO 7064 MOD 11,10.
namespace ambula::patient::domain::mrn_test {

TEST(Mrn, PublishedVectors) {
  EXPECT_EQ(check_digit("0794"), '5') << "the standard's own example";
  EXPECT_TRUE(has_valid_check_digit("07945"));
  EXPECT_TRUE(has_valid_check_digit("94577403194")) << "Croatian OIB";
  EXPECT_TRUE(has_valid_check_digit("36574261809")) << "German tax number";
  EXPECT_FALSE(has_valid_check_digit("36574261890")) << "its last two swapped";
}

TEST(Mrn, OtherTextIsNeverValid) {
  for (const auto* text : {"", "5", "0795", "07-45", "0794x", "٠٧٩٤٥"}) {
    EXPECT_FALSE(has_valid_check_digit(text)) << text;
  }
}

TEST(Mrn, SevenDigitsAndTheCheckDigit) {
  EXPECT_EQ(*make_mrn("AMB", 1), "AMB-00000015");
  EXPECT_EQ(*make_mrn("AMB", 9'999'999), "AMB-99999997");
  EXPECT_EQ(make_mrn("AMB", 10'000'000).error().code, "record-numbers-exhausted");
}

std::string digits_of(std::int64_t number) {
  return make_mrn("X", number)->substr(2);
}

RC_GTEST_PROP(MrnProperty, EverySingleWrongDigitIsFound, ()) {
  auto digits = digits_of(*rc::gen::inRange<std::int64_t>(1, 10'000'000));
  RC_ASSERT(has_valid_check_digit(digits));
  const auto at = *rc::gen::inRange<std::size_t>(0, digits.size());
  const auto shift = *rc::gen::inRange(1, 10);
  digits[at] = static_cast<char>('0' + (digits[at] - '0' + shift) % 10);
  RC_ASSERT(!has_valid_check_digit(digits));
}

}  // namespace ambula::patient::domain::mrn_test

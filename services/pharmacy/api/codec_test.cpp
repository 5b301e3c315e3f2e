#include "codec.hpp"

#include <gtest/gtest.h>

// Bodies as clients send them [PHA-2, PHA-3, INV-1, INV-2].
namespace ambula::pharmacy::api::codec_test {

template <class T>
std::string code(const Result<T>& result) {
  return result ? "" : result.error().code;
}

TEST(PharmacyCodec, EmptyBodiesMeanEverything) {
  EXPECT_TRUE(decode_validate("")->empty());
  EXPECT_TRUE(decode_validate("{}")->empty());
  EXPECT_FALSE(decode_dispense("")->lines);
  EXPECT_FALSE(decode_dispense("{}")->lines);
  EXPECT_EQ(code(decode_dispense(R"({"lines":[]})")), "invalid-value");
  EXPECT_EQ(code(decode_nothing(R"({"x":1})")), "invalid-request");
}

TEST(PharmacyCodec, QuantitiesArePositiveAndBounded) {
  const auto body = [](const std::string& quantity) {
    return R"({"lines":[{"item_id":")" + Uuid::make().str() + R"(","quantity":)" + quantity + "}]}";
  };
  EXPECT_EQ(code(decode_dispense(body("1000000"))), "");
  EXPECT_EQ(code(decode_dispense(body("0"))), "invalid-value");
  EXPECT_EQ(code(decode_dispense(body("1000001"))), "invalid-value");
  EXPECT_EQ(code(decode_dispense(body("1.5"))), "invalid-request");
  EXPECT_EQ(code(decode_adjust(R"({"delta":0,"reason":"x"})")), "invalid-value");
  EXPECT_EQ(decode_count(R"({"counted":0,"reason":"x"})")->counted, 0);
}

TEST(PharmacyCodec, ServerFieldsAndFloatsAreRefused) {
  EXPECT_EQ(code(decode_medicine(R"({"name":"A","strength":"1 mg","form":"x","available":3})")),
            "read-only");
  EXPECT_EQ(
      code(decode_medicine(
          R"({"name":"A","strength":"1 mg","form":"x","price":{"amount":1.5,"currency":"INR"}})")),
      "invalid-request");
  EXPECT_EQ(
      code(decode_medicine(
          R"({"name":"A","strength":"1 mg","form":"x","price":{"amount":"1.555","currency":"INR"}})")),
      "invalid-value");
  EXPECT_EQ(code(decode_lot(R"({"lot_number":"L","expires_on":"2027-02-30","quantity":1})")),
            "invalid-request");
}

TEST(PharmacyCodec, APatchTellsWhatChangedAndClearsWithNull) {
  domain::Medicine medicine;
  medicine.unit = "capsule";
  const auto changed = patch_medicine(R"({"unit":null,"minimum_level":5})", medicine);
  ASSERT_TRUE(changed);
  EXPECT_EQ(*changed, (std::vector<std::string>{"unit", "minimum_level"}));
  EXPECT_FALSE(medicine.unit);
  EXPECT_EQ(medicine.minimum_level, 5);
}

}  // namespace ambula::pharmacy::api::codec_test

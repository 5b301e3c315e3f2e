#include "clinical_item.hpp"

#include <gtest/gtest.h>

// Allergies and conditions: what may be noted, and that voiding is final [PAT-7].
namespace ambula::patient::domain::clinical_item_test {

const Date today = *parse_date("2026-11-24");

ClinicalItem penicillin() {
  ClinicalItem item;
  item.id = Uuid::make();
  item.name = "Penicillin";
  return item;
}

TEST(ClinicalItem, ACodeSystemNeedsACodeAndADayMustHaveCome) {
  auto item = penicillin();
  EXPECT_TRUE(check(item, today));
  item.system = "urn:example:substances";
  item.noted_on = *parse_date("2026-11-25");
  const auto refused = check(item, today);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "invalid-value");
  ASSERT_EQ(refused.error().fields.size(), 2U);
  EXPECT_EQ(refused.error().fields[0].pointer, "/system");
  EXPECT_EQ(refused.error().fields[1].pointer, "/noted_on");
  item.code = "PENICILLIN";
  item.noted_on = today;
  EXPECT_TRUE(check(item, today));
}

TEST(ClinicalItem, VoidsOnceWithAReason) {
  const auto gone = voided(penicillin(), "somebody else's");
  ASSERT_TRUE(gone);
  EXPECT_EQ(gone->status, ItemStatus::voided);
  EXPECT_EQ(gone->void_reason, "somebody else's");
  const auto again = voided(*gone, "again");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, "illegal-transition");
  const decltype(again.error().members) named = {{"from", "\"VOIDED\""}, {"command", "\"void\""}};
  EXPECT_EQ(again.error().members, named);
}

TEST(ClinicalItem, IsToldAsAnAllergy) {
  auto item = penicillin();
  item.severity = "SEVERE";
  item.noted_on = today;
  const auto told = to_allergy(item);
  EXPECT_EQ(told.id, item.id);
  EXPECT_EQ(told.substance, "Penicillin");
  EXPECT_EQ(told.severity, "SEVERE");
  EXPECT_EQ(told.noted_on, today);
}

}  // namespace ambula::patient::domain::clinical_item_test

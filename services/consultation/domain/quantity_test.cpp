#include "quantity.hpp"

#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

// Quantities that are counted from dose, frequency and duration [CON-4].
namespace ambula::consultation::domain::quantity_test {

struct Case {
  const char* dose;
  const char* frequency;
  int days;
  int quantity;
};

TEST(Quantity, IsCountedWhereTheTextsAllowIt) {
  const Case cases[] = {{"1 capsule", "3 times a day", 7, 21},
                        {"1 tablet", "twice a day", 5, 10},
                        {"2 tablets", "twice daily", 5, 20},
                        {"1 tab", "BD", 5, 10},
                        {"1 Tab.", "TDS after food", 5, 15},
                        {"1 cap", "every 8 hours", 10, 30},
                        {"1 capsule", "q6h", 2, 8},
                        {"1 tablet", "12 hourly", 3, 6},
                        {"1 tablet", "1-0-1", 5, 10},
                        {"1 tablet", "1-1-1-1, with food", 2, 8},
                        {"one tablet", "at night", 30, 30},
                        {"two sachets", "once a day", 3, 6},
                        {"1/2 tablet", "daily", 7, 4},
                        {"½ tablet", "twice a day", 7, 7},
                        {"1.5 tablets", "3x daily", 3, 14},
                        {"0.5 tablets", "Every morning", 9, 5},
                        {"1 tablet", "every other day", 7, 4},
                        {"1 patch", "once a week", 28, 4},
                        {"1 tablet", "4 times daily", 1, 4}};
  for (const auto& one : cases) {
    EXPECT_EQ(derived_quantity(one.dose, one.frequency, one.days), one.quantity)
        << one.dose << ", " << one.frequency << ", " << one.days;
  }
}

TEST(Quantity, IsAskedForWhereTheTextsDoNot) {
  const Case cases[] = {{"5 ml", "twice a day", 5, 0},
                        {"500 mg", "twice a day", 5, 0},
                        {"1", "twice a day", 5, 0},
                        {"thin layer", "daily", 5, 0},
                        {"2 drops", "daily", 5, 0},
                        {"1-2 tablets", "daily", 5, 0},
                        {"0 tablets", "daily", 5, 0},
                        {"1/0 tablets", "daily", 5, 0},
                        {"-1 tablets", "daily", 5, 0},
                        {"1 tablet", "when needed", 5, 0},
                        {"1 tablet", "daily as needed", 5, 0},
                        {"1 tablet", "daily, then twice a day", 5, 0},
                        {"1 tablet", "every 7 hours", 5, 0},
                        {"1 tablet", "every 0 hours", 5, 0},
                        {"1 tablet", "0-0-0", 5, 0},
                        {"1 tablet", "3 a day", 5, 0},
                        {"1 tablet", "", 5, 0},
                        {"", "daily", 5, 0},
                        {"1000 tablets", "24 times a day", 3650, 0}};
  for (const auto& one : cases) {
    EXPECT_FALSE(derived_quantity(one.dose, one.frequency, one.days))
        << one.dose << ", " << one.frequency;
  }
  EXPECT_FALSE(derived_quantity("1 tablet", "daily", std::nullopt));
}

/// However it is said, n tablets m times a day for d days are n · m · d.
RC_GTEST_PROP(QuantityProperty, IsTheProduct, ()) {
  const int each = *rc::gen::inRange(1, 20);
  const int times = *rc::gen::element(1, 2, 3, 4, 6);
  const int days = *rc::gen::inRange(1, 100);
  const auto dose = std::to_string(each) + " tablets";
  const auto wanted = std::optional(each * times * days);
  RC_ASSERT(derived_quantity(dose, std::to_string(times) + " times a day", days) == wanted);
  RC_ASSERT(derived_quantity(dose, std::to_string(times) + "x daily", days) == wanted);
  RC_ASSERT(derived_quantity(dose, "every " + std::to_string(24 / times) + " hours", days) ==
            wanted);
}

/// Any text: an answer within bounds or none, never a crash.
RC_GTEST_PROP(QuantityProperty, AnyTextIsFine,
              (const std::string& dose, const std::string& frequency, int days)) {
  const auto quantity = derived_quantity(dose, frequency, days);
  const bool in_bounds = !quantity || (*quantity >= 1 && *quantity <= quantity_max);
  RC_ASSERT(in_bounds);
}

}  // namespace ambula::consultation::domain::quantity_test

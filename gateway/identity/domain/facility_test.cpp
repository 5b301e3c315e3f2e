#include "facility.hpp"

#include <gtest/gtest.h>

// What a facility may be [ID-12].
namespace ambula::identity::domain::facility_test {

Facility good() {
  Facility facility;
  facility.code = "MAIN";
  facility.name = "Main Clinic";
  facility.zone = "Asia/Kolkata";
  facility.currency = "INR";
  facility.locale = "en-IN";
  return facility;
}

std::string code_of(const Facility& facility) {
  const auto checked = check_facility(facility);
  return checked ? "" : checked.error().code;
}

TEST(Facilities, HaveTheDefaultsOfTheApi) {
  const FacilitySettings settings;
  EXPECT_EQ(settings.day_cap, 12);
  EXPECT_EQ(settings.urgent_seats, 0);
  EXPECT_TRUE(settings.desk_may_complete);
  EXPECT_EQ(settings.no_show_grace_min, 30);
  EXPECT_EQ(settings.max_calls, 3);
  EXPECT_EQ(settings.staging_factor, 6);
  EXPECT_EQ(settings.reminders_min, (std::vector{1440, 120}));
  EXPECT_EQ(settings.prescription_days, 90);
  EXPECT_EQ(settings.reservation_h, 24);
  EXPECT_EQ(settings.visitor_days, 90);
  EXPECT_TRUE(settings.stock_digest_to.empty());
  EXPECT_EQ(code_of(good()), "");
}

TEST(Facilities, RefuseWhatOthersCouldNotWorkWith) {
  const auto with = [](auto change) {
    auto facility = good();
    change(facility);
    return code_of(facility);
  };
  for (const auto* code : {"", "A", "main", "TOOLONGCODE", "A-B"}) {
    EXPECT_EQ(with([&](Facility& f) { f.code = code; }), "invalid-code") << code;
  }
  for (const auto* zone : {"", "Atlantis/Capital", "../etc/passwd"}) {
    EXPECT_EQ(with([&](Facility& f) { f.zone = zone; }), "unknown-zone") << zone;
  }
  for (const auto* currency : {"", "inr", "RUPEE"}) {
    EXPECT_EQ(with([&](Facility& f) { f.currency = currency; }), "invalid-currency") << currency;
  }
  for (const auto* locale : {"", "E", "english", "en_IN", "en-"}) {
    EXPECT_EQ(with([&](Facility& f) { f.locale = locale; }), "invalid-locale") << locale;
  }
  EXPECT_EQ(with([](Facility& f) { f.settings.urgent_seats = 13; }), "too-many-urgent-seats");
  EXPECT_EQ(with([](Facility& f) { f.settings.urgent_seats = 12; }), "");
}

}  // namespace ambula::identity::domain::facility_test

#include "zone_region.hpp"

#include <gtest/gtest.h>

namespace ambula::zone_region_test {

TEST(ZoneRegion, AZoneIsACountrysTime) {
  EXPECT_EQ(zone_region("Asia/Kolkata"), "IN");
  EXPECT_EQ(zone_region("Europe/Berlin"), "DE");
  EXPECT_EQ(zone_region("America/New_York"), "US");
  for (const auto* none : {"UTC", "Etc/GMT-3", "Mars/Base", ""}) {
    EXPECT_FALSE(zone_region(none)) << none;
  }
}

}  // namespace ambula::zone_region_test

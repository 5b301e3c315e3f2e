#include "version.hpp"

#include <gtest/gtest.h>

namespace ambula::service::version_test {

TEST(Version, IsNamedByATagAListOrAStar) {
  for (const auto* header : {"\"v3\"", "\"v9\", \"v3\"", "\"v3\",\"v4\"", "W/\"v3\"", "*", " * "}) {
    EXPECT_TRUE(is_version_list(header)) << header;
    EXPECT_TRUE(names_version(header, 3)) << header;
  }
  EXPECT_FALSE(names_version("\"v30\", \"v4\"", 3));
}

TEST(Version, IsNothingElse) {
  for (const auto* header : {"", "v3", "\"3\"", "\"v\"", "\"vx\"", "\"v3", "\"v3\",", "*, \"v3\""})
    EXPECT_FALSE(is_version_list(header)) << header;
}

}  // namespace ambula::service::version_test

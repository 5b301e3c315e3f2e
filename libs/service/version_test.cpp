#include "version.hpp"

#include <gtest/gtest.h>

namespace ambula::service::version_test {

TEST(Version, IsOneStrongTag) {
  EXPECT_EQ(version_of("\"v3\""), 3);
  for (const auto* tag :
       {"", "*", "v3", "\"3\"", "\"v\"", "\"vx\"", "\"v3", "W/\"v3\"", "\"v3\", \"v4\""})
    EXPECT_EQ(version_of(tag), std::nullopt) << tag;
}

TEST(Version, IsNamedByATagAListOrAStar) {
  for (const auto* header : {"\"v3\"", "\"v9\", \"v3\"", "\"v3\",\"v4\"", "W/\"v3\"", "*", " * "})
    EXPECT_TRUE(names_version(header, 3)) << header;
  for (const auto* header : {"", "\"v30\", \"v4\"", "v3", "\"v3"})
    EXPECT_FALSE(names_version(header, 3)) << header;
}

}  // namespace ambula::service::version_test

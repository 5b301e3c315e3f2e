#include "csv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ambula::csv_test {

using ::testing::ElementsAre;

TEST(Csv, ReadsWhatRfc4180Says) {
  const auto records =
      parse_csv("\xEF\xBB\xBFname,note\r\n\"A, B\",\"says \"\"hi\"\"\r\ntwice\"\n\nlast,\n");
  ASSERT_TRUE(records);
  ASSERT_EQ(records->size(), 3U);
  EXPECT_THAT((*records)[0].cells, ElementsAre("name", "note"));
  EXPECT_THAT((*records)[1].cells, ElementsAre("A, B", "says \"hi\"\r\ntwice"));
  EXPECT_THAT((*records)[2].cells, ElementsAre("last", ""));
  EXPECT_EQ((*records)[1].line, 2U);
  EXPECT_EQ((*records)[2].line, 5U) << "lines of the file, not records";
}

TEST(Csv, NamesTheLineOfWhatItCannotRead) {
  EXPECT_EQ(parse_csv("a\nb,\"x\"y\n").error().detail,
            "Line 2: Something stands behind a closing quote.");
  EXPECT_EQ(parse_csv("a\n\"b\nc").error().detail, "Line 2: A quoted cell is never closed.");
  EXPECT_EQ(parse_csv("a\"b\n").error().detail, "Line 1: A quote stands inside a cell.");
  EXPECT_EQ(parse_csv("\xFF").error().code, "invalid-csv");
}

TEST(Csv, NothingIsNoRecord) {
  EXPECT_TRUE(parse_csv("")->empty());
  EXPECT_TRUE(parse_csv("\r\n\n")->empty());
  EXPECT_EQ(parse_csv("\"\"\n")->size(), 1U) << "an empty quoted cell is a record";
}

}  // namespace ambula::csv_test

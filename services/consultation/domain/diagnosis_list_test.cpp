#include "diagnosis_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// A facility's code list: all of it or nothing, and where it is wrong [CON-2].
namespace ambula::consultation::domain::diagnosis_list_test {

Result<std::vector<DiagnosisCode>> read(std::string_view csv) {
  const auto records = parse_csv(csv);
  EXPECT_TRUE(records);
  return read_diagnosis_list(*records);
}

std::vector<std::pair<std::string, std::string>> faults(std::string_view csv) {
  const auto list = read(csv);
  EXPECT_FALSE(list);
  std::vector<std::pair<std::string, std::string>> found;
  if (list) return found;
  EXPECT_EQ(list.error().code, "invalid-list");
  for (const auto& one : list.error().fields)
    found.emplace_back(one.pointer, one.rule);
  return found;
}

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(DiagnosisList, IsReadByTheNamesOfItsColumns) {
  const auto list = read(
      "order,CODE,billable,Text\r\n1,J209,1,\"Acute bronchitis, unspecified\"\r\n2,j00,0,Cold\r\n");
  ASSERT_TRUE(list);
  EXPECT_THAT(*list, ElementsAre(DiagnosisCode{"J20.9", "Acute bronchitis, unspecified"},
                                 DiagnosisCode{"J00", "Cold"}));
}

TEST(DiagnosisList, EveryFaultIsToldWithItsLine) {
  EXPECT_THAT(faults("code,text\nJ00,Cold\nnonsense,Cold\n\nJ20.9,\nJ00,Again\nJ01\n"),
              ElementsAre(Pair("line 3", "icd10"), Pair("line 5", "length"),
                          Pair("line 6", "duplicate"), Pair("line 7", "columns")));
  EXPECT_THAT(faults("code,text\n\"J00\",\"two\nlines\"\nJ01,x\nJ01,y\n"),
              ElementsAre(Pair("line 2", "length"), Pair("line 5", "duplicate")))
      << "lines of the file, not of the records";
}

TEST(DiagnosisList, NeedsItsColumnsAndACode) {
  EXPECT_THAT(faults("J00,Cold\n"), ElementsAre(Pair("line 1", "columns")));
  EXPECT_THAT(faults(""), ElementsAre(Pair("line 1", "columns")));
  EXPECT_THAT(faults("code,text\n"), ElementsAre(Pair("", "length")));
}

TEST(DiagnosisList, TellsAtMostTwentyFaults) {
  std::string csv = "code,text\n";
  for (int i = 0; i < 100; ++i)
    csv += "wrong,x\n";
  EXPECT_EQ(faults(csv).size(), 20U);
}

}  // namespace ambula::consultation::domain::diagnosis_list_test

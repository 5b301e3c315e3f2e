#include "search.hpp"

#include <algorithm>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

// What is typed is understood, and forgiven one typo a word [PAT-3].
namespace ambula::patient::domain::search_test {

using ::testing::ElementsAre;

TEST(Search, OneFieldTakesNamesNumbersPhonesAndAddresses) {
  EXPECT_EQ(understand(" asha ram ").name, "asha ram");
  EXPECT_EQ(understand("Asha@mail.example").email, "Asha@mail.example");
  const auto number = understand("AMB-00000015");
  EXPECT_EQ(number.mrn, "AMB-00000015");
  EXPECT_FALSE(number.phone);
  EXPECT_FALSE(number.name);
  EXPECT_EQ(understand("AMB-00000014").name, "AMB-00000014") << "its check digit is wrong";
  EXPECT_EQ(understand("00000015").mrn, "00000015");
  EXPECT_EQ(understand("00000015").phone, "00000015") << "it could be the end of a phone as well";
  EXPECT_EQ(understand("+91 (98) 765-43210").phone, "+91 (98) 765-43210");
  EXPECT_EQ(understand("123").name, "123");
}

TEST(Search, RecordNumbersWithoutTheirCode) {
  EXPECT_THAT(record_numbers("amb-00000015", "AMB"), ElementsAre("amb-00000015", "AMB-00000015"));
  EXPECT_THAT(record_numbers("00000015", "AMB"),
              ElementsAre("00000015", "00000015", "AMB-00000015"));
}

bool in_ranges(const std::string& name, const std::string& typed) {
  return std::ranges::any_of(near_ranges(typed), [&](const auto& range) {
    return name >= range.first && name < range.second;
  });
}
/// Characters, as PostgreSQL's expressions see them; bytes would tear a letter apart.
std::wstring characters(const std::string& utf8) {
  std::wstring wide;
  for (const unsigned char byte : utf8) {
    if (byte < 0x80) {
      wide += static_cast<wchar_t>(byte);
    } else if (byte < 0xC0) {
      wide.back() = (wide.back() << 6) | (byte & 0x3F);
    } else {
      wide += static_cast<wchar_t>(byte & (byte < 0xE0 ? 0x1F : byte < 0xF0 ? 0x0F : 0x07));
    }
  }
  return wide;
}
bool in_pattern(const std::string& name, const std::string& typed) {
  return std::regex_search(L" " + characters(name), std::wregex(characters(near_pattern(typed))));
}

TEST(Search, OneTypoIsForgivenAndTwoAreNot) {
  const auto near = [](const char* name, const char* typed) {
    EXPECT_EQ(in_ranges(name, typed), in_pattern(name, typed)) << name << " " << typed;
    return in_pattern(name, typed);
  };
  EXPECT_TRUE(near("smith", "smiht"));
  EXPECT_TRUE(near("smith", "smth"));
  EXPECT_TRUE(near("smith", "smmith"));
  EXPECT_TRUE(near("smith", "smyth"));
  EXPECT_TRUE(near("christopher", "chrsto")) << "a beginning";
  EXPECT_TRUE(near("mary", "mray"));
  EXPECT_FALSE(near("maryam", "mray")) << "too short to go on";
  EXPECT_FALSE(near("smith", "smhti"));
  EXPECT_TRUE(near("дарья", "дарбя"));
  EXPECT_FALSE(in_pattern("ali", "ani"));
  EXPECT_TRUE(in_pattern("anita", "ani"));
  EXPECT_TRUE(near_ranges("ani").empty());
}

std::string word(std::size_t min) {
  std::string text;
  const auto size = *rc::gen::inRange<std::size_t>(min, 12);
  for (std::size_t i = 0; i < size; ++i)
    text += static_cast<char>('a' + *rc::gen::inRange(0, 26));
  return text;
}

RC_GTEST_PROP(SearchProperty, EverySingleTypoOfANameIsFound, ()) {
  const auto name = word(5);
  auto typed = name;
  const auto at = *rc::gen::inRange<std::size_t>(0, name.size());
  const auto letter = static_cast<char>('a' + *rc::gen::inRange(0, 26));
  switch (*rc::gen::inRange(0, 4)) {
    case 0:
      typed[at] = letter;
      break;
    case 1:
      typed.erase(at, 1);
      break;
    case 2:
      typed.insert(at, 1, letter);
      break;
    default:
      if (at + 1 < typed.size()) std::swap(typed[at], typed[at + 1]);
  }
  RC_ASSERT(in_ranges(name, typed));
  RC_ASSERT(in_pattern(name, typed));
}

RC_GTEST_PROP(SearchProperty, RangesAndPatternAgree, ()) {
  const auto typed = word(4);
  const auto name = *rc::gen::arbitrary<bool>() ? word(1) : typed.substr(1) + word(1);
  RC_ASSERT(in_ranges(name, typed) == in_pattern(name, typed));
}

}  // namespace ambula::patient::domain::search_test

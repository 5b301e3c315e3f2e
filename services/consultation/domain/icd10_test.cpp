#include "icd10.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

// Shapes of diagnosis codes [CON-2].
namespace ambula::consultation::domain::icd10_test {

TEST(Icd10, TakesCodesOfTheWhoAndOfClinicalModifications) {
  for (const auto code : {"J00", "J20.9", "U07.1", "M79.18", "S72.001A", "C7A.00", "Z3A.49"})
    EXPECT_EQ(to_icd10(code), code);
  EXPECT_EQ(to_icd10("j20.9"), "J20.9") << "small letters are a matter of typing";
}

TEST(Icd10, RefusesWhatIsNone) {
  for (const auto text : {"", "J", "J2", "20.9", "JJ0", "J2Z", "J20.", "J209", "J20.12345",
                          "J20.9 ", "J20-9", "J20.9.1", "Cold", "Ж20", "J20.é"}) {
    EXPECT_FALSE(to_icd10(text)) << text;
  }
}

TEST(Icd10, PublishedFilesLeaveTheDotOut) {
  EXPECT_EQ(to_icd10_dotted("J209"), "J20.9");
  EXPECT_EQ(to_icd10_dotted("S72001A"), "S72.001A");
  EXPECT_EQ(to_icd10_dotted("J20.9"), "J20.9");
  EXPECT_EQ(to_icd10_dotted("J00"), "J00");
  EXPECT_FALSE(to_icd10_dotted("Code"));
}

TEST(Icd10, KnowsItsNames) {
  for (const auto system : {"ICD-10", "icd-10", "ICD-10-CM", "http://hl7.org/fhir/sid/icd-10"})
    EXPECT_TRUE(is_icd10_system(std::string(system))) << system;
  EXPECT_TRUE(is_icd10_system(std::nullopt));
  EXPECT_FALSE(is_icd10_system("SNOMED CT"));
}

TEST(Icd10, TellsTheBeginningOfACodeFromWords) {
  EXPECT_EQ(icd10_prefix("j2"), "J2");
  EXPECT_EQ(icd10_prefix("J20"), "J20");
  EXPECT_EQ(icd10_prefix("J20."), "J20.");
  EXPECT_EQ(icd10_prefix("j209"), "J20.9");
  for (const auto words : {"", "J", "acute", "B12 deficiency", "12", "covid19", "J20.99999"})
    EXPECT_FALSE(icd10_prefix(words)) << words;
}

/// Every beginning of a code, of two letters or more, is found as one, with and without its dot.
RC_GTEST_PROP(Icd10Property, EveryBeginningOfACodeIsAPrefix, ()) {
  std::string code;
  code += *rc::gen::inRange<char>('A', 'Z');
  code += *rc::gen::inRange<char>('0', '9');
  code += *rc::gen::elementOf(std::string("0123456789AB"));
  const auto extension = *rc::gen::resize(
      4, rc::gen::container<std::string>(rc::gen::elementOf(std::string("0123456789ABX"))));
  const auto dotted = extension.empty() ? code : code + "." + extension.substr(0, 4);
  RC_ASSERT(to_icd10(dotted) == dotted);
  RC_ASSERT(to_icd10_dotted(code + extension.substr(0, 4)) == dotted);
  const auto length = *rc::gen::inRange<std::size_t>(2, dotted.size() + 1);
  RC_ASSERT(icd10_prefix(dotted.substr(0, length)) == dotted.substr(0, length));
}

}  // namespace ambula::consultation::domain::icd10_test

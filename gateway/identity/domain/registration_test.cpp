#include "registration.hpp"

#include <gtest/gtest.h>

#include "mail_token.hpp"

// What a sign-up may say, and how long its mail works [ID-5].
namespace ambula::identity::domain::registration_test {

using std::chrono::day;
using std::chrono::month;
using std::chrono::year;

const Date today{year(2026), month(11), day(24)};

Registration good() {
  return {.facility_id = Uuid::make(),
          .email = "asha@mail.example",
          .person = {.given_name = "Asha",
                     .family_name = "Example",
                     .birth_date = Date(year(1990), month(2), day(28)),
                     .sex = "FEMALE",
                     .phone = "+91 (0) 1234-5678"}};
}

TEST(Registration, TellsWhatTheRegistryWouldRefuseLater) {
  EXPECT_TRUE(check_registration(good(), today));
  auto wrong = good();
  wrong.email = "nobody";
  EXPECT_EQ(check_registration(wrong, today).error().code, "invalid-email");
  wrong = good();
  wrong.person.birth_date = Date(year(2026), month(11), day(25));
  wrong.person.phone = "call me";
  const auto refused = check_registration(wrong, today);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "invalid-value");
  ASSERT_EQ(refused.error().fields.size(), 2U);
  EXPECT_EQ(refused.error().fields[0].pointer, "/patient/birth_date");
  EXPECT_EQ(refused.error().fields[1].pointer, "/patient/phone");
  wrong = good();
  wrong.person.birth_date = Date(year(1890), month(1), day(1));
  EXPECT_FALSE(check_registration(wrong, today));
  for (const auto* phone : {"1234", "+", "123456789012345678901", "12345+"}) {
    wrong = good();
    wrong.person.phone = phone;
    EXPECT_FALSE(check_registration(wrong, today)) << phone;
  }
}

TEST(Registration, NamesPeopleWithOneName) {
  auto person = good().person;
  EXPECT_EQ(display_name(person), "Asha Example");
  person.family_name.reset();
  EXPECT_EQ(display_name(person), "Asha");
}

TEST(MailTokens, WorkShorterTheMoreTheyOpen) {
  EXPECT_LT(life_of(MailKind::reset), life_of(MailKind::verify));
  EXPECT_LT(life_of(MailKind::verify), life_of(MailKind::invite));
  for (const auto kind : {MailKind::verify, MailKind::invite, MailKind::reset}) {
    EXPECT_EQ(parse_mail_kind(to_string(kind)), kind);
  }
  EXPECT_EQ(parse_mail_kind("verify"), std::nullopt);
}

}  // namespace ambula::identity::domain::registration_test

#include "codec.hpp"

#include <ambula/json/json.hpp>
#include <gtest/gtest.h>

namespace ambula::notification::api::codec_test {

TEST(NotificationCodec, SaysWhatBecameOfItAndNoAddress) {
  domain::Message message;
  message.status = domain::Status::failed;
  message.reason = "recipient-refused";
  message.recipient_masked = "a***@mail.example";
  message.attempts = 2;
  const auto value = json::parse(encode(message));
  ASSERT_TRUE(value);
  EXPECT_EQ(value->at("template"), "appointment-booked");
  EXPECT_EQ(value->at("status"), "FAILED");
  EXPECT_EQ(value->at("reason"), "recipient-refused");
  EXPECT_EQ(value->at("recipient_masked"), "a***@mail.example");
  EXPECT_EQ(value->at("attempts"), 2);
  EXPECT_EQ(value->at("channel"), "EMAIL");
  EXPECT_FALSE(value->contains("next_attempt_at"));
}

TEST(NotificationCodec, AResendNeedsItsReasonAndNothingElse) {
  EXPECT_EQ(decode_resend(R"({"reason":"address corrected"})").value(), "address corrected");
  EXPECT_EQ(decode_resend("{}").error().kind, ErrorKind::malformed);
  EXPECT_EQ(decode_resend(R"({"reason":"x","to":"y@z.example"})").error().kind,
            ErrorKind::malformed);
}

}  // namespace ambula::notification::api::codec_test

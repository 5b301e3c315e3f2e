#include <ambula/base/text.hpp>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace text_test {

using ambula::base64url_decode;
using ambula::base64url_encode;
using ambula::is_utf8;
using ambula::to_utf8;

TEST(Utf8, AcceptsWellFormedText) {
  for (const char* text :
       {"", "plain", "ü", "€", "𝄞", "नमस्ते", "\xED\x9F\xBF", "\xEE\x80\x80", "\xF4\x8F\xBF\xBF",
        "\xEF\xBF\xBE", "\xC2\x80", "\xE0\xA0\x80", "\xF0\x90\x80\x80"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
    EXPECT_EQ(to_utf8(text), text);
  }
}

TEST(Utf8, RefusesWhatIsNot) {
  for (const char* text :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3(", "\xE2\x82", "\xE0\x9F\xBF",
        "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
        "\xFE", "\xFF", "\xF0\x9D\x84", "a\xFFz", "\xF8\x88\x80\x80\x80"}) {
    EXPECT_FALSE(is_utf8(text)) << testing::PrintToString(std::string(text));
  }
  EXPECT_EQ(to_utf8("a\xFFz\xE2\x82"), "a\uFFFDz\uFFFD\uFFFD");
}

TEST(Utf8, AnythingBecomesUtf8) {
  EXPECT_TRUE(rc::check("to_utf8 gives UTF-8 and keeps UTF-8", [](const std::string& text) {
    RC_ASSERT(is_utf8(to_utf8(text)));
    RC_ASSERT(is_utf8(text) == (to_utf8(text) == text));
  }));
}

TEST(Utf8, CountsCodePoints) {
  EXPECT_EQ(ambula::code_points(""), 0U);
  EXPECT_EQ(ambula::code_points("aü€𝄞"), 4U);
}

TEST(Control, FindsControlCharacters) {
  using ambula::has_control;
  EXPECT_FALSE(has_control("Größe €", false));
  EXPECT_FALSE(has_control("two\nlines\tand\r\n", true));
  EXPECT_FALSE(has_control("\u00A0", false));  // a no-break space is text
  for (const std::string& text : std::initializer_list<std::string>{
           std::string("\0", 1), "\x01", "\x1F", "\x7F", "\u0080", "\u009F", "a\x1B[2J"}) {
    EXPECT_TRUE(has_control(text, true)) << testing::PrintToString(text);
    EXPECT_TRUE(has_control(text, false)) << testing::PrintToString(text);
  }
  for (const char* text : {"\n", "a\tb", "\r"})
    EXPECT_TRUE(has_control(text, false));
}

TEST(Trim, CutsBothEnds) {
  EXPECT_EQ(ambula::trim(" \t\r\na b\n "), "a b");
  EXPECT_EQ(ambula::trim(" \n"), "");
  EXPECT_EQ(ambula::trim(""), "");
}

TEST(Split, KeepsEmptyParts) {
  using Parts = std::vector<std::string_view>;
  EXPECT_EQ(ambula::split("a,b,,c", ','), (Parts{"a", "b", "", "c"}));
  EXPECT_EQ(ambula::split("", ','), (Parts{""}));
  EXPECT_EQ(ambula::split(",", ','), (Parts{"", ""}));
}

TEST(Lower, LeavesOtherBytesAlone) {
  EXPECT_EQ(ambula::to_lower_ascii("AZaz09ÄÖ@["), "azaz09ÄÖ@[");
}

TEST(ParseInt, TakesWholeNumbersOnly) {
  EXPECT_EQ(ambula::parse_int("0"), 0);
  EXPECT_EQ(ambula::parse_int("-17"), -17);
  EXPECT_EQ(ambula::parse_int("9223372036854775807"), INT64_MAX);
  EXPECT_EQ(ambula::parse_int("-9223372036854775808"), INT64_MIN);
  for (const char* text : {"", "-", "+1", " 1", "1 ", "1.0", "1e3", "0x10", "9223372036854775808",
                           "-9223372036854775809", "99999999999999999999999", "१"}) {
    EXPECT_EQ(ambula::parse_int(text), std::nullopt) << text;
  }
}

TEST(JsonQuote, Escapes) {
  EXPECT_EQ(ambula::json_quote("a\"b\\c\n\r\t\x01\x1F/ü"), R"("a\"b\\c\n\r\t\u0001\u001f/ü")");
  EXPECT_EQ(ambula::json_quote(std::string_view("\0", 1)), R"("\u0000")");
  EXPECT_EQ(ambula::json_quote(""), R"("")");
}

TEST(Mask, HidesContactData) {
  EXPECT_EQ(ambula::mask_email("anna@example.org"), "a***@example.org");
  EXPECT_EQ(ambula::mask_email("ünal@example.org"), "ü***@example.org");
  EXPECT_EQ(ambula::mask_email("\"a@b\"@example.org"), "\"***@example.org");
  EXPECT_EQ(ambula::mask_email("@example.org"), "***");
  EXPECT_EQ(ambula::mask_email("nonsense"), "***");
  EXPECT_EQ(ambula::mask_email(""), "***");
  EXPECT_EQ(ambula::mask_phone("+491234321"), "******4321");
  EXPECT_EQ(ambula::mask_phone("4321"), "****");
  EXPECT_EQ(ambula::mask_phone(""), "");
  EXPECT_EQ(ambula::mask_phone("٠١٢٣٤٥"), "**٢٣٤٥");
}

TEST(Mask, KeepsUtf8AndHidesMost) {
  EXPECT_TRUE(rc::check("masked UTF-8 is UTF-8", [](const std::string& bytes) {
    const auto text = to_utf8(bytes);
    RC_ASSERT(is_utf8(ambula::mask_email(text)));
    RC_ASSERT(is_utf8(ambula::mask_phone(text)));
    RC_ASSERT(ambula::code_points(ambula::mask_phone(text)) == ambula::code_points(text));
    ambula::mask_email(bytes);  // must at least not crash
    ambula::mask_phone(bytes);
  }));
}

TEST(Base64Url, KnownTexts) {
  // RFC 4648 section 10, without padding.
  EXPECT_EQ(base64url_encode(""), "");
  EXPECT_EQ(base64url_encode("f"), "Zg");
  EXPECT_EQ(base64url_encode("fo"), "Zm8");
  EXPECT_EQ(base64url_encode("foo"), "Zm9v");
  EXPECT_EQ(base64url_encode("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64url_encode("\xFB\xFF\xFE"), "-__-");
}

TEST(Base64Url, RefusesWhatIsNotCanonical) {
  for (const std::string& text : std::initializer_list<std::string>{
           "Zg==", "Zh", "Zm9", "Z", "Zm9vY", "Zm 9", "+/", "Zg\n", std::string("Z\0", 2), "Zü"}) {
    EXPECT_EQ(base64url_decode(text), std::nullopt) << text;
  }
}

TEST(Base64Url, RoundTrips) {
  EXPECT_TRUE(rc::check("decode(encode(x)) == x", [](const std::string& bytes) {
    const auto text = base64url_encode(bytes);
    RC_ASSERT(base64url_decode(text) == bytes);
    RC_ASSERT(text.find_first_of("+/=") == std::string::npos);
  }));
  EXPECT_TRUE(rc::check("what decodes is canonical", [] {
    const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(
        std::string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_09")));
    if (const auto bytes = base64url_decode(text)) RC_ASSERT(base64url_encode(*bytes) == text);
  }));
}

TEST(Hex, IsLowerCase) {
  EXPECT_EQ(ambula::hex_encode(std::string_view("\0\x0F\xFF", 3)), "000fff");
}

}  // namespace text_test

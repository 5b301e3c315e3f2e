#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ambula {

/// Whether the bytes are well-formed UTF-8 (no surrogates, no overlong forms).
bool is_utf8(std::string_view text);

/// The text with every malformed byte replaced by U+FFFD, for output that must be UTF-8.
std::string to_utf8(std::string_view text);

/// Number of Unicode code points; the text must be UTF-8.
std::size_t code_points(std::string_view text);

/// Whether it has a control character (C0 but tab and newline, DEL, C1) or a NUL.
bool has_control(std::string_view text, bool newlines_allowed);

/// Whether it is an ASCII digit, whatever the locale.
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Without white space at both ends.
std::string_view trim(std::string_view text);

std::string to_lower_ascii(std::string_view text);

std::vector<std::string_view> split(std::string_view text, char separator);

/// A decimal integer with nothing around it; nullopt when out of range.
std::optional<long long> parse_int(std::string_view text);

/// A JSON string with its quotes.
std::string json_quote(std::string_view text);

/// "a***@example.org", "******4321": for lists and logs that must not show contact data.
std::string mask_email(std::string_view email);
std::string mask_phone(std::string_view phone);

std::string base64url_encode(std::string_view bytes);
std::optional<std::string> base64url_decode(std::string_view text);
std::string hex_encode(std::string_view bytes);

}  // namespace ambula

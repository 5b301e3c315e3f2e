#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <ambula/base/time.hpp>

// A mail as bytes (RFC 5322, RFC 2045 to 2047). Nothing that a person typed can become a header or
// a line of its own.
namespace ambula::notification::mail {

/// "Ambula <no-reply@ambula.example>" in its parts.
struct Mailbox {
  std::string name;
  std::string address;
};
std::optional<Mailbox> parse_mailbox(std::string_view text);

struct Content {
  std::string subject;
  std::string text;
  std::string html;
  std::string calendar;         ///< empty = none
  std::string calendar_method;  ///< REQUEST or CANCEL
  std::string language;
  std::string unsubscribe_url{};  ///< one click (RFC 8058); empty = none
};

struct Headers {
  Mailbox from;
  std::string to;
  std::string message_id;  ///< without angle brackets
  Instant date;
};

/// The whole message with CRLF line ends. Bodies are base64, so no line of theirs begins with a dot
/// or is too long.
std::string compose(const Headers& headers, const Content& content);

/// An unstructured header's value: as it is when it is short and plain ASCII, else encoded words
/// (RFC 2047).
std::string encode_header(std::string_view text);

/// One line: control characters become spaces.
std::string one_line(std::string_view text);

}  // namespace ambula::notification::mail

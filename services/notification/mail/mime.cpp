#include "mime.hpp"

#include <algorithm>
#include <cstdint>

#include <ambula/base/text.hpp>
#include <fmt/format.h>

#include "notification/domain/message.hpp"

namespace ambula::notification::mail {
namespace {

constexpr std::size_t line_bytes = 57;  // 76 characters of base64
constexpr std::size_t word_bytes = 42;  // an encoded word has at most 75 characters
constexpr std::size_t plain_max = 60;

std::string base64(std::string_view bytes) {
  static constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = (group << 8U) | (i + k < bytes.size() ? static_cast<std::uint8_t>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += i + k <= bytes.size() ? digits[(group >> (18U - 6U * k)) & 63U] : '=';
    }
  }
  return out;
}

std::string base64_lines(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += line_bytes)
    out += base64(bytes.substr(i, line_bytes)) + "\r\n";
  return out;
}

/// The longest head of at most `max` bytes that ends between two characters.
std::size_t whole_characters(std::string_view text, std::size_t max) {
  std::size_t end = std::min(max, text.size());
  while (end < text.size() && end > 0 && (static_cast<std::uint8_t>(text[end]) & 0xC0U) == 0x80U)
    --end;
  return std::max<std::size_t>(end, 1);
}

bool is_plain(std::string_view text) {
  return text.size() <= plain_max && text.find("=?") == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

/// RFC 5322 in UTC.
std::string date_line(Instant at) {
  static constexpr std::string_view days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const Date date{day};
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - day));
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} +0000",
                     days[std::chrono::weekday(day).c_encoding()],
                     static_cast<unsigned>(date.day()),
                     months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                     time.hours().count(), time.minutes().count(), time.seconds().count());
}

std::string part(std::string_view boundary, std::string_view type, std::string_view bytes,
                 std::string_view further = {}) {
  return fmt::format("--{}\r\nContent-Type: {}\r\n{}Content-Transfer-Encoding: base64\r\n\r\n{}",
                     boundary, type, further, base64_lines(bytes));
}

/// The same said in several ways, the richest last.
std::string alternatives(std::string_view boundary, const Content& content) {
  std::string out =
      fmt::format("Content-Type: multipart/alternative; boundary=\"{}\"\r\n\r\n", boundary);
  out += part(boundary, "text/plain; charset=utf-8", content.text);
  out += part(boundary, "text/html; charset=utf-8", content.html);
  if (!content.calendar.empty()) {
    out += part(boundary, "text/calendar; charset=utf-8; method=" + content.calendar_method,
                content.calendar);
  }
  return out + fmt::format("--{}--\r\n", boundary);
}

std::string quoted_name(const Mailbox& box) {
  if (box.name.empty()) return "<" + box.address + ">";
  const bool atoms = std::all_of(box.name.begin(), box.name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' ||
           c == '-';
  });
  if (atoms && is_plain(box.name)) return box.name + " <" + box.address + ">";
  return fmt::format("=?UTF-8?B?{}?= <{}>", base64(box.name), box.address);
}

}  // namespace

std::optional<Mailbox> parse_mailbox(std::string_view text) {
  text = trim(text);
  Mailbox box;
  const auto open = text.find('<');
  if (open == std::string_view::npos) {
    box.address = std::string(text);
  } else {
    if (text.back() != '>') return std::nullopt;
    box.name = std::string(trim(text.substr(0, open)));
    box.address = std::string(text.substr(open + 1, text.size() - open - 2));
  }
  // The name is one encoded word at most.
  if (!domain::is_plain_address(box.address) || box.name.size() > word_bytes) return std::nullopt;
  if (!is_utf8(box.name) || has_control(box.name, false)) return std::nullopt;
  return box;
}

std::string one_line(std::string_view text) {
  auto line = to_utf8(text);
  for (auto& c : line) {
    if (static_cast<std::uint8_t>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  return line;
}

std::string encode_header(std::string_view text) {
  const auto line = one_line(text);
  if (is_plain(line)) return line;
  std::string out;
  std::string_view rest = line;
  while (!rest.empty()) {
    const auto size = whole_characters(rest, word_bytes);
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?" + base64(rest.substr(0, size)) + "?=";
    rest.remove_prefix(size);
  }
  return out;
}

std::string compose(const Headers& headers, const Content& content) {
  const auto boundary = "=_" + hex_encode(headers.message_id.substr(0, 24));
  const auto inner = boundary + "_a";
  std::string out;
  out += "Date: " + date_line(headers.date) + "\r\n";
  out += "From: " + quoted_name(headers.from) + "\r\n";
  out += "To: <" + headers.to + ">\r\n";
  out += "Message-ID: <" + headers.message_id + ">\r\n";
  out += "Subject: " + encode_header(content.subject) + "\r\n";
  out += "Content-Language: " + content.language + "\r\n";
  out += "Auto-Submitted: auto-generated\r\n";
  if (!content.unsubscribe_url.empty()) {
    out += "List-Unsubscribe: <" + content.unsubscribe_url + ">\r\n";
    out += "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";
  }
  out += "MIME-Version: 1.0\r\n";
  // Those who know iTIP show the calendar part as an invitation, all others the attachment.
  if (content.calendar.empty()) return out + alternatives(boundary, content);
  out += "Content-Type: multipart/mixed; boundary=\"" + boundary + "\"\r\n\r\n";
  out += "--" + boundary + "\r\n" + alternatives(inner, content);
  out += part(boundary, "application/ics; name=\"visit.ics\"", content.calendar,
              "Content-Disposition: attachment; filename=\"visit.ics\"\r\n");
  out += "--" + boundary + "--\r\n";
  return out;
}

}  // namespace ambula::notification::mail

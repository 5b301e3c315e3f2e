#include "response_head.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <ambula/base/text.hpp>
#include <ambula/http/problem.hpp>

namespace ambula::http {
namespace {

bool is_servers_field(std::string_view name) {
  return name == "connection" || name == "content-length" || name == "date" ||
         name == "transfer-encoding" || name == "keep-alive" || name == "upgrade" ||
         name == "trailer";
}

/// Nothing that could end the line early.
bool is_sendable(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7F;
  });
}

void append_number(std::string& out, std::size_t number) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

}  // namespace

void write_response_head(std::string& out, const Response& response, const HeadForm& form) {
  out = "HTTP/1.1 ";
  append_number(out, static_cast<std::size_t>(response.status));
  out.append(" ").append(reason_phrase(response.status)).append("\r\n").append(form.date_line);
  std::optional<std::string_view> told_length;
  for (const auto& [name, value] : response.headers.all()) {
    if (name == "content-length") told_length = value;
    if (is_servers_field(name) || !is_sendable(name) || !is_sendable(value)) continue;
    out.append(name).append(": ").append(value).append("\r\n");
  }
  if (form.chunked) {
    out += "transfer-encoding: chunked\r\n";
  } else if (has_body(response.status) && !response.stream) {
    out += "content-length: ";
    // An upstream's answer to HEAD has the length without the body.
    const auto length = told_length ? parse_int(*told_length) : std::nullopt;
    const bool told = form.to_head && response.body.empty() && length && *length >= 0;
    append_number(out, told ? static_cast<std::size_t>(*length) : response.body.size());
    out += "\r\n";
  }
  if (form.closes) out += "connection: close\r\n";
  out += "\r\n";
}

}  // namespace ambula::http

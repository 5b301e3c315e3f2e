#include "head.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <ambula/base/text.hpp>

namespace ambula::http {
namespace {

enum CharClass : std::uint8_t {
  name_char = 1,   ///< of a field name
  value_char = 2,  ///< of a field value: printable ASCII, space, tab
  path_char = 4,   ///< pchar of RFC 3986 and '/', with '%' left to the decoder
  query_char = 8,  ///< printable ASCII that no parser takes for an end or a path
  host_char = 16,  ///< of a registered name or an IPv4 address
};

constexpr bool is_alpha(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (int i = 0x20; i < 0x7F; ++i) {
    const char c = static_cast<char>(i);
    std::uint8_t& bits = classes[static_cast<std::size_t>(i)];
    const bool word = is_alpha(c) || is_digit(c);
    bits = value_char;
    if (word || c == '-') bits |= name_char;
    if (word || std::string_view("-._~").find(c) != std::string_view::npos) bits |= host_char;
    if (word || std::string_view("-._~!$&'()*+,;=:@/%").find(c) != std::string_view::npos) {
      bits |= path_char;
    }
    if (std::string_view(" \"#<>\\").find(c) == std::string_view::npos) bits |= query_char;
  }
  classes['\t'] = value_char;
  return classes;
}

constexpr auto classes = make_classes();

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_digit);
}

bool all_of_class(std::string_view text, CharClass wanted) {
  for (const char c : text) {
    if (!(classes[static_cast<unsigned char>(c)] & wanted)) return false;
  }
  return true;
}

Error malformed(std::string_view code, std::string_view detail) {
  return Error{ErrorKind::malformed, code, detail};
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Decodes into `out`; false for a broken escape or a NUL. UTF-8 is the caller's check.
bool decode_into(std::string_view text, bool plus_is_space, std::string& out) {
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return false;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return false;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    if (c == '\0') return false;
    out.push_back(c);
  }
  return true;
}

/// Fields that have one meaning only when they occur once. The list covers framing, identity, and
/// everything that two parsers could read differently by taking the first or the last.
constexpr std::array<std::string_view, 20> once_names{"host",
                                                      "content-length",
                                                      "transfer-encoding",
                                                      "expect",
                                                      "authorization",
                                                      "content-type",
                                                      "idempotency-key",
                                                      "x-request-id",
                                                      "cookie",
                                                      "traceparent",
                                                      "if-match",
                                                      "if-none-match",
                                                      "origin",
                                                      "last-event-id",
                                                      "content-encoding",
                                                      "proxy-authorization",
                                                      "range",
                                                      "access-control-request-method",
                                                      "ambula-deadline-ms",
                                                      "x-csrf-token"};

enum Once : std::uint32_t {
  host_bit = 1U << 0,
  content_length_bit = 1U << 1,
  transfer_encoding_bit = 1U << 2,
  expect_bit = 1U << 3,
};

/// One bit per name that may occur once, 0 for others.
std::uint32_t once_bit(std::string_view lower_name) {
  for (std::size_t i = 0; i < once_names.size(); ++i) {
    if (once_names[i].size() == lower_name.size() && once_names[i] == lower_name) return 1U << i;
  }
  return 0;
}

/// Reads the head line by line; every function returns the rule that was broken.
class Validator {
 public:
  Validator(std::string_view raw, const HeadLimits& limits) : rest_(raw), limits_(limits) {}

  Result<Head> run() {
    if (auto ok = request_line(); !ok) return ok.error();
    while (true) {
      std::string_view line;
      if (auto ok = next_line(line); !ok) return ok.error();
      if (line.empty()) break;
      if (auto ok = field(line); !ok) return ok.error();
    }
    if (!rest_.empty()) return malformed("bytes-after-head", "Bytes follow the head.");
    if (auto ok = whole(); !ok) return ok.error();
    return std::move(head_);
  }

 private:
  Result<void> next_line(std::string_view& line) {
    const auto end = rest_.find('\n');
    if (end == std::string_view::npos) {
      return malformed("head-incomplete", "The request head does not end with an empty line.");
    }
    if (end == 0 || rest_[end - 1] != '\r') {
      return malformed("bare-lf", "Lines of the request head end with CR LF.");
    }
    line = rest_.substr(0, end - 1);
    rest_.remove_prefix(end + 1);
    return {};
  }

  Result<void> request_line() {
    std::string_view line;
    if (auto ok = next_line(line); !ok) return ok;
    const auto first = line.find(' ');
    const auto second = first == std::string_view::npos ? first : line.find(' ', first + 1);
    if (second == std::string_view::npos || line.find(' ', second + 1) != std::string_view::npos) {
      return malformed("request-line", "The request line is not method, target and version.");
    }
    const auto method = parse_method(line.substr(0, first));
    if (!method) return malformed("unknown-method", "The method is not one of this interface.");
    head_.method = *method;
    if (auto ok = target(line.substr(first + 1, second - first - 1)); !ok) return ok;
    return version(line.substr(second + 1));
  }

  Result<void> version(std::string_view text) {
    if (text == "HTTP/1.1") return {};
    if (text == "HTTP/1.0") {
      head_.http_1_0 = true;
      head_.keep_alive = false;
      return {};
    }
    const bool shaped = text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) &&
                        text[6] == '.' && is_digit(text[7]);
    if (shaped) return malformed("version-not-supported", "Only HTTP/1.1 is spoken here.");
    return malformed("request-line", "The request line is not method, target and version.");
  }

  Result<void> target(std::string_view text) {
    if (text.size() > limits_.target_bytes_max) {
      return malformed("target-too-long", "The request target is too long.");
    }
    if (text.empty() || text.front() != '/') {
      return malformed("target-form", "The request target must begin with a slash.");
    }
    const auto mark = text.find('?');
    if (!path(text.substr(0, mark))) {
      return malformed("path", "The path has a byte, an escape or a segment that is not allowed.");
    }
    if (mark == std::string_view::npos) return {};
    const std::string_view query = text.substr(mark + 1);
    auto parsed = all_of_class(query, query_char) ? parse_query(query) : std::nullopt;
    if (!parsed)
      return malformed("query", "The query has a byte or an escape that is not allowed.");
    head_.raw_query = query;
    head_.query = *std::move(parsed);
    return {};
  }

  bool path(std::string_view text) {
    if (!all_of_class(text, path_char)) return false;
    if (text.find('%') == std::string_view::npos) {
      head_.path = text;
    } else {
      // An escaped separator, dot or percent sign reads differently after one more decoding.
      for (auto at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
        const std::string escape = to_lower_ascii(text.substr(at + 1, 2));
        if (escape == "2f" || escape == "5c" || escape == "2e" || escape == "25") return false;
      }
      if (!decode_into(text, false, head_.path) || !is_utf8(head_.path) ||
          has_control(head_.path, false)) {
        return false;
      }
    }
    return segments();
  }

  /// No empty segment but the last, no dot segments.
  bool segments() const {
    std::string_view rest(head_.path);
    while (!rest.empty()) {
      rest.remove_prefix(1);
      const auto end = rest.find('/');
      const std::string_view segment = rest.substr(0, end);
      if (segment == "." || segment == "..") return false;
      if (end == std::string_view::npos) return true;
      if (segment.empty()) return false;
      rest.remove_prefix(end);
    }
    return true;
  }

  Result<void> field(std::string_view line) {
    if (++count_ > limits_.header_count_max) {
      return malformed("too-many-fields", "The request has too many header fields.");
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0 ||
        !all_of_class(line.substr(0, colon), name_char)) {
      // Covers folded lines, white space around the name, and underscores.
      return malformed("field-name",
                       "A header field's name is not of letters, digits and hyphens.");
    }
    const std::string_view value = line.substr(colon + 1);
    if (!all_of_class(value, value_char)) {
      return malformed("field-value", "A header field's value has a byte that is not allowed.");
    }
    head_.headers.add(line.substr(0, colon), trim(value));
    const auto& [name, trimmed] = head_.headers.all().back();
    const std::uint32_t bit = once_bit(name);
    if (bit & seen_) {
      return malformed("repeated-field", "A header field that may occur once occurs again.");
    }
    seen_ |= bit;
    // Parsers differ in how they trim; where framing is decided nothing is left to trim.
    const bool plain = value.size() - trimmed.size() == (value.starts_with(' ') ? 1U : 0U);
    return meaning(name, trimmed, bit, plain);
  }

  Result<void> meaning(std::string_view name, std::string_view value, std::uint32_t bit,
                       bool plain) {
    if (bit == host_bit && !(plain && host(value))) {
      return malformed("host", "Host is not a name or address with an optional port.");
    }
    if (bit == content_length_bit) return content_length(plain ? value : "");
    if (bit == transfer_encoding_bit) return transfer_encoding(plain ? value : "");
    if (bit == expect_bit) return expect(value);
    if (name == "connection") return connection(value);
    if (name == "upgrade") {
      return malformed("upgrade", "Changing the protocol is not supported.");
    }
    return {};
  }

  static bool host(std::string_view value) {
    std::string_view port;
    if (value.starts_with('[')) {
      const auto end = value.find(']');
      if (end == std::string_view::npos || end < 3) return false;
      for (const char c : value.substr(1, end - 1)) {
        if (hex_value(c) < 0 && c != ':' && c != '.') return false;
      }
      port = value.substr(end + 1);
    } else {
      const auto end = value.find(':');
      const std::string_view name = value.substr(0, end);
      if (name.empty() || name.size() > 255 || !all_of_class(name, host_char)) return false;
      if (end != std::string_view::npos) port = value.substr(end);
    }
    if (port.empty()) return true;
    if (port.size() < 2 || port.size() > 6 || port.front() != ':') return false;
    return all_digits(port.substr(1));
  }

  Result<void> content_length(std::string_view value) {
    const bool one_form = value == "0" || !value.starts_with('0');
    if (value.empty() || value.size() > 10 || !one_form || !all_digits(value)) {
      return malformed("content-length", "Content-Length is not one plain number.");
    }
    std::size_t length = 0;
    for (const char c : value)
      length = length * 10 + static_cast<std::size_t>(c - '0');
    head_.content_length = length;
    return {};
  }

  Result<void> transfer_encoding(std::string_view value) {
    if (value != "chunked") {
      return malformed("transfer-encoding", "The only transfer coding understood is chunked.");
    }
    head_.chunked = true;
    return {};
  }

  Result<void> expect(std::string_view value) {
    if (to_lower_ascii(value) != "100-continue") {
      return malformed("expectation-failed", "The only expectation understood is 100-continue.");
    }
    head_.expects_continue = true;
    return {};
  }

  /// Options that name a field make it vanish at the next hop, so none but the known ones pass.
  Result<void> connection(std::string_view value) {
    for (const std::string_view part : split(value, ',')) {
      const std::string option = to_lower_ascii(trim(part));
      if (option == "close") {
        head_.keep_alive = false;
      } else if (option != "keep-alive" && option != "te") {
        return malformed("connection-option", "Connection has an option that is not allowed.");
      }
    }
    return {};
  }

  /// What only the whole head can tell.
  Result<void> whole() {
    if (!(seen_ & host_bit)) return malformed("host", "Host is missing.");
    if (head_.chunked && head_.content_length) {
      return malformed("two-lengths", "Content-Length and Transfer-Encoding exclude each other.");
    }
    if (head_.chunked && head_.http_1_0) {
      return malformed("transfer-encoding", "HTTP/1.0 has no transfer codings.");
    }
    const bool takes_body = head_.method == Method::post || head_.method == Method::put ||
                            head_.method == Method::patch;
    const bool has_body = head_.chunked || head_.content_length.value_or(0) > 0;
    if (has_body && !takes_body) {
      return malformed("unexpected-body", "A request with this method has no body.");
    }
    if (head_.http_1_0 || !has_body) head_.expects_continue = false;
    return {};
  }

  std::string_view rest_;
  const HeadLimits& limits_;
  Head head_;
  std::size_t count_{0};
  std::uint32_t seen_{0};
};

}  // namespace

Result<Head> validate_head(std::string_view raw, const HeadLimits& limits) {
  return Validator(raw, limits).run();
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  if (!decode_into(text, plus_is_space, out) || !is_utf8(out)) return std::nullopt;
  return out;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (classes[static_cast<unsigned char>(c)] & host_char) {
      out.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.push_back('%');
      out.push_back(digits[byte >> 4]);
      out.push_back(digits[byte & 15]);
    }
  }
  return out;
}

std::optional<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view raw) {
  std::vector<std::pair<std::string, std::string>> query;
  while (!raw.empty()) {
    const auto end = raw.find('&');
    const std::string_view component = raw.substr(0, end);
    raw.remove_prefix(end == std::string_view::npos ? raw.size() : end + 1);
    if (component.empty()) continue;
    const auto equals = component.find('=');
    auto name = percent_decode(component.substr(0, equals), true);
    auto value = equals == std::string_view::npos
                     ? std::string()
                     : percent_decode(component.substr(equals + 1), true);
    if (!name || !value) return std::nullopt;
    query.emplace_back(*std::move(name), *std::move(value));
  }
  return query;
}

}  // namespace ambula::http

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <ambula/base/result.hpp>
#include <ambula/http/message.hpp>

namespace ambula::http {

/// What a validated head says; every field has exactly one meaning for every HTTP parser.
struct Head {
  Method method{Method::get};
  std::string path;
  std::string raw_query;
  std::vector<std::pair<std::string, std::string>> query;
  Headers headers;
  bool http_1_0{false};
  bool keep_alive{true};
  bool chunked{false};
  std::optional<std::size_t> content_length;
  bool expects_continue{false};
};

struct HeadLimits {
  std::size_t header_count_max{64};
  std::size_t target_bytes_max{8192};
};

/// Validates the raw bytes of a request head, including the blank line, before any parser acts on
/// it. RFC 9112 §2.2, §3, §5, §6 with everything optional refused: one Host, no obs-fold,
/// Transfer-Encoding only exactly `chunked` on HTTP/1.1 and never with Content-Length, one plain
/// Content-Length, origin-form targets of printable ASCII without encoded separators or dot
/// segments, known methods, names of [A-Za-z0-9-], no repeated security header. The error's kind is
/// `malformed` (400) with a rule as code; `detail` never quotes the input.
Result<Head> validate_head(std::string_view raw, const HeadLimits& limits);

/// Percent-decodes a path or query component; nullopt for broken escapes, NUL, or invalid UTF-8.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);
std::string percent_encode(std::string_view text);
/// Parses `a=1&b=2`; nullopt when a component cannot be decoded.
std::optional<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view raw);

}  // namespace ambula::http

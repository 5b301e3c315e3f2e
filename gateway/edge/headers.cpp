#include "headers.hpp"

#include <algorithm>
#include <array>

#include <ambula/base/uuid.hpp>
#include <ambula/http/head.hpp>

namespace ambula::edge {
namespace {

constexpr std::array<std::string_view, 9> request_fields{
    "authorization",   "content-type",    "accept",          "if-match",     "if-none-match",
    "idempotency-key", "ambula-facility", "accept-language", "last-event-id"};

constexpr std::array<std::string_view, 13> answer_fields{"content-type",
                                                         "etag",
                                                         "location",
                                                         "link",
                                                         "cache-control",
                                                         "retry-after",
                                                         "content-disposition",
                                                         "idempotency-replayed",
                                                         "allow",
                                                         "vary",
                                                         "www-authenticate",
                                                         "content-language",
                                                         "content-security-policy"};

constexpr std::array<std::string_view, 7> own_answer_fields{"set-cookie",
                                                            "access-control-allow-methods",
                                                            "access-control-allow-headers",
                                                            "access-control-max-age",
                                                            "content-encoding",
                                                            "permissions-policy",
                                                            "cross-origin-opener-policy"};

template <std::size_t N>
bool among(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

bool is_plain_path(std::string_view path) {
  return std::ranges::all_of(path, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' || c == '-' || c == '.' ||
           c == '_' || (c >= 'A' && c <= 'Z');
  });
}

std::string encoded_path(std::string_view path) {
  std::string encoded;
  while (!path.empty()) {
    const auto end = std::min(path.find('/', 1), path.size());
    encoded += '/';
    encoded += http::percent_encode(path.substr(1, end - 1));
    path.remove_prefix(end);
  }
  return encoded;
}

}  // namespace

http::Headers upstream_fields(const http::Headers& request) {
  http::Headers fields;
  for (const auto& [name, value] : request.all()) {
    if (among(request_fields, name)) fields.add(name, value);
  }
  return fields;
}

http::Headers outgoing_fields(const http::Headers& answer, bool own) {
  http::Headers fields;
  for (const auto& [name, value] : answer.all()) {
    if (among(answer_fields, name) || (own && among(own_answer_fields, name))) {
      fields.add(name, value);
    }
  }
  return fields;
}

std::string upstream_target(const http::Request& request) {
  auto target = is_plain_path(request.path) ? request.path : encoded_path(request.path);
  if (!request.raw_query.empty()) target.append("?").append(request.raw_query);
  return target;
}

std::string request_id_of(const http::Request& request) {
  const auto sent = request.headers.get("x-request-id").value_or("");
  const bool sane = !sent.empty() && sent.size() <= 128 && std::ranges::all_of(sent, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
  return sane ? std::string(sent) : Uuid::make().str();
}

}  // namespace ambula::edge

#include "console.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include <ambula/base/text.hpp>

namespace ambula::edge {
namespace {

constexpr std::string_view start_page = "/index.html";

// Its own scripts, styles, fonts and questions; nothing inline, nobody else's, in nobody's frame.
constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";
constexpr std::string_view no_devices =
    "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()";

// What is not a page, however it is asked for.
constexpr std::array<std::string_view, 9> not_pages{"/v1",      "/openapi.json", "/docs",
                                                    "/oauth2",  "/.well-known",  "/fhir",
                                                    "/healthz", "/readyz",       "/assets"};

struct Type {
  std::string_view ending;
  std::string_view type;
};
constexpr Type types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
    {".webmanifest", "application/manifest+json"},
};

std::string_view type_of(std::string_view path) {
  for (const auto& known : types) {
    if (path.ends_with(known.ending)) return known.type;
  }
  return {};
}

/// FNV-1a: tells two builds apart, nothing more is asked of it.
std::string tag_of(std::string_view content) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : content) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211ULL;
  }
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(hash));
  return text.data();
}

/// Whether this is at or below one of the paths that others answer.
bool is_page(std::string_view path) {
  return std::ranges::none_of(not_pages, [&](std::string_view other) {
    return path.starts_with(other) && (path.size() == other.size() || path[other.size()] == '/');
  });
}

/// Whether a list like "gzip;q=0.8, br" names this; one with weight 0 is a refusal.
bool names(std::string_view list, std::string_view wanted) {
  for (const auto part : split(list, ',')) {
    const auto end = std::min(part.find(';'), part.size());
    if (to_lower_ascii(trim(part.substr(0, end))) != wanted) continue;
    const auto weight = trim(part.substr(std::min(end + 1, part.size())));
    return !(weight.starts_with("q=0") && weight.find_first_not_of("0.", 2) == weight.npos);
  }
  return false;
}

/// The addresses that people are told are pages for whoever does not ask for something else; the
/// others for browsers only, so that a mistyped path of the API is said to be one.
bool is_for_a_reader(const http::Request& request) {
  const auto accepts = request.headers.get("accept").value_or("*/*");
  if (names(accepts, "text/html")) return true;
  const bool told = request.path == "/" || request.path.starts_with("/board/");
  return told && (names(accepts, "*/*") || names(accepts, "text/*"));
}

std::string read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream content;
  content << in.rdbuf();
  return content.str();
}

}  // namespace

Result<Console> Console::load(const std::filesystem::path& folder) {
  std::error_code failed;
  Console console;
  std::filesystem::recursive_directory_iterator entries(folder, failed);
  for (; !failed && entries != std::filesystem::recursive_directory_iterator();
       entries.increment(failed)) {
    if (!entries->is_regular_file(failed) || failed) continue;
    const auto path = "/" + entries->path().lexically_relative(folder).generic_string();
    console.take(path, read(entries->path()));
  }
  if (failed || !console.files_.contains(start_page)) {
    return Error{ErrorKind::internal, "console-missing",
                 "AMBULA_GATEWAY_CONSOLE_DIR: there is no built console in " + folder.string() +
                     "; for example /usr/share/ambula/console, or empty for none"};
  }
  return console;
}

void Console::take(const std::string& path, std::string content) {
  const std::string_view name = path;
  if (name.ends_with(".br")) {
    files_[std::string(name.substr(0, name.size() - 3))].brotli = std::move(content);
  } else if (name.ends_with(".gz")) {
    files_[std::string(name.substr(0, name.size() - 3))].gzip = std::move(content);
  } else if (!type_of(name).empty()) {
    auto& file = files_[path];
    file.type = type_of(name);
    file.tag = tag_of(content);
    file.plain = std::move(content);
    file.lasting = name.starts_with("/assets/");
  }
}

std::optional<http::Response> Console::answer(const http::Request& request) const {
  if (request.method != http::Method::get && request.method != http::Method::head)
    return std::nullopt;
  auto found = files_.find(request.path);
  if (found == files_.end()) {
    if (!is_page(request.path) || !is_for_a_reader(request)) return std::nullopt;
    found = files_.find(start_page);
  }
  // A packed form whose plain one is gone is not a file.
  if (found == files_.end() || found->second.type.empty()) return std::nullopt;
  return encode(request, found->second);
}

http::Response Console::encode(const http::Request& request, const File& file) {
  const auto accepted = request.headers.get("accept-encoding").value_or("");
  const std::string* body = &file.plain;
  std::string_view encoding;
  if (!file.brotli.empty() && names(accepted, "br")) {
    body = &file.brotli;
    encoding = "br";
  } else if (!file.gzip.empty() && names(accepted, "gzip")) {
    body = &file.gzip;
    encoding = "gzip";
  }
  auto tag = "\"" + file.tag;
  if (!encoding.empty()) tag.append("-").append(encoding);
  tag += '"';
  http::Response response;
  response.headers.add("content-type", file.type);
  response.headers.add("cache-control",
                       file.lasting ? "public, max-age=31536000, immutable" : "no-cache");
  response.headers.add("vary", "accept-encoding, accept");
  response.headers.add("etag", tag);
  response.headers.add("content-security-policy", policy);
  response.headers.add("permissions-policy", no_devices);
  response.headers.add("cross-origin-opener-policy", "same-origin");
  if (request.headers.get("if-none-match") == tag) {
    response.status = 304;
    return response;
  }
  if (!encoding.empty()) response.headers.add("content-encoding", encoding);
  response.body = *body;
  return response;
}

}  // namespace ambula::edge

#include "pages.hpp"

#include <algorithm>

namespace ambula::edge {
namespace {

struct Place {
  std::string_view path;
  std::string_view file;
  std::string_view type;
};
constexpr Place places[] = {
    {"/openapi.json", "openapi.json", "application/json"},
    {"/docs", "docs.html", "text/html; charset=utf-8"},
    {"/docs/docs.js", "docs.js", "text/javascript; charset=utf-8"},
};

// The page runs its own script and asks this gateway, nobody else.
constexpr std::string_view page_policy =
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

}  // namespace

std::optional<http::Response> static_page(std::string_view path) {
  const auto* place = std::ranges::find(places, path, &Place::path);
  if (place == std::end(places)) return std::nullopt;
  const auto pages = embedded_pages();
  const auto page = std::ranges::find(pages, place->file, &EmbeddedPage::name);
  if (page == pages.end()) return std::nullopt;
  http::Response response;
  response.headers.add("content-type", place->type);
  response.headers.add("cache-control", "public, max-age=300");
  response.headers.add("content-security-policy", page_policy);
  response.body = page->text;
  return response;
}

}  // namespace ambula::edge

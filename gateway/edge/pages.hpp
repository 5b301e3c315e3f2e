#pragma once

#include <optional>
#include <span>
#include <string_view>

#include <ambula/http/message.hpp>

namespace ambula::edge {

/// A file that was built in.
struct EmbeddedPage {
  std::string_view name;
  std::string_view text;
};
std::span<const EmbeddedPage> embedded_pages();

/// `/openapi.json`, `/docs` and what the page needs; nullopt for other paths, and for a document
/// that was not there when the gateway was built [INT-1].
std::optional<http::Response> static_page(std::string_view path);

}  // namespace ambula::edge

#include "version.hpp"

#include <algorithm>

#include <ambula/base/text.hpp>

namespace ambula::service {

std::optional<std::int64_t> version_of(std::string_view tag) {
  if (tag.size() < 4 || !tag.starts_with("\"v") || !tag.ends_with('"')) return std::nullopt;
  return parse_int(tag.substr(2, tag.size() - 3));
}

bool names_version(std::string_view header, std::int64_t version) {
  if (trim(header) == "*") return true;
  const auto tags = split(header, ',');
  return std::ranges::any_of(tags, [&](std::string_view tag) {
    tag = trim(tag);
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    return version_of(tag) == version;
  });
}

}  // namespace ambula::service

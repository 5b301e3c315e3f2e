#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

// Versions of records as entity tags: "v3" (RFC 9110 §8.8.3).
namespace ambula::service {

/// The version of one strong tag, as If-Match must be: who changes a record says which version they
/// have read, so `*` and lists, which would overwrite what nobody has seen, are none.
std::optional<std::int64_t> version_of(std::string_view tag);
/// Whether a value of If-None-Match names this version (§13.1.2): `*`, or tags with commas between
/// them; a weak one (a proxy's) counts too.
bool names_version(std::string_view header, std::int64_t version);

}  // namespace ambula::service

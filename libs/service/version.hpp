#pragma once

#include <cstdint>
#include <string_view>

// Versions of records as entity tags: "v3" (RFC 9110 §8.8.3, §13.1.1, §13.1.2).
namespace ambula::service {

/// Whether a value of If-Match or If-None-Match has the form of one: `*`, or tags of ours with
/// commas between them.
bool is_version_list(std::string_view header);
/// Whether it names this version: `*`, or one of its tags. A weak tag (a proxy's) counts as the
/// strong one, for each version has one representation.
bool names_version(std::string_view header, std::int64_t version);

}  // namespace ambula::service

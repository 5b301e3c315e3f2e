#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ambula {

/// The country ("IN", ISO 3166-1) whose time an IANA zone is, by this machine's tz database;
/// nullopt for zones of no country ("UTC", "Etc/GMT-3") and for old names of zones.
std::optional<std::string> zone_region(std::string_view zone);

}  // namespace ambula

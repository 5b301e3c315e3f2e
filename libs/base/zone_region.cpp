#include "zone_region.hpp"

#include <fstream>
#include <map>

#include "text.hpp"

namespace ambula {
namespace {

using Regions = std::map<std::string, std::string, std::less<>>;

/// Lines are "IN<tab>+2232+08822<tab>Asia/Kolkata<tab>comment".
Regions read_regions() {
  Regions regions;
  std::ifstream file("/usr/share/zoneinfo/zone.tab");
  std::string line;
  while (std::getline(file, line)) {
    const auto fields = split(line, '\t');
    if (fields.size() < 3 || fields[0].size() != 2) continue;
    regions.emplace(std::string(fields[2]), std::string(fields[0]));
  }
  return regions;
}

}  // namespace

std::optional<std::string> zone_region(std::string_view zone) {
  static const Regions regions = read_regions();
  const auto found = regions.find(zone);
  if (found == regions.end()) return std::nullopt;
  return found->second;
}

}  // namespace ambula

#include "facility.hpp"

#include <algorithm>
#include <cctype>

#include <ambula/base/text.hpp>
#include <ambula/base/zone.hpp>

namespace ambula::identity::domain {
namespace {

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

bool is_upper_or_digit(char c) {
  return is_upper(c) || (c >= '0' && c <= '9');
}

bool is_alnum(char c) {
  return is_upper_or_digit(c) || (c >= 'a' && c <= 'z');
}

bool is_code(std::string_view code) {
  return code.size() >= 2 && code.size() <= 10 && std::ranges::all_of(code, is_upper_or_digit);
}

/// "en", "en-IN", "zh-Hant-TW".
bool is_language_tag(std::string_view tag) {
  const auto parts = split(tag, '-');
  const auto& primary = parts.front();
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  if (primary.size() < 2 || primary.size() > 3 || !std::ranges::all_of(primary, lower))
    return false;
  return std::all_of(parts.begin() + 1, parts.end(), [](std::string_view part) {
    return part.size() >= 2 && part.size() <= 8 && std::ranges::all_of(part, is_alnum);
  });
}

}  // namespace

Result<void> check_facility(const Facility& facility) {
  if (!is_code(facility.code)) {
    return rule_broken("invalid-code", "A code has 2 to 10 capitals and digits.", "/code");
  }
  if (!zone_exists(facility.zone)) {
    return rule_broken("unknown-zone", "There is no such IANA time zone.", "/zone");
  }
  if (facility.currency.size() != 3 || !std::ranges::all_of(facility.currency, is_upper)) {
    return rule_broken("invalid-currency", "A currency is three capitals (ISO 4217).", "/currency");
  }
  if (!is_language_tag(facility.locale)) {
    return rule_broken("invalid-locale", "A locale is a language tag like en-IN.", "/locale");
  }
  if (facility.settings.urgent_seats > facility.settings.day_cap) {
    return rule_broken("too-many-urgent-seats", "Urgent seats are part of the day's cap.",
                       "/settings/urgent_seats");
  }
  return {};
}

}  // namespace ambula::identity::domain

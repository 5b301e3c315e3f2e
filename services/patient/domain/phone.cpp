#include "phone.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <ambula/base/text.hpp>
#include <ambula/base/zone_region.hpp>

namespace ambula::patient::domain {
namespace {

/// How a country writes numbers (ITU-T E.164 and its list of dialling procedures).
struct Plan {
  std::string_view region;
  std::string_view country_code;
  std::string_view trunk;          ///< dialled before a national number at home, not from abroad
  std::string_view international;  ///< dialled before a country's code, beside 00
  std::size_t national_length{0};  ///< when a trunk digit could as well be the first of the number
};

constexpr std::string_view none;

// clang-format off
constexpr std::array plans{
    Plan{"AD", "376", none, "00"}, Plan{"AE", "971", "0", "00"}, Plan{"AF", "93", "0", "00"}, Plan{"AL", "355", "0", "00"},
    Plan{"AM", "374", "0", "00"}, Plan{"AO", "244", none, "00"}, Plan{"AR", "54", "0", "00"}, Plan{"AT", "43", "0", "00"},
    Plan{"AU", "61", "0", "0011"}, Plan{"AZ", "994", "0", "00"}, Plan{"BA", "387", "0", "00"}, Plan{"BD", "880", "0", "00"},
    Plan{"BE", "32", "0", "00"}, Plan{"BF", "226", none, "00"}, Plan{"BG", "359", "0", "00"}, Plan{"BH", "973", none, "00"},
    Plan{"BI", "257", none, "00"}, Plan{"BJ", "229", none, "00"}, Plan{"BN", "673", none, "00"}, Plan{"BO", "591", "0", "00"},
    Plan{"BR", "55", "0", "00"}, Plan{"BT", "975", none, "00"}, Plan{"BW", "267", none, "00"}, Plan{"BY", "375", "80", "810"},
    Plan{"CA", "1", "1", "011", 10}, Plan{"CD", "243", "0", "00"}, Plan{"CG", "242", none, "00"}, Plan{"CH", "41", "0", "00"},
    Plan{"CI", "225", none, "00"}, Plan{"CL", "56", none, "00"}, Plan{"CM", "237", none, "00"}, Plan{"CN", "86", "0", "00"},
    Plan{"CO", "57", none, "00"}, Plan{"CR", "506", none, "00"}, Plan{"CY", "357", none, "00"}, Plan{"CZ", "420", none, "00"},
    Plan{"DE", "49", "0", "00"}, Plan{"DK", "45", none, "00"}, Plan{"DO", "1", "1", "011", 10}, Plan{"DZ", "213", "0", "00"},
    Plan{"EC", "593", "0", "00"}, Plan{"EE", "372", none, "00"}, Plan{"EG", "20", "0", "00"}, Plan{"ES", "34", none, "00"},
    Plan{"ET", "251", "0", "00"}, Plan{"FI", "358", "0", "00"}, Plan{"FJ", "679", none, "00"}, Plan{"FR", "33", "0", "00"},
    Plan{"GB", "44", "0", "00"}, Plan{"GE", "995", "0", "00"}, Plan{"GH", "233", "0", "00"}, Plan{"GR", "30", none, "00"},
    Plan{"GT", "502", none, "00"}, Plan{"HK", "852", none, "001"}, Plan{"HN", "504", none, "00"}, Plan{"HR", "385", "0", "00"},
    Plan{"HU", "36", "06", "00"}, Plan{"ID", "62", "0", "00"}, Plan{"IE", "353", "0", "00"}, Plan{"IL", "972", "0", "00"},
    Plan{"IN", "91", "0", "00"}, Plan{"IQ", "964", "0", "00"}, Plan{"IR", "98", "0", "00"}, Plan{"IS", "354", none, "00"},
    Plan{"IT", "39", none, "00"}, Plan{"JM", "1", "1", "011", 10}, Plan{"JO", "962", "0", "00"}, Plan{"JP", "81", "0", "010"},
    Plan{"KE", "254", "0", "000"}, Plan{"KG", "996", "0", "00"}, Plan{"KH", "855", "0", "00"}, Plan{"KR", "82", "0", "00"},
    Plan{"KW", "965", none, "00"}, Plan{"KZ", "7", "8", "810", 10}, Plan{"LA", "856", "0", "00"}, Plan{"LB", "961", "0", "00"},
    Plan{"LI", "423", none, "00"}, Plan{"LK", "94", "0", "00"}, Plan{"LS", "266", none, "00"}, Plan{"LT", "370", "0", "00"},
    Plan{"LU", "352", none, "00"}, Plan{"LV", "371", none, "00"}, Plan{"LY", "218", "0", "00"}, Plan{"MA", "212", "0", "00"},
    Plan{"MC", "377", none, "00"}, Plan{"MD", "373", "0", "00"}, Plan{"ME", "382", "0", "00"}, Plan{"MG", "261", "0", "00"},
    Plan{"MK", "389", "0", "00"}, Plan{"ML", "223", none, "00"}, Plan{"MM", "95", "0", "00"}, Plan{"MN", "976", "0", "00"},
    Plan{"MO", "853", none, "00"}, Plan{"MT", "356", none, "00"}, Plan{"MU", "230", none, "00"}, Plan{"MV", "960", none, "00"},
    Plan{"MW", "265", "0", "00"}, Plan{"MX", "52", none, "00"}, Plan{"MY", "60", "0", "00"}, Plan{"MZ", "258", none, "00"},
    Plan{"NA", "264", "0", "00"}, Plan{"NE", "227", none, "00"}, Plan{"NG", "234", "0", "009"}, Plan{"NI", "505", none, "00"},
    Plan{"NL", "31", "0", "00"}, Plan{"NO", "47", none, "00"}, Plan{"NP", "977", "0", "00"}, Plan{"NZ", "64", "0", "00"},
    Plan{"OM", "968", none, "00"}, Plan{"PA", "507", none, "00"}, Plan{"PE", "51", "0", "00"}, Plan{"PG", "675", none, "00"},
    Plan{"PH", "63", "0", "00"}, Plan{"PK", "92", "0", "00"}, Plan{"PL", "48", none, "00"}, Plan{"PR", "1", "1", "011", 10},
    Plan{"PT", "351", none, "00"}, Plan{"PY", "595", "0", "00"}, Plan{"QA", "974", none, "00"}, Plan{"RO", "40", "0", "00"},
    Plan{"RS", "381", "0", "00"}, Plan{"RU", "7", "8", "810", 10}, Plan{"RW", "250", "0", "00"}, Plan{"SA", "966", "0", "00"},
    Plan{"SC", "248", none, "00"}, Plan{"SD", "249", "0", "00"}, Plan{"SE", "46", "0", "00"}, Plan{"SG", "65", none, "001"},
    Plan{"SI", "386", "0", "00"}, Plan{"SK", "421", "0", "00"}, Plan{"SL", "232", "0", "00"}, Plan{"SN", "221", none, "00"},
    Plan{"SV", "503", none, "00"}, Plan{"SY", "963", "0", "00"}, Plan{"SZ", "268", none, "00"}, Plan{"TD", "235", none, "00"},
    Plan{"TG", "228", none, "00"}, Plan{"TH", "66", "0", "001"}, Plan{"TN", "216", none, "00"}, Plan{"TR", "90", "0", "00"},
    Plan{"TT", "1", "1", "011", 10}, Plan{"TW", "886", "0", "002"}, Plan{"TZ", "255", "0", "000"}, Plan{"UA", "380", "0", "00"},
    Plan{"UG", "256", "0", "000"}, Plan{"US", "1", "1", "011", 10}, Plan{"UY", "598", "0", "00"}, Plan{"UZ", "998", none, "00"},
    Plan{"VE", "58", "0", "00"}, Plan{"VN", "84", "0", "00"}, Plan{"XK", "383", "0", "00"}, Plan{"YE", "967", "0", "00"},
    Plan{"ZA", "27", "0", "00"}, Plan{"ZM", "260", "0", "00"}, Plan{"ZW", "263", "0", "00"},
};
// clang-format on

// E.164 has at most 15 digits. With its country's code in front but neither sign nor prefix a
// number is longer than any of that country's own.
constexpr std::size_t own_digits_max = 11;

const Plan* plan_of(std::string_view region) {
  const auto* found = std::ranges::find(plans, region, &Plan::region);
  return found == plans.end() ? nullptr : found;
}

std::string only_digits(std::string_view text) {
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits),
                       [](char c) { return c >= '0' && c <= '9'; });
  return digits;
}

std::string without_zeros(std::string digits) {
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  return digits;
}

bool take(std::string& digits, std::string_view prefix) {
  if (prefix.empty() || !digits.starts_with(prefix)) return false;
  digits.erase(0, prefix.size());
  return true;
}

struct Number {
  std::string digits;  ///< with the country's code, or without it
  bool international{false};
};

/// "+49 (0)30 1234": the zero in brackets is for those at home.
std::string_view without_optional_zero(std::string_view text, std::string& kept) {
  const auto at = text.find("(0)");
  if (at == std::string_view::npos) return text;
  kept = std::string(text.substr(0, at)) + std::string(text.substr(at + 3));
  return kept;
}

Number read(std::string_view text, const Plan* plan) {
  const auto first = text.find_first_of("+0123456789");
  if (first != std::string_view::npos && text[first] == '+') {
    std::string kept;
    return {without_zeros(only_digits(without_optional_zero(text, kept))), true};
  }
  std::string digits = only_digits(text);
  if (plan == nullptr) return {without_zeros(std::move(digits)), true};
  if (take(digits, plan->international) || take(digits, "00")) {
    return {without_zeros(std::move(digits)), true};
  }
  const auto length = plan->national_length;
  const bool may_have_trunk = length == 0 || digits.size() == length + plan->trunk.size();
  if (may_have_trunk && take(digits, plan->trunk)) return {std::move(digits), false};
  const bool with_code = digits.starts_with(plan->country_code) &&
                         digits.size() > (length > 0 ? length : own_digits_max);
  return {std::move(digits), with_code};
}

}  // namespace

std::string phone_region(std::string_view zone, std::string_view locale) {
  if (const auto region = zone_region(zone)) return *region;
  const auto tags = split(locale, '-');
  for (std::size_t i = 1; i < tags.size(); ++i) {
    if (tags[i].size() == 2) return std::string(tags[i]);
  }
  return "";
}

std::string phone_digits(std::string_view text, std::string_view region) {
  const auto* plan = plan_of(region);
  auto number = read(text, plan);
  if (number.international || plan == nullptr) return std::move(number.digits);
  return std::string(plan->country_code) + number.digits;
}

std::string phone_ending(std::string_view text, std::string_view region) {
  return read(text, plan_of(region)).digits;
}

}  // namespace ambula::patient::domain

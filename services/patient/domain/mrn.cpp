#include "mrn.hpp"

#include <algorithm>

namespace ambula::patient::domain {
namespace {

constexpr std::size_t mrn_digits = 7;

/// The state of the MOD 11,10 system after these digits.
int product_of(std::string_view digits) {
  int product = 10;
  for (const char digit : digits) {
    int sum = (product + (digit - '0')) % 10;
    if (sum == 0) sum = 10;
    product = sum * 2 % 11;
  }
  return product;
}

bool is_decimal(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

char check_digit(std::string_view digits) {
  return static_cast<char>('0' + (11 - product_of(digits)) % 10);
}

bool has_valid_check_digit(std::string_view digits) {
  if (digits.size() < 2 || !is_decimal(digits)) return false;
  return check_digit(digits.substr(0, digits.size() - 1)) == digits.back();
}

Result<std::string> make_mrn(std::string_view facility_code, std::int64_t number) {
  auto digits = std::to_string(number);
  if (digits.size() > mrn_digits) {
    return conflict("record-numbers-exhausted", "The facility has no record number left.");
  }
  digits.insert(0, mrn_digits - digits.size(), '0');
  return std::string(facility_code) + "-" + digits + check_digit(digits);
}

}  // namespace ambula::patient::domain

#include "money.hpp"

#include <cstdint>

#include <ambula/base/check.hpp>
#include <ambula/base/text.hpp>

namespace ambula::pharmacy::domain {
namespace {

/// Twelve digits at most, a million units at most: far below what 64 bits hold.
std::int64_t hundredths(const std::string& amount) {
  const auto dot = amount.find('.');
  auto fraction = dot == std::string::npos ? std::string() : amount.substr(dot + 1);
  fraction.resize(2, '0');
  const auto value = parse_int(amount.substr(0, dot) + fraction);
  AMBULA_CHECK(value.has_value());
  return *value;
}

std::string text_of(std::int64_t hundredths) {
  const auto fraction = std::to_string(hundredths % 100);
  return std::to_string(hundredths / 100) + (fraction.size() == 1 ? ".0" : ".") + fraction;
}

}  // namespace

bool is_amount(std::string_view text) {
  const auto dot = text.find('.');
  const auto whole = text.substr(0, dot);
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  if (!digits(whole) || whole.size() > 9) return false;
  return dot == std::string_view::npos ||
         (digits(text.substr(dot + 1)) && text.size() - dot - 1 <= 2);
}

Money times(const Money& price, int quantity) {
  return {text_of(hundredths(price.amount) * quantity), price.currency};
}

std::optional<Money> sum(const Money& left, const Money& right) {
  if (left.currency != right.currency) return std::nullopt;
  return Money{text_of(hundredths(left.amount) + hundredths(right.amount)), left.currency};
}

}  // namespace ambula::pharmacy::domain

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ambula::pharmacy::domain {

/// Decimal text with at most two places, never a float.
struct Money {
  std::string amount;
  std::string currency;

  bool operator==(const Money&) const = default;
};
/// "12", "12.5", "12.50"; at most nine digits before the point.
bool is_amount(std::string_view text);
/// Exact, with two places.
Money times(const Money& price, int quantity);
/// Exact; nothing when the currencies differ.
std::optional<Money> sum(const Money& left, const Money& right);

}  // namespace ambula::pharmacy::domain

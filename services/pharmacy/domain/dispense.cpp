#include "dispense.hpp"

#include <algorithm>

namespace ambula::pharmacy::domain {

Result<std::vector<Line>> take_back(Dispense& dispense, const std::vector<Return>& returns) {
  std::vector<Line> lines;
  for (std::size_t i = 0; i < returns.size(); ++i) {
    const auto pointer = "/lines/" + std::to_string(i);
    int missing = returns[i].quantity;
    bool known = false;
    for (auto& handed : dispense.lines) {
      if (handed.line.lot_id != returns[i].lot_id) continue;
      known = true;
      const int taken = std::min(missing, handed.line.quantity - handed.returned);
      if (taken == 0) continue;
      handed.returned += taken;
      missing -= taken;
      lines.push_back(handed.line);
      lines.back().quantity = taken;
    }
    if (!known)
      return rule_broken("unknown-lot", "Nothing of that lot was handed over.",
                         pointer + "/lot_id");
    if (missing > 0) {
      return rule_broken("more-than-dispensed", "Less than that was handed over.",
                         pointer + "/quantity");
    }
  }
  return lines;
}

}  // namespace ambula::pharmacy::domain

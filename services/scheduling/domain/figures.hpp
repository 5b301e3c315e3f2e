#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ambula::scheduling::domain {

/// Counts of one day, doctor or department, or of all [REP-2].
struct Figures {
  std::string kind;  ///< TOTAL, DAY, DOCTOR or DEPARTMENT
  std::optional<std::string> key;
  std::optional<std::string> name;
  std::int64_t appointments{0};
  std::int64_t visits{0};  ///< completed
  std::int64_t open{0};
  std::int64_t cancelled{0};
  std::int64_t no_show{0};

  /// Missed of those that came or should have; empty when there were none.
  std::optional<double> no_show_rate() const {
    if (visits + no_show == 0) return std::nullopt;
    return static_cast<double>(no_show) / static_cast<double>(visits + no_show);
  }
};

}  // namespace ambula::scheduling::domain

#pragma once

#include <optional>
#include <string_view>

namespace ambula::consultation::domain {

inline constexpr int quantity_max = 1'000'000;

/// How much is needed of a medicine that is counted in pieces: dose × takings a day × days, rounded
/// up. Only where the texts leave no doubt:
/// - the dose is a number and a piece: "1 tablet", "1/2 tab", "1.5 capsules", "two sachets";
/// - the frequency is one of the usual ways to say how often: "daily", "twice a day", "3 times a
/// day", "3x daily",
///   "every 8 hours", "q6h", "BD", "TDS", "1-0-1", "at night", "every other day", "once a week";
///   "with food" and the like may follow;
/// - the days are given.
/// nullopt: somebody has to say it.
std::optional<int> derived_quantity(std::string_view dose, std::string_view frequency,
                                    std::optional<int> duration_days);

}  // namespace ambula::consultation::domain

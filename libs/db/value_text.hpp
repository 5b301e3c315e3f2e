#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/time.hpp>

// PostgreSQL's text format of values, as it is with TimeZone=UTC and DateStyle=ISO. Internal to the
// library.
namespace ambula::db::value_text {

/// `Instant::max()` and `Instant::min()` stand for `infinity` and `-infinity`.
std::string of_instant(Instant at);
std::optional<Instant> to_instant(std::string_view text);

/// The last day of year 32767 and the first of year -32767 stand for `infinity` and `-infinity`.
std::string of_date(Date date);
std::optional<Date> to_date(std::string_view text);

using Elements = std::vector<std::optional<std::string>>;

/// An array literal of one dimension; every element but NULL is quoted, so any text is safe.
std::string of_array(const Elements& elements);
/// nullopt when it is not an array of one dimension.
std::optional<Elements> to_array(std::string_view text);

}  // namespace ambula::db::value_text

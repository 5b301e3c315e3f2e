#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json.hpp"

namespace ambula::json {

/// What was found wrong. A limit on everything: a body of ten thousand faults is told of its first.
class Faults {
 public:
  void add(std::string pointer, std::string_view rule, std::string detail, bool shape);
  void shape(std::string pointer, std::string_view rule, std::string detail) {
    add(std::move(pointer), rule, std::move(detail), true);
  }
  void value(std::string pointer, std::string_view rule, std::string detail) {
    add(std::move(pointer), rule, std::move(detail), false);
  }
  /// nullopt when there are none.
  std::optional<Error> error() const;

 private:
  std::vector<FieldError> fields_;
  bool has_shape_{false};
  bool all_read_only_{true};
};

// One value each: nullopt and a fault at `pointer` when it is not as it must be.

std::optional<std::string> read_text(const Value& value, const std::string& pointer, Text rule,
                                     Faults& faults);
std::optional<std::int64_t> read_integer(const Value& value, const std::string& pointer,
                                         std::int64_t min, std::int64_t max, Faults& faults);
std::optional<double> read_number(const Value& value, const std::string& pointer, double min,
                                  double max, Faults& faults);
std::optional<bool> read_boolean(const Value& value, const std::string& pointer, Faults& faults);
std::optional<Uuid> read_uuid(const Value& value, const std::string& pointer, Faults& faults);
std::optional<Instant> read_instant(const Value& value, const std::string& pointer, Faults& faults);
std::optional<Date> read_date(const Value& value, const std::string& pointer, Faults& faults);
std::optional<LocalMinutes> read_local_time(const Value& value, const std::string& pointer,
                                            Faults& faults);
std::optional<std::size_t> read_choice(const Value& value, const std::string& pointer,
                                       const std::vector<std::string_view>& names, Faults& faults);

}  // namespace ambula::json

#include "read.hpp"

#include <algorithm>
#include <limits>

#include <ambula/base/text.hpp>
#include <fmt/format.h>

namespace ambula::json {
namespace {

constexpr std::size_t max_faults = 100;

/// The string, or nullptr and a fault of type.
const std::string* string_of(const Value& value, const std::string& pointer, Faults& faults) {
  if (const auto* text = value.get_ptr<const std::string*>()) return text;
  faults.shape(pointer, "type", "Must be a string.");
  return nullptr;
}

/// int64, also when nlohmann keeps it unsigned because a caller built it so.
std::optional<std::int64_t> int64_of(const Value& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return std::nullopt;
    }
    return static_cast<std::int64_t>(number);
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  return std::nullopt;
}

bool is_leap(std::string_view year) {
  const int number =
      (year[0] - '0') * 1000 + (year[1] - '0') * 100 + (year[2] - '0') * 10 + (year[3] - '0');
  return std::chrono::year{number}.is_leap();
}

/// Whether only the year keeps `parse` from taking the text: then the value is out of range, not
/// malformed. Tried with a near year that has the same days.
template <class Parse>
bool is_far_year(std::string_view text, Parse parse) {
  const auto year = text.substr(0, 4);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (year.size() != 4 || !std::all_of(year.begin(), year.end(), is_digit)) return false;
  const std::string near = std::string(is_leap(year) ? "2000" : "2001").append(text.substr(4));
  return parse(near).has_value();
}

template <class Parse>
auto read_calendar(const Value& value, const std::string& pointer, Parse parse,
                   std::string_view what, Faults& faults) -> decltype(parse(std::string_view{})) {
  const auto* const text = string_of(value, pointer, faults);
  if (text == nullptr) return std::nullopt;
  const auto parsed = parse(*text);
  if (parsed) return parsed;
  if (is_far_year(*text, parse)) {
    faults.value(pointer, "range", "The year must be from 1900 to 2200.");
  } else {
    faults.shape(pointer, "format", std::string(what));
  }
  return std::nullopt;
}

}  // namespace

void Faults::add(std::string pointer, std::string_view rule, std::string detail, bool shape) {
  has_shape_ = has_shape_ || shape;
  all_read_only_ = all_read_only_ && rule == "read-only";
  FieldError field{std::move(pointer), std::string(rule), std::move(detail)};
  // Unknown members whose names may not be repeated all look the same.
  if (fields_.size() >= max_faults || (!fields_.empty() && fields_.back() == field)) return;
  fields_.push_back(std::move(field));
}

std::optional<Error> Faults::error() const {
  if (fields_.empty()) return std::nullopt;
  if (all_read_only_) {
    return Error{ErrorKind::malformed, "read-only",
                 "The body sets fields that only the server sets.", fields_};
  }
  if (has_shape_) {
    return Error{ErrorKind::malformed, "invalid-request",
                 "The body does not have the expected form.", fields_};
  }
  return Error{ErrorKind::rule, "invalid-value", "Values of the body break rules.", fields_};
}

std::optional<std::string> read_text(const Value& value, const std::string& pointer, Text rule,
                                     Faults& faults) {
  const auto* const whole = string_of(value, pointer, faults);
  if (whole == nullptr) return std::nullopt;
  const auto text = trim(*whole);
  if (!is_utf8(text)) {
    faults.shape(pointer, "utf8", "Must be UTF-8.");
    return std::nullopt;
  }
  if (has_control(text, rule.multiline)) {
    faults.value(pointer, "control-character",
                 rule.multiline ? "Must not have control characters but line breaks and tabs."
                                : "Must not have control characters or line breaks.");
    return std::nullopt;
  }
  const auto length = code_points(text);
  if (length < rule.min || length > rule.max) {
    faults.value(pointer, "length",
                 fmt::format("Must have {} to {} characters.", rule.min, rule.max));
    return std::nullopt;
  }
  return std::string(text);
}

std::optional<std::int64_t> read_integer(const Value& value, const std::string& pointer,
                                         std::int64_t min, std::int64_t max, Faults& faults) {
  const auto number = int64_of(value);
  if (!number) {
    faults.shape(pointer, "type", "Must be an integer.");
    return std::nullopt;
  }
  if (*number < min || *number > max) {
    faults.value(pointer, "range", fmt::format("Must be from {} to {}.", min, max));
    return std::nullopt;
  }
  return number;
}

std::optional<double> read_number(const Value& value, const std::string& pointer, double min,
                                  double max, Faults& faults) {
  if (!value.is_number()) {
    faults.shape(pointer, "type", "Must be a number.");
    return std::nullopt;
  }
  const auto number = value.get<double>();
  if (!(number >= min && number <= max)) {
    faults.value(pointer, "range", fmt::format("Must be from {} to {}.", min, max));
    return std::nullopt;
  }
  return number;
}

std::optional<bool> read_boolean(const Value& value, const std::string& pointer, Faults& faults) {
  if (value.is_boolean()) return value.get<bool>();
  faults.shape(pointer, "type", "Must be true or false.");
  return std::nullopt;
}

std::optional<Uuid> read_uuid(const Value& value, const std::string& pointer, Faults& faults) {
  const auto* const text = string_of(value, pointer, faults);
  if (text == nullptr) return std::nullopt;
  const auto id = Uuid::parse(*text);
  if (!id) faults.shape(pointer, "format", "Must be a UUID.");
  return id;
}

std::optional<Instant> read_instant(const Value& value, const std::string& pointer,
                                    Faults& faults) {
  return read_calendar(value, pointer, &parse_instant,
                       "Must be an RFC 3339 instant with an offset, like 2026-11-24T09:30:00Z.",
                       faults);
}

std::optional<Date> read_date(const Value& value, const std::string& pointer, Faults& faults) {
  return read_calendar(value, pointer, &parse_date, "Must be an existing date, like 2026-11-24.",
                       faults);
}

std::optional<LocalMinutes> read_local_time(const Value& value, const std::string& pointer,
                                            Faults& faults) {
  const auto* const text = string_of(value, pointer, faults);
  if (text == nullptr) return std::nullopt;
  const auto minutes = parse_local_minutes(*text);
  if (!minutes) faults.shape(pointer, "format", "Must be a time of day, 00:00 to 24:00.");
  return minutes;
}

std::optional<std::size_t> read_choice(const Value& value, const std::string& pointer,
                                       const std::vector<std::string_view>& names, Faults& faults) {
  const auto* const text = string_of(value, pointer, faults);
  if (text == nullptr) return std::nullopt;
  const auto found = std::find(names.begin(), names.end(), *text);
  if (found == names.end()) {
    faults.value(pointer, "choice", fmt::format("Must be one of {}.", fmt::join(names, ", ")));
    return std::nullopt;
  }
  return static_cast<std::size_t>(found - names.begin());
}

}  // namespace ambula::json

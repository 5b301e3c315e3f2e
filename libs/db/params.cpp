#include <charconv>
#include <cmath>

#include <ambula/db/params.hpp>
#include <ambula/db/value_text.hpp>

namespace ambula::db {
namespace {

template <class T, class ToText>
void add_array(Params& params, const std::vector<T>& values, ToText to_text) {
  value_text::Elements elements;
  elements.reserve(values.size());
  for (const T& value : values)
    elements.push_back(to_text(value));
  params.add(value_text::of_array(elements));
}

/// The shortest text that reads back as the same number.
std::string double_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return std::string(buffer, end);
}

}  // namespace

void append_param(Params& params, std::string_view value) {
  params.add(std::string(value));
}
void append_param(Params& params, bool value) {
  params.add(value ? "t" : "f");
}
void append_param(Params& params, int value) {
  params.add(std::to_string(value));
}
void append_param(Params& params, std::int64_t value) {
  params.add(std::to_string(value));
}
void append_param(Params& params, double value) {
  params.add(double_text(value));
}
void append_param(Params& params, const Uuid& value) {
  params.add(value.str());
}
void append_param(Params& params, Instant value) {
  params.add(value_text::of_instant(value));
}
void append_param(Params& params, Date value) {
  params.add(value_text::of_date(value));
}
void append_param(Params& params, LocalMinutes value) {
  params.add(std::to_string(value.count()));
}
void append_param(Params& params, std::nullopt_t) {
  params.add(std::nullopt);
}

void append_param(Params& params, const std::vector<std::string>& values) {
  add_array(params, values, [](const std::string& value) { return value; });
}
void append_param(Params& params, const std::vector<Uuid>& values) {
  add_array(params, values, [](const Uuid& value) { return value.str(); });
}
void append_param(Params& params, const std::vector<std::int64_t>& values) {
  add_array(params, values, [](std::int64_t value) { return std::to_string(value); });
}
void append_param(Params& params, const std::vector<int>& values) {
  add_array(params, values, [](int value) { return std::to_string(value); });
}
void append_param(Params& params, const std::vector<Instant>& values) {
  add_array(params, values, value_text::of_instant);
}
void append_param(Params& params, const std::vector<std::optional<std::string>>& values) {
  params.add(value_text::of_array(values));
}

}  // namespace ambula::db

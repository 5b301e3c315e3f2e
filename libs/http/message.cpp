#include "message.hpp"

#include <algorithm>
#include <array>

#include <ambula/base/text.hpp>

namespace ambula::http {
namespace {

constexpr std::array<std::pair<std::string_view, Method>, 7> methods{{
    {"GET", Method::get},
    {"HEAD", Method::head},
    {"POST", Method::post},
    {"PUT", Method::put},
    {"PATCH", Method::patch},
    {"DELETE", Method::delete_},
    {"OPTIONS", Method::options},
}};

}  // namespace

void Headers::add(std::string_view name, std::string_view value) {
  if (fields_.empty()) fields_.reserve(12);
  auto& field = fields_.emplace_back(name, value);
  for (char& c : field.first) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
}

void Headers::set(std::string_view name, std::string_view value) {
  remove(name);
  add(name, value);
}

void Headers::remove(std::string_view name) {
  const std::string lower = to_lower_ascii(name);
  std::erase_if(fields_, [&](const auto& field) { return field.first == lower; });
}

std::optional<std::string_view> Headers::get(std::string_view name) const {
  for (const auto& [field, value] : fields_) {
    if (field == name) return value;
  }
  return std::nullopt;
}

std::string_view to_string(Method method) {
  return methods[static_cast<std::size_t>(method)].first;
}

std::optional<Method> parse_method(std::string_view text) {
  for (const auto& [name, method] : methods) {
    if (name == text) return method;
  }
  return std::nullopt;
}

}  // namespace ambula::http

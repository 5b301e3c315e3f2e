#include "icd10.hpp"

#include <algorithm>
#include <array>

#include <ambula/base/text.hpp>

namespace ambula::consultation::domain {
namespace {

constexpr std::array<std::string_view, 4> system_names = {
    "icd-10", "icd-10-cm", "http://hl7.org/fhir/sid/icd-10", "http://hl7.org/fhir/sid/icd-10-cm"};
constexpr std::size_t category_length = 3;
constexpr std::size_t extension_max = 4;

bool is_letter(char c) {
  return c >= 'A' && c <= 'Z';
}

std::string capitals(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

/// The first of a code's three places that a text breaks; all of them when it is shorter.
bool begins_category(std::string_view text) {
  for (std::size_t i = 0; i < std::min(text.size(), category_length); ++i) {
    const bool good = i == 0   ? is_letter(text[i])
                      : i == 1 ? is_digit(text[i])
                               : is_digit(text[i]) || text[i] == 'A' || text[i] == 'B';
    if (!good) return false;
  }
  return true;
}

bool is_extension(std::string_view text) {
  return text.size() <= extension_max &&
         std::ranges::all_of(text, [](char c) { return is_digit(c) || is_letter(c); });
}

std::string with_dot(std::string code) {
  if (code.size() > category_length && code[category_length] != '.')
    code.insert(category_length, 1, '.');
  return code;
}

}  // namespace

bool is_icd10_system(const std::optional<std::string>& system) {
  if (!system) return true;
  return std::ranges::find(system_names, to_lower_ascii(*system)) != system_names.end();
}

std::optional<std::string> to_icd10(std::string_view text) {
  auto code = capitals(text);
  if (code.size() < category_length || !begins_category(code)) return std::nullopt;
  if (code.size() == category_length) return code;
  if (code[category_length] != '.' || code.size() == category_length + 1) return std::nullopt;
  if (!is_extension(std::string_view(code).substr(category_length + 1))) return std::nullopt;
  return code;
}

std::optional<std::string> to_icd10_dotted(std::string_view text) {
  return to_icd10(with_dot(std::string(text)));
}

std::optional<std::string> icd10_prefix(std::string_view text) {
  auto prefix = with_dot(capitals(text));
  if (prefix.size() < 2 || !begins_category(prefix)) return std::nullopt;
  if (prefix.size() > category_length &&
      !is_extension(std::string_view(prefix).substr(category_length + 1)))
    return std::nullopt;
  return prefix;
}

}  // namespace ambula::consultation::domain

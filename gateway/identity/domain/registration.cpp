#include "registration.hpp"

#include <algorithm>
#include <vector>

#include "account.hpp"

namespace ambula::identity::domain {
namespace {

constexpr int age_max_years = 130;
constexpr std::ptrdiff_t phone_digits_min = 5;
constexpr std::ptrdiff_t phone_digits_max = 20;

bool is_phone(std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto digits = std::ranges::count_if(text, digit);
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto allowed = [&](char c) {
    return digit(c) || std::string_view(" -./()").find(c) != std::string_view::npos;
  };
  return digits >= phone_digits_min && digits <= phone_digits_max &&
         std::ranges::all_of(text, allowed);
}

}  // namespace

Result<void> check_registration(const Registration& registration, Date today) {
  if (auto email = check_email(registration.email, "/email"); !email) return email;
  std::vector<FieldError> faults;
  const auto& person = registration.person;
  if (person.birth_date > today) {
    faults.push_back({"/patient/birth_date", "range", "Must not be in the future."});
  } else if (age_on(person.birth_date, today) > age_max_years) {
    faults.push_back({"/patient/birth_date", "range", "Must not be more than 130 years ago."});
  }
  if (person.phone && !is_phone(*person.phone)) {
    faults.push_back(
        {"/patient/phone", "format", "Must be 5 to 20 digits, with spaces and + - . / ( )."});
  }
  if (faults.empty()) return {};
  return Error{ErrorKind::rule, "invalid-value", "Values of the body break rules.", faults};
}

std::string display_name(const Person& person) {
  return person.family_name ? person.given_name + " " + *person.family_name : person.given_name;
}

}  // namespace ambula::identity::domain

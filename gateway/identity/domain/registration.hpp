#pragma once

#include <optional>
#include <string>

#include <ambula/base/result.hpp>
#include <ambula/base/time.hpp>
#include <ambula/base/uuid.hpp>

namespace ambula::identity::domain {

/// What a person who signs up says about themselves. It is passed on to the patient registry once,
/// and not kept here.
struct Person {
  std::string given_name;
  std::optional<std::string> family_name;
  Date birth_date;
  std::string sex;
  std::optional<std::string> phone;

  bool operator==(const Person&) const = default;
};

struct Registration {
  Uuid facility_id;
  std::string email;
  Person person;
};

/// What the patient registry would refuse later, when nobody is there any more to mend it: e-mail,
/// birth date (not in the future, at most 130 years ago), phone. 422 with pointers.
Result<void> check_registration(const Registration& registration, Date today);

/// Given and family name.
std::string display_name(const Person& person);

}  // namespace ambula::identity::domain

#include "patient.hpp"

#include <algorithm>
#include <array>

#include <ambula/base/text.hpp>

namespace ambula::patient::domain {
namespace {

constexpr std::array<std::string_view, 2> status_names = {"ACTIVE", "INACTIVE"};
constexpr std::array<std::string_view, 4> sex_names = {"MALE", "FEMALE", "OTHER", "UNKNOWN"};
constexpr std::array<std::string_view, 4> event_names = {
    "PatientRegistered", "PatientUpdated", "PatientDeactivated", "PatientReactivated"};

// Nobody is known to have lived longer than 122 years.
constexpr std::chrono::years age_max{130};
constexpr std::size_t phone_digits_min = 5;
constexpr std::size_t phone_digits_max = 20;

template <class Enum, std::size_t size>
std::optional<Enum> parse_name(const std::array<std::string_view, size>& names,
                               std::string_view text) {
  for (std::size_t i = 0; i < size; ++i) {
    if (names[i] == text) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c);
}

/// 29 February becomes 28 February in other years, so that the age of that day stays.
Date existing(Date day) {
  return day.ok() ? day : Date{day.year() / day.month() / std::chrono::last};
}

bool is_domain(std::string_view text) {
  const auto labels = split(text, '.');
  if (labels.size() < 2) return false;
  return std::ranges::all_of(labels, [](std::string_view label) {
    const bool plain =
        std::ranges::all_of(label, [](char c) { return is_letter_or_digit(c) || c == '-'; });
    return plain && !label.empty() && label.size() <= 63 && label.front() != '-' &&
           label.back() != '-';
  });
}

bool is_local_part(std::string_view text) {
  constexpr std::string_view others = "!#$%&'*+-/=?^_`{|}~.";
  const bool plain = std::ranges::all_of(text, [&](char c) {
    return is_letter_or_digit(c) || others.find(c) != std::string_view::npos;
  });
  return plain && !text.empty() && text.size() <= 64 && text.front() != '.' && text.back() != '.' &&
         text.find("..") == std::string_view::npos;
}

/// Fields that differ, in the order of the record.
class Changes {
 public:
  template <class T>
  Changes& of(std::string_view name, const T& before, const T& after) {
    if (before != after) names_.emplace_back(name);
    return *this;
  }
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
};

}  // namespace

std::string_view to_string(Status status) {
  return status_names[static_cast<std::size_t>(status)];
}
std::optional<Status> parse_status(std::string_view text) {
  return parse_name<Status>(status_names, text);
}
std::string_view to_string(Sex sex) {
  return sex_names[static_cast<std::size_t>(sex)];
}
std::optional<Sex> parse_sex(std::string_view text) {
  return parse_name<Sex>(sex_names, text);
}
std::string_view to_string(EventKind kind) {
  return event_names[static_cast<std::size_t>(kind)];
}

Date birth_date_of_age(int age_years, Date today) {
  return existing(today - std::chrono::years{age_years});
}

bool is_phone(std::string_view text) {
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool plus_in_front = text[i] == '+' && i == 0;
    if (is_digit(text[i])) {
      ++digits;
    } else if (!plus_in_front &&
               std::string_view(" -./()").find(text[i]) == std::string_view::npos) {
      return false;
    }
  }
  return digits >= phone_digits_min && digits <= phone_digits_max;
}

bool is_email(std::string_view text) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos || text.size() > 254) return false;
  return is_local_part(text.substr(0, at)) && is_domain(text.substr(at + 1));
}

Result<void> check(const Details& details, Date today) {
  std::vector<FieldError> faults;
  if (details.birth_date > today) {
    faults.push_back({"/birth_date", "range", "Must not be in the future."});
  }
  if (details.birth_date < existing(today - age_max)) {
    faults.push_back({"/birth_date", "range", "Must not be more than 130 years ago."});
  }
  constexpr std::string_view phone_rule = "Must be 5 to 20 digits, with spaces and + - . / ( ).";
  if (details.phone && !is_phone(*details.phone)) {
    faults.push_back({"/phone", "format", std::string(phone_rule)});
  }
  if (details.email && !is_email(*details.email)) {
    faults.push_back({"/email", "format", "Must be an e-mail address."});
  }
  const auto& contact = details.emergency_contact;
  if (contact && contact->phone && !is_phone(*contact->phone)) {
    faults.push_back({"/emergency_contact/phone", "format", std::string(phone_rule)});
  }
  if (faults.empty()) return {};
  return Error{ErrorKind::rule, "invalid-value", "Values of the body break rules.", faults, {}};
}

Result<Decision> decide(const Register& command, Date today) {
  if (auto checked = check(command.details, today); !checked) return checked.error();
  return Decision{{.kind = EventKind::registered, .details = command.details}};
}

Result<Decision> decide(const Patient&, const Update& command, Date today) {
  if (auto checked = check(command.details, today); !checked) return checked.error();
  return Decision{{.kind = EventKind::updated, .details = command.details}};
}

Result<Decision> decide(const Patient& state, const Deactivate& command) {
  if (state.status != Status::active) {
    return illegal_transition(to_string(state.status), "deactivate");
  }
  return Decision{{.kind = EventKind::deactivated, .reason = command.reason}};
}

Result<Decision> decide(const Patient& state, const Reactivate& command) {
  if (state.status != Status::inactive) {
    return illegal_transition(to_string(state.status), "reactivate");
  }
  return Decision{{.kind = EventKind::reactivated, .reason = command.reason}};
}

void evolve(Patient& state, const Event& event) {
  switch (event.kind) {
    case EventKind::registered:
      state.details = *event.details;
      state.status = Status::active;
      break;
    case EventKind::updated:
      state.details = *event.details;
      break;
    case EventKind::deactivated:
      state.status = Status::inactive;
      state.status_reason = event.reason;
      break;
    case EventKind::reactivated:
      state.status = Status::active;
      state.status_reason = event.reason;
      break;
  }
}

Patient evolved(Patient state, const Decision& decision) {
  for (const auto& event : decision)
    evolve(state, event);
  return state;
}

std::vector<std::string> changed_fields(const Details& before, const Details& after) {
  return Changes()
      .of("given_name", before.given_name, after.given_name)
      .of("family_name", before.family_name, after.family_name)
      .of("birth_date", before.birth_date, after.birth_date)
      .of("birth_date_estimated", before.birth_date_estimated, after.birth_date_estimated)
      .of("sex", before.sex, after.sex)
      .of("phone", before.phone, after.phone)
      .of("email", before.email, after.email)
      .of("address", before.address, after.address)
      .of("blood_group", before.blood_group, after.blood_group)
      .of("emergency_contact", before.emergency_contact, after.emergency_contact)
      .of("medical_history", before.medical_history, after.medical_history)
      .of("notes", before.notes, after.notes)
      .names();
}

Result<void> check_own_change(const std::vector<std::string>& changed) {
  constexpr std::array<std::string_view, 3> own = {"phone", "address", "emergency_contact"};
  for (const auto& name : changed) {
    if (name == "email") {
      return forbidden("email-change-unverified", "A new e-mail address is entered by the desk.");
    }
    if (std::ranges::find(own, name) == own.end()) {
      return forbidden("field-not-yours",
                       "Patients change their phone, address and emergency contact.");
    }
  }
  return {};
}

}  // namespace ambula::patient::domain

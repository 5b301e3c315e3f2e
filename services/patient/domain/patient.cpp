#include "patient.hpp"

#include <algorithm>
#include <array>

#include <ambula/base/names.hpp>
#include <ambula/base/text.hpp>

namespace ambula::patient::domain {
namespace {

constexpr std::array<std::string_view, 2> status_names = {"ACTIVE", "INACTIVE"};
constexpr std::array<std::string_view, 4> sex_names = {"MALE", "FEMALE", "OTHER", "UNKNOWN"};
constexpr std::array<std::string_view, 12> event_names = {
    "PatientRegistered",       "PatientUpdated",
    "PatientDeactivated",      "PatientReactivated",
    "PatientUpdated",          "PatientUpdated",
    "PatientAllergiesChanged", "PatientPreferencesChanged",
    "PatientDeleted",          "PatientUpdated",
    "PatientInvited",          "PatientEmailChangeRequested"};
constexpr std::array<std::string_view, 8> template_names = {
    "appointment-booked",   "appointment-moved",      "appointment-cancelled",
    "appointment-reminder", "appointment-reinstated", "prescription-issued",
    "prescription-ready",   "prescription-dispensed"};
constexpr std::array<std::string_view, 4> own_fields = {"phone", "email", "address",
                                                        "emergency_contact"};

// Nobody is known to have lived longer than 122 years.
constexpr std::chrono::years age_max{130};
constexpr std::size_t phone_digits_min = 5;
constexpr std::size_t phone_digits_max = 20;

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

/// BCP 47 as our events write it: a language of two or three letters, then subtags.
bool is_language(std::string_view text) {
  const auto tags = split(text, '-');
  const auto main = tags.front();
  const bool small = std::ranges::all_of(main, [](char c) { return c >= 'a' && c <= 'z'; });
  if (!small || main.size() < 2 || main.size() > 3) return false;
  return std::all_of(tags.begin() + 1, tags.end(), [](std::string_view tag) {
    return tag.size() >= 2 && tag.size() <= 8 && std::ranges::all_of(tag, is_letter_or_digit);
  });
}

Error invalid_value(std::vector<FieldError> faults) {
  return Error{ErrorKind::rule, "invalid-value", "Values of the body break rules.",
               std::move(faults)};
}

Result<void> check(const Preferences& preferences) {
  std::vector<FieldError> faults;
  if (!is_language(preferences.language)) {
    faults.push_back({"/language", "format", "Must be a language tag like en or en-IN."});
  }
  for (std::size_t i = 0; i < preferences.opt_out.size(); ++i) {
    if (std::ranges::find(template_names, preferences.opt_out[i]) == template_names.end()) {
      faults.push_back({"/opt_out/" + std::to_string(i), "choice",
                        "Must be a template about appointments or prescriptions."});
    }
  }
  if (faults.empty()) return {};
  return invalid_value(std::move(faults));
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

bool is_binding(EventKind kind) {
  return kind == EventKind::invited || kind == EventKind::email_change_requested;
}

std::string display_name(const Details& details) {
  return details.given_name + (details.family_name ? " " + *details.family_name : "");
}

std::span<const std::string_view> optional_templates() {
  return template_names;
}

bool same_email(std::string_view one, std::string_view other) {
  return to_lower_ascii(one) == to_lower_ascii(other);
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
  return invalid_value(std::move(faults));
}

Result<Decision> decide(const Register& command, Date today) {
  if (auto checked = check(command.details, today); !checked) return checked.error();
  return Decision{{.kind = EventKind::registered, .details = command.details}};
}

Result<Decision> decide(const Patient&, const Update& command, Date today) {
  if (auto checked = check(command.details, today); !checked) return checked.error();
  return Decision{{.kind = EventKind::updated, .details = command.details}};
}

Result<Decision> decide(const Patient& state, const UpdateOwn& command, Date today) {
  auto wished = state;
  wished.details = command.details;
  for (const auto& name : changed_fields(state, wished)) {
    if (std::ranges::find(own_fields, name) == own_fields.end()) {
      return forbidden("field-not-yours",
                       "Patients change their phone, e-mail, address and emergency contact.");
    }
  }
  if (auto checked = check(command.details, today); !checked) return checked.error();
  Decision decision{{.kind = EventKind::updated, .details = command.details}};
  const auto& email = command.details.email;
  if (email && email != state.details.email) {
    decision.front().details->email = state.details.email;
    decision.push_back({.kind = EventKind::email_change_requested, .email_pending = email});
  }
  return decision;
}

Result<Decision> decide(const Patient& state, const VerifyEmail& command) {
  const bool awaited = state.email_pending && same_email(*state.email_pending, command.email);
  if (!awaited || state.account_id != command.account_id) {
    return conflict("not-pending", "The record does not wait for this address.");
  }
  Event event{.kind = EventKind::email_verified, .details = state.details};
  if (command.free) event.details->email = state.email_pending;
  return Decision{std::move(event)};
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

Result<Decision> decide(const Patient&, const Bind& command) {
  return Decision{{.kind = EventKind::bound, .account_id = command.account_id}};
}

Result<Decision> decide(const Patient& state, const Invite&) {
  if (state.status != Status::active) {
    return conflict("patient-inactive", "The patient is not active.");
  }
  if (state.account_id) {
    return conflict("already-bound", "The patient has an account already.");
  }
  if (!state.details.email) {
    return rule_broken("email-missing", "The record has no e-mail address to write to.");
  }
  return Decision{{.kind = EventKind::invited}};
}

Result<Decision> decide(const Patient&, const ChangeAllergies& command) {
  return Decision{{.kind = EventKind::allergies_changed, .allergies = command.allergies}};
}

Result<Decision> decide(const Patient&, const ChangePreferences& command) {
  if (auto checked = check(command.preferences); !checked) return checked.error();
  return Decision{{.kind = EventKind::preferences_changed, .preferences = command.preferences}};
}

Result<Decision> decide(const Patient&, const Delete& command) {
  if (!command.used_by.empty()) {
    return conflict("in-use", "The record was used; deactivate it instead.");
  }
  return Decision{{.kind = EventKind::deleted, .deleted_at = command.at}};
}

Result<Decision> decide(const Patient& state, const Restore& command) {
  Event event{.kind = EventKind::restored, .details = state.details};
  if (!command.email_free && state.status == Status::active) event.details->email.reset();
  if (command.account_free) event.account_id = state.account_id;
  return Decision{std::move(event)};
}

void evolve(Patient& state, const Event& event) {
  switch (event.kind) {
    case EventKind::registered:
      state.details = *event.details;
      state.account_id = event.account_id;
      state.status = Status::active;
      break;
    case EventKind::updated:
      // The desk has a new address from the patient, or the patient took theirs away: what was
      // waited for is out of date.
      if (event.details->email != state.details.email) state.email_pending.reset();
      state.details = *event.details;
      break;
    case EventKind::email_verified:
      state.details = *event.details;
      state.email_pending.reset();
      break;
    case EventKind::bound:
      state.account_id = event.account_id;
      break;
    case EventKind::allergies_changed:
      state.allergies = event.allergies;
      break;
    case EventKind::preferences_changed:
      state.preferences = *event.preferences;
      break;
    case EventKind::deleted:
      state.deleted_at = event.deleted_at;
      break;
    case EventKind::restored:
      state.details = *event.details;
      state.account_id = event.account_id;
      state.deleted_at.reset();
      break;
    case EventKind::invited:
      break;
    case EventKind::email_change_requested:
      state.email_pending = event.email_pending;
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

std::vector<std::string> changed_fields(const Patient& before, const Patient& after) {
  const auto& was = before.details;
  const auto& is = after.details;
  return Changes()
      .of("given_name", was.given_name, is.given_name)
      .of("family_name", was.family_name, is.family_name)
      .of("birth_date", was.birth_date, is.birth_date)
      .of("birth_date_estimated", was.birth_date_estimated, is.birth_date_estimated)
      .of("sex", was.sex, is.sex)
      .of("phone", was.phone, is.phone)
      .of("email", was.email, is.email)
      .of("email_pending", before.email_pending, after.email_pending)
      .of("address", was.address, is.address)
      .of("blood_group", was.blood_group, is.blood_group)
      .of("emergency_contact", was.emergency_contact, is.emergency_contact)
      .of("medical_history", was.medical_history, is.medical_history)
      .of("notes", was.notes, is.notes)
      .of("status", before.status, after.status)
      .of("language", before.preferences.language, after.preferences.language)
      .of("channels", before.preferences.email, after.preferences.email)
      .of("opt_out", before.preferences.opt_out, after.preferences.opt_out)
      .names();
}

}  // namespace ambula::patient::domain

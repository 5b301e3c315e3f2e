#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/result.hpp>
#include <ambula/base/time.hpp>
#include <ambula/base/uuid.hpp>

namespace ambula::patient::domain {

enum class Status { active, inactive };
std::string_view to_string(Status status);
std::optional<Status> parse_status(std::string_view text);

enum class Sex { male, female, other, unknown };
std::string_view to_string(Sex sex);
std::optional<Sex> parse_sex(std::string_view text);

/// Every part may be missing, but not all of them.
struct Address {
  std::optional<std::string> line;
  std::optional<std::string> city;
  std::optional<std::string> district;
  std::optional<std::string> state;
  std::optional<std::string> postal_code;
  std::optional<std::string> country;
  bool operator==(const Address&) const = default;
};

struct EmergencyContact {
  std::string name;
  std::optional<std::string> relationship;
  std::optional<std::string> phone;
  bool operator==(const EmergencyContact&) const = default;
};

/// What people write into a record.
struct Details {
  std::string given_name;
  std::optional<std::string> family_name;
  Date birth_date{};
  bool birth_date_estimated{false};
  Sex sex{Sex::unknown};
  std::optional<std::string> phone;
  std::optional<std::string> email;
  std::optional<Address> address;
  std::optional<std::string> blood_group;
  std::optional<EmergencyContact> emergency_contact;
  std::optional<std::string> medical_history;
  std::optional<std::string> notes;
  bool operator==(const Details&) const = default;
};

struct Allergy {
  Uuid id;
  std::string substance;
  std::optional<std::string> code;
  std::optional<std::string> system;
  std::optional<std::string> severity;
  std::optional<Date> noted_on;
};

/// How the patient wants to be told.
struct Preferences {
  std::string language;
  bool email{true};
  std::vector<std::string> opt_out;  ///< names of templates
  bool operator==(const Preferences&) const = default;
};

/// Who made and last changed a record.
struct Record {
  std::int64_t version{1};
  Instant created_at;
  Uuid created_by;
  Instant updated_at;
  Uuid updated_by;
};

struct Patient {
  Uuid id;
  Uuid facility_id;
  std::string mrn;
  Status status{Status::active};
  std::optional<std::string> status_reason;  ///< why it was deactivated or reactivated
  Details details;
  std::optional<Uuid> account_id;
  std::optional<std::string> email_pending;  ///< the patient's new address until it is verified
  std::vector<Allergy> allergies;            ///< the present ones
  Preferences preferences;
  std::optional<Instant> deleted_at;  ///< hidden since
  Record record;
  std::string phone_region;  ///< the facility's; known of a locked or new record
};
/// Given name, then family name.
std::string display_name(const Details& details);

enum class EventKind {
  registered,
  updated,
  deactivated,
  reactivated,
  bound,           ///< to an account
  email_verified,  ///< the pending address takes the place of the old one, or is given up
  allergies_changed,
  preferences_changed,
  deleted,
  restored,
  // These two are told in ambula.patient-binding.v1.
  invited,
  email_change_requested,
};
/// "PatientRegistered" … Several kinds are told as PatientUpdated: the record as it is now.
std::string_view to_string(EventKind kind);
/// Whether it is told in ambula.patient-binding.v1 instead of ambula.patient.v1.
bool is_binding(EventKind kind);

struct Event {
  EventKind kind;
  std::optional<Details> details{};
  std::optional<std::string> reason{};
  std::optional<Uuid> account_id{};            ///< registered, bound, restored
  std::optional<std::string> email_pending{};  ///< email_change_requested
  std::vector<Allergy> allergies{};            ///< allergies_changed
  std::optional<Preferences> preferences{};
  std::optional<Instant> deleted_at{};
};
using Decision = std::vector<Event>;

/// The day on which somebody of `age` years may have been born: that many years before `today`.
Date birth_date_of_age(int age_years, Date today);

// The rules of a record's values, each for one field, and the whole. `today` is the facility's day.
// Refused: 422 `invalid-value` with every field that is wrong.
bool is_phone(std::string_view text);
bool is_email(std::string_view text);
Result<void> check(const Details& details, Date today);

// Commands: who acts is settled before. A state that does not allow one is 409
// `illegal-transition`.
struct Register {
  Details details;
};
struct Update {
  Details details;  ///< as they shall be
};
/// By the patient. Phone, address and emergency contact change at once, and an e-mail address that
/// is taken away; a new one waits in `email_pending` until it is verified. Any other field: 403
/// `field-not-yours`.
struct UpdateOwn {
  Details details;
};
/// The verified address, by the account that asked for it. `free`: no other ACTIVE record has it.
/// Refused when it is not what the record waits for.
struct VerifyEmail {
  Uuid account_id;
  std::string email;
  bool free{true};
};
struct Deactivate {
  std::string reason;
};
struct Reactivate {
  std::optional<std::string> reason;
};
struct Bind {
  Uuid account_id;
};
/// 409 `patient-inactive`, `already-bound`; 422 `email-missing`.
struct Invite {};
/// The list as it shall be: one noted or one voided.
struct ChangeAllergies {
  std::vector<Allergy> allergies;
};
/// 422 `invalid-value` for a language that is no BCP 47 tag or a template that nobody can opt out
/// of.
struct ChangePreferences {
  Preferences preferences;
};
/// `used_by`: kinds of what depends on the record; 409 `in-use` when there is any.
struct Delete {
  std::vector<std::string> used_by;
  Instant at;
};
/// Of a deleted record that turned out to be needed. What somebody else has taken meanwhile it does
/// not get back.
struct Restore {
  bool email_free{true};
  bool account_free{true};
};
/// Of a record that does not exist yet.
Result<Decision> decide(const Register& command, Date today);
Result<Decision> decide(const Patient& state, const Update& command, Date today);
Result<Decision> decide(const Patient& state, const UpdateOwn& command, Date today);
Result<Decision> decide(const Patient& state, const VerifyEmail& command);
Result<Decision> decide(const Patient& state, const Deactivate& command);
Result<Decision> decide(const Patient& state, const Reactivate& command);
Result<Decision> decide(const Patient& state, const Bind& command);
Result<Decision> decide(const Patient& state, const Invite& command);
Result<Decision> decide(const Patient& state, const ChangeAllergies& command);
Result<Decision> decide(const Patient& state, const ChangePreferences& command);
Result<Decision> decide(const Patient& state, const Delete& command);
Result<Decision> decide(const Patient& state, const Restore& command);

/// Applies what was decided.
void evolve(Patient& state, const Event& event);
Patient evolved(Patient state, const Decision& decision);

/// The names of the fields in which two records differ, as clients know them.
std::vector<std::string> changed_fields(const Patient& before, const Patient& after);

/// Templates that a patient may opt out of; mails about the account itself always go.
std::span<const std::string_view> optional_templates();

/// Whether two addresses are the same to us. They are ASCII.
bool same_email(std::string_view one, std::string_view other);

}  // namespace ambula::patient::domain

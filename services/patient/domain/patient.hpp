#pragma once

#include <cstdint>
#include <optional>
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
  std::vector<std::string> opt_out;
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
  std::vector<Allergy> allergies;  ///< the present ones; kept empty until they can be noted
  Preferences preferences;
  Record record;
};

enum class EventKind { registered, updated, deactivated, reactivated };
/// "PatientRegistered" …
std::string_view to_string(EventKind kind);

struct Event {
  EventKind kind;
  std::optional<Details> details{};
  std::optional<std::string> reason{};
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
struct Deactivate {
  std::string reason;
};
struct Reactivate {
  std::optional<std::string> reason;
};
/// Of a record that does not exist yet.
Result<Decision> decide(const Register& command, Date today);
Result<Decision> decide(const Patient& state, const Update& command, Date today);
Result<Decision> decide(const Patient& state, const Deactivate& command);
Result<Decision> decide(const Patient& state, const Reactivate& command);

/// Applies what was decided.
void evolve(Patient& state, const Event& event);
Patient evolved(Patient state, const Decision& decision);

/// The names of the fields in which two records differ, as clients know them.
std::vector<std::string> changed_fields(const Details& before, const Details& after);

/// What a patient may change of their own record: phone, address, emergency contact. A new e-mail
/// address must be verified first and is refused here: 403 `email-change-unverified`; any other
/// field 403 `field-not-yours`.
Result<void> check_own_change(const std::vector<std::string>& changed);

}  // namespace ambula::patient::domain

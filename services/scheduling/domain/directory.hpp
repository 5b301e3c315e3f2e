#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <ambula/base/uuid.hpp>

#include "availability.hpp"

namespace ambula::scheduling::domain {

/// Who made and last changed a record.
struct Record {
  std::int64_t version{1};
  Instant created_at;
  Uuid created_by;
  Instant updated_at;
  Uuid updated_by;
};

/// A department or a specialty: both are a code and a name.
struct Unit {
  Uuid id;
  Uuid facility_id;
  std::string code;
  std::string name;
  bool active{true};
  std::optional<std::string> status_reason{};  ///< of the last deactivation or reactivation
  Record record;
};

/// Price with its ISO 4217 currency; the amount is decimal text with two places, never a float.
struct Money {
  std::string amount;
  std::string currency;
};

struct Doctor {
  Uuid id;
  Uuid facility_id;
  std::string display_name;
  std::optional<Uuid> account_id;
  std::string specialty;  ///< a specialty's code
  Uuid department_id;
  std::optional<std::string> sex;
  std::optional<std::string> room;
  std::optional<std::string> phone;
  std::optional<std::string> email;
  std::optional<Money> fee;
  bool active{true};
  std::optional<std::string> status_reason{};  ///< of the last deactivation or reactivation
  std::string zone;                            ///< the facility's, in which the hours are meant
  Availability availability;
  std::int64_t hours_version{1};  ///< counts changes of the hours; their ETag
  Record record;
};

/// An exception as a record of its own.
struct ExceptionRecord {
  HoursException exception;
  Uuid facility_id;
  Uuid doctor_id;
  std::optional<std::string> reason;
  Instant created_at;
  Uuid created_by;
};

struct HolidayRecord {
  Holiday holiday;
  Uuid facility_id;
  std::string name;
  Instant created_at;
  Uuid created_by;
};

}  // namespace ambula::scheduling::domain

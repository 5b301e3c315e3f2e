#include "constraints.hpp"

namespace ambula::scheduling::store {
namespace {

constexpr db::ConstraintError table[] = {
    {"appointment_doctor_overlap", ErrorKind::conflict, "slot-taken",
     "The doctor has another visit at that time."},
    {"appointment_patient_overlap", ErrorKind::conflict, "patient-overlap",
     "The patient has another visit at that time."},
    // Two visits drew the same seat at once; the caller draws again.
    {"appointment_seat", ErrorKind::conflict, "seat-clash",
     "Another visit was booked at the same moment; try again."},
    {"department_code_key", ErrorKind::conflict, "already-exists",
     "A department has this code already.", "/code"},
    {"specialty_code_key", ErrorKind::conflict, "already-exists",
     "A specialty has this code already.", "/code"},
    {"department_code_any_case", ErrorKind::conflict, "already-exists",
     "A department has this code already.", "/code"},
    {"specialty_code_any_case", ErrorKind::conflict, "already-exists",
     "A specialty has this code already.", "/code"},
    {"department_name_key", ErrorKind::conflict, "already-exists",
     "A department has this name already.", "/name"},
    {"specialty_name_key", ErrorKind::conflict, "already-exists",
     "A specialty has this name already.", "/name"},
    {"doctor_account_key", ErrorKind::conflict, "already-exists",
     "Another doctor has this account.", "/account_id"},
    {"holiday_date_key", ErrorKind::conflict, "already-exists", "That day is a holiday already.",
     "/date"},
    {"doctor_specialty_fkey", ErrorKind::rule, "unknown-specialty",
     "There is no specialty with this code.", "/specialty"},
    {"doctor_department_id_fkey", ErrorKind::rule, "unknown-department",
     "There is no such department.", "/department_id"},
};

}  // namespace

std::span<const db::ConstraintError> constraints() {
  return table;
}

}  // namespace ambula::scheduling::store

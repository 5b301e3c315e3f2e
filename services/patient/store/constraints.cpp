#include "constraints.hpp"

namespace ambula::patient::store {
namespace {

constexpr db::ConstraintError table[] = {
    {"patient_email_active", ErrorKind::conflict, "email-taken",
     "Another active patient of the facility has this e-mail address.", "/email"},
    {"patient_account", ErrorKind::conflict, "already-bound",
     "The account has a patient record already."},
};

}  // namespace

std::span<const db::ConstraintError> constraints() {
  return table;
}

}  // namespace ambula::patient::store

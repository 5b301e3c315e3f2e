#include "constraints.hpp"

namespace ambula::identity::store {
namespace {

constexpr db::ConstraintError table[] = {
    {"facility_code_key", ErrorKind::conflict, "already-exists",
     "A facility has this code already.", "/code"},
    {"account_login_key", ErrorKind::conflict, "already-exists",
     "An account has this login already.", "/login"},
    {"account_email_key", ErrorKind::conflict, "already-exists",
     "An account has this e-mail address already.", "/email"},
};

}  // namespace

std::span<const db::ConstraintError> constraints() {
  return table;
}

}  // namespace ambula::identity::store

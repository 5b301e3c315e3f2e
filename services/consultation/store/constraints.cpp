#include "constraints.hpp"

namespace ambula::consultation::store {
namespace {

constexpr db::ConstraintError table[] = {
    {"consultation_live_appointment", ErrorKind::conflict, "consultation-exists",
     "There is a consultation of this visit already."},
    {"consultation_live_entry", ErrorKind::conflict, "consultation-exists",
     "There is a consultation of this visit already."},
};

}  // namespace

std::span<const db::ConstraintError> constraints() {
  return table;
}

}  // namespace ambula::consultation::store

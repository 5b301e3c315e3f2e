#include "constraints.hpp"

namespace ambula::queue::store {
namespace {

constexpr db::ConstraintError table[] = {
    {"queue_entry_open_walk_in", ErrorKind::conflict, "already-queued",
     "The patient stands in this queue already."},
    {"queue_entry_appointment", ErrorKind::conflict, "already-queued",
     "The visit stands in a queue already."},
    {"queue_code_key", ErrorKind::conflict, "already-exists", "A queue has this code already.",
     "/code"},
};

}  // namespace

std::span<const db::ConstraintError> constraints() {
  return table;
}

}  // namespace ambula::queue::store

#include "constraints.hpp"

namespace ambula::notification::store {
namespace {

constexpr db::ConstraintError table[] = {
    {"message_intent_key", ErrorKind::conflict, "already-exists",
     "The message is being sent anew already."},
};

}  // namespace

std::span<const db::ConstraintError> constraints() {
  return table;
}

}  // namespace ambula::notification::store

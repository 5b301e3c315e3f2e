#include "constraints.hpp"

namespace ambula::pharmacy::store {
namespace {

constexpr db::ConstraintError table[] = {
    {"medicine_key", ErrorKind::conflict, "already-exists",
     "A medicine has this name, strength and form already.", "/name"},
    {"lot_stock", ErrorKind::conflict, "insufficient-stock", "The stock does not suffice."},
    {"prescription_item_dispensed", ErrorKind::rule, "more-than-remaining",
     "Less than that remains to be handed over."},
    {"dispense_line_returned", ErrorKind::rule, "more-than-dispensed",
     "Less than that was handed over."},
};

}  // namespace

std::span<const db::ConstraintError> constraints() {
  return table;
}

}  // namespace ambula::pharmacy::store

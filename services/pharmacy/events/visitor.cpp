#include <pharmacy/sql.hpp>

#include "codec.hpp"
#include "handlers.hpp"

namespace ambula::pharmacy::events {

/// Who the visitor turned out to be stays on the prescriptions when the visitor is erased [QUE-14].
Result<void> on_visitor(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (event.tombstone) {
    if (const auto id = Uuid::parse(event.key)) delivery.tx.exec(sql::forget_visitor, *id);
    return {};
  }
  const auto fact = decode_visitor(event.data);
  if (!fact) return fact.error();
  // A prescription that is taken in beside this must not miss it, or it has no patient for good.
  delivery.meet("visitor", fact->id);
  delivery.tx.exec(sql::project_visitor, fact->id, event.facility_id, fact->name, fact->patient_id);
  return {};
}

}  // namespace ambula::pharmacy::events

#include <patient/sql.hpp>

#include "codec.hpp"
#include "handlers.hpp"
#include "patient/store/history.hpp"

namespace ambula::patient::events {

/// Only who a visitor turned out to be matters here; what they left before then becomes the
/// patient's.
Result<void> on_visitor(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (event.tombstone) {
    if (const auto id = Uuid::parse(event.key)) delivery.tx.exec(sql::forget_visitor, *id);
    return {};
  }
  const auto fact = decode_visitor(event.data);
  if (!fact) return fact.error();
  if (!event.facility_id || !fact->patient_id) return {};
  store::note_visitor(delivery.tx, *event.facility_id, fact->id, fact->patient_id);
  return {};
}

}  // namespace ambula::patient::events

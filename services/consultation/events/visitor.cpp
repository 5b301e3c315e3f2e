#include <consultation/sql.hpp>

#include "codec.hpp"
#include "handlers.hpp"

namespace ambula::consultation::events {

Result<void> on_visitor(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (event.tombstone) {
    if (const auto id = Uuid::parse(event.key)) delivery.tx.exec(sql::forget_visitor, *id);
    return {};
  }
  const auto fact = decode_visitor(event.data);
  if (!fact) return fact.error();
  delivery.tx.exec(sql::project_visitor, fact->id, event.facility_id, fact->name, fact->patient_id);
  return {};
}

}  // namespace ambula::consultation::events

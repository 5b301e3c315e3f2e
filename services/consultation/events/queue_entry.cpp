#include <consultation/sql.hpp>

#include "codec.hpp"
#include "handlers.hpp"
#include "identify.hpp"

namespace ambula::consultation::events {

/// What may be started.
Result<void> on_queue_entry(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (event.tombstone) return {};
  const auto fact = decode_queue_entry(event.data);
  if (!fact) return fact.error();
  delivery.tx.exec(sql::project_queue_entry, fact->id, event.facility_id, fact->queue_id,
                   fact->queue_kind, fact->ticket_label, fact->patient_id, fact->visitor_id,
                   fact->doctor_id, fact->department_id, fact->appointment_id, fact->day,
                   fact->status, fact->level);
  return {};
}

Result<void> join_visit(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (event.tombstone) return {};
  const auto fact = decode_queue_entry(event.data);
  if (!fact) return fact.error();
  if (fact->appointment_id) {
    delivery.tx.exec(sql::link_visit, event.facility_id, fact->id, *fact->appointment_id);
  }
  if (fact->visitor_id && fact->patient_id)
    identify(delivery, *fact->visitor_id, *fact->patient_id);
  return {};
}

}  // namespace ambula::consultation::events

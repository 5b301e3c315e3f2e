#include <consultation/sql.hpp>

#include "codec.hpp"
#include "handlers.hpp"

namespace ambula::consultation::events {

Result<void> on_queue_entry(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (event.tombstone) return {};
  const auto fact = decode_queue_entry(event.data);
  if (!fact) return fact.error();
  delivery.tx.exec(sql::project_queue_entry, fact->id, event.facility_id, fact->patient_id,
                   fact->visitor_id, fact->doctor_id, fact->department_id, fact->appointment_id,
                   fact->day, fact->status);
  return {};
}

}  // namespace ambula::consultation::events

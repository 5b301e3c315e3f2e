#include <consultation/sql.hpp>

#include "codec.hpp"
#include "handlers.hpp"

namespace ambula::consultation::events {

Result<void> on_appointment(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (event.tombstone) return {};
  const auto fact = decode_appointment(event.data);
  if (!fact) return fact.error();
  delivery.tx.exec(sql::project_appointment, fact->id, event.facility_id, fact->patient_id,
                   fact->doctor_id, fact->starts_at, fact->ends_at, fact->status);
  return {};
}

}  // namespace ambula::consultation::events

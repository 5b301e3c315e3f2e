#include <consultation/sql.hpp>

#include "codec.hpp"
#include "handlers.hpp"
#include "identify.hpp"

namespace ambula::consultation::events {

void identify(outbox::Delivery& delivery, const Uuid& visitor, const Uuid& patient) {
  // Consultations first: who writes a prescription holds its consultation, so that one written at
  // this moment is there when the second statement looks.
  const auto& event = delivery.event;
  delivery.tx.exec(sql::identify_in_consultations, event.facility_id, visitor, patient,
                   delivery.now, event.actor_id);
  delivery.tx.exec(sql::identify_in_prescriptions, event.facility_id, visitor, patient,
                   delivery.now, event.actor_id);
}

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

Result<void> identify_visitor(outbox::Delivery& delivery) {
  if (delivery.event.tombstone) return {};
  const auto fact = decode_visitor(delivery.event.data);
  if (!fact) return fact.error();
  if (fact->patient_id) identify(delivery, fact->id, *fact->patient_id);
  return {};
}

}  // namespace ambula::consultation::events

#include <notification/sql.hpp>

#include "codec.hpp"
#include "handlers.hpp"

namespace ambula::notification::events {

Result<void> on_patient(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (event.tombstone || event.type == "PatientDeleted") {
    if (const auto id = Uuid::parse(event.key)) delivery.tx.exec(sql::forget_patient, *id);
    return {};
  }
  const auto fact = decode_patient(event.data);
  if (!fact) return fact.error();
  delivery.tx.exec(sql::project_patient, fact->id, event.facility_id, fact->given_name, fact->email,
                   fact->language, fact->email_allowed, fact->opt_out);
  return {};
}

Result<void> heed_wishes(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  const auto id = Uuid::parse(event.key);
  if (!id) return {};
  // Only for good: a record that is restored within the day keeps its wish.
  if (event.tombstone) delivery.tx.exec(sql::forget_unsubscription_link, *id);
  if (event.type == "PatientPreferencesChanged")
    delivery.tx.exec(sql::forget_unsubscription, *id, event.time);
  return {};
}

}  // namespace ambula::notification::events

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
  // What the patient says of their wishes later than the link in a mail is what holds.
  if (event.type == "PatientPreferencesChanged")
    delivery.tx.exec(sql::forget_unsubscription, fact->id, event.time);
  return {};
}

}  // namespace ambula::notification::events

#include <identity/sql.hpp>

#include "binding.hpp"
#include "codec.hpp"
#include "handlers.hpp"

namespace ambula::identity::events {

Result<void> on_patient(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (event.tombstone || event.type == "PatientDeleted") {
    const auto id = Uuid::parse(event.key);
    return id ? bind_account(delivery, store::Binding::patient, *id, std::nullopt) : Result<void>{};
  }
  const auto fact = decode_patient(event.data);
  if (!fact) return fact.error();
  if (event.facility_id) delivery.tx.exec(sql::freeze_zone, *event.facility_id);
  // What the patient or the desk gave up meanwhile must not become the account's by its old mail.
  delivery.tx.exec(sql::give_up_addresses, fact->id, fact->email_pending, delivery.now, event.time);
  return bind_account(delivery, store::Binding::patient, fact->id, fact->account_id);
}

}  // namespace ambula::identity::events

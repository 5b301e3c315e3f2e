#include <identity/sql.hpp>

#include "binding.hpp"
#include "codec.hpp"
#include "handlers.hpp"
#include "identity/store/mail_tokens.hpp"

namespace ambula::identity::events {

Result<void> on_patient(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (event.tombstone || event.type == "PatientDeleted") {
    const auto id = Uuid::parse(event.key);
    if (!id) return {};
    store::forget_wish(delivery.tx, *id);
    return bind_account(delivery, store::Binding::patient, *id, std::nullopt);
  }
  const auto fact = decode_patient(event.data);
  if (!fact) return fact.error();
  if (event.facility_id) delivery.tx.exec(sql::freeze_zone, *event.facility_id);
  if (fact->account_id) store::note_wish(delivery.tx, fact->id, fact->email_pending, event.time);
  return bind_account(delivery, store::Binding::patient, fact->id, fact->account_id);
}

}  // namespace ambula::identity::events

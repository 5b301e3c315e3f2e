#include "restore.hpp"

#include "codec.hpp"
#include "handlers.hpp"

namespace ambula::patient::events {

void restore(db::Transaction& tx, const Uuid& facility, const Uuid& patient, Act act) {
  const auto hidden = store::lock_deleted(tx, facility, patient);
  if (!hidden) return;
  const auto decision =
      decide(hidden->patient, domain::Restore{hidden->email_free, hidden->account_free});
  record(tx, hidden->patient, *decision, std::move(act));
}

Result<void> restore_named(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (event.tombstone || !event.facility_id) return {};
  const auto named = decode_named_patient(event.data);
  if (!named) return named.error();
  if (!*named || !store::is_deleted(delivery.tx, *event.facility_id, **named)) return {};
  restore(delivery.tx, *event.facility_id, **named,
          {delivery.now, event.actor_id.value_or(Uuid{}), outbox::Events(delivery.cause())});
  return {};
}

}  // namespace ambula::patient::events

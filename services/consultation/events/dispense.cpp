#include "codec.hpp"
#include "consultation/store/prescriptions.hpp"
#include "handlers.hpp"
#include "record.hpp"

namespace ambula::consultation::events {

/// The prescription follows the pharmacy; hand-over wins over cancellation (domain.md, reaction
/// rows) [CON-6].
Result<void> on_dispense(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (event.tombstone || !event.facility_id) return {};
  const auto fact = decode_dispense(event.type, event.data);
  if (!fact) return fact.error();
  auto locked = store::lock_prescription(delivery.tx, *event.facility_id, fact->prescription_id);
  if (!locked) return {};
  const auto decision = react(locked->prescription, fact->dispensing);
  if (decision.empty()) return {};
  record(delivery.tx, locked->prescription, decision, locked->rules.value_or(domain::Rules{}),
         {delivery.now, event.actor_id.value_or(Uuid{}), outbox::Events(delivery.cause())});
  return {};
}

}  // namespace ambula::consultation::events

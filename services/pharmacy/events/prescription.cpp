#include "handlers.hpp"
#include "reaction.hpp"

namespace ambula::pharmacy::events {
namespace {

void take_in(outbox::Delivery& delivery, domain::Prescription prescription) {
  prescription.facility_id = *delivery.event.facility_id;
  prescription.record.created_at = delivery.now;
  prescription.record.created_by = delivery.event.actor_id.value_or(Uuid{});
  store::insert(delivery.tx, prescription);
}

/// Consultation ended it: its status, and what was reserved is free.
void end(outbox::Delivery& delivery, const domain::Prescription& fact) {
  const auto& facility = *delivery.event.facility_id;
  (void)store::lock_lots(delivery.tx, facility,
                         store::medicines_of(delivery.tx, facility, fact.id));
  auto state = store::lock(delivery.tx, facility, fact.id);
  if (!state) return;
  const auto by = delivery.event.actor_id;
  apply(delivery.tx, *state, react(*state, domain::Ended{}), outbox::Events(delivery.cause()),
        delivery.now, by);
  auto after = *state;
  after.status = fact.status;
  store::save(delivery.tx, *state, after, nullptr, outbox::Events(delivery.cause()),
              {delivery.now, by.value_or(Uuid{})}, delivery.event.type);
}

}  // namespace

/// The work list. Holding and resuming are told by our own question and answer, which are newer
/// than their echo here.
Result<void> on_prescription(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (event.tombstone || !event.facility_id) return {};
  const auto fact = decode_prescription(event.data);
  if (!fact) return fact.error();
  if (event.type == "PrescriptionOnHold" || event.type == "PrescriptionResumed") return {};
  if (event.type == "PrescriptionIssued") {
    take_in(delivery, *fact);
    return {};
  }
  if (event.type == "PrescriptionCompleted" || event.type == "PrescriptionCancelled" ||
      event.type == "PrescriptionCancellationRefused" || event.type == "PrescriptionExpired") {
    end(delivery, *fact);
    return {};
  }
  return outbox::ignored();
}

}  // namespace ambula::pharmacy::events

#include "handlers.hpp"
#include "reaction.hpp"

namespace ambula::pharmacy::events {
namespace {

void take_in(outbox::Delivery& delivery, domain::Prescription prescription) {
  if (prescription.visitor_id) delivery.meet("visitor", *prescription.visitor_id);
  prescription.facility_id = *delivery.event.facility_id;
  prescription.record.created_at = delivery.now;
  prescription.record.created_by = delivery.event.actor_id.value_or(Uuid{});
  store::insert(delivery.tx, prescription);
}

/// A prescription that never arrived is none of ours: counted, nothing else.
Result<void> end(outbox::Delivery& delivery, const domain::Prescription& fact) {
  const auto& facility = *delivery.event.facility_id;
  (void)store::lock_lots_of(delivery.tx, facility, fact.id);
  auto state = store::lock(delivery.tx, facility, fact.id);
  if (!state) return outbox::ignored();
  conclude(delivery.tx, *state, fact.status, delivery.event.type, outbox::Events(delivery.cause()),
           delivery.now, delivery.event.actor_id);
  return {};
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
    return end(delivery, *fact);
  }
  return outbox::ignored();
}

}  // namespace ambula::pharmacy::events

#include "codec.hpp"
#include "handlers.hpp"
#include "patient/store/history.hpp"

namespace ambula::patient::events {

/// The pharmacy names only the prescription. Whose it is, by whom and under which number comes from
/// the prescription's own fact, whichever arrives first.
Result<void> on_dispense(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (!domain::tells(domain::Kind::dispense, event.type)) return outbox::ignored();
  const auto fact = decode_dispense(event.data);
  if (!fact) return fact.error();
  if (!event.facility_id) return {};
  const auto& facility = *event.facility_id;
  const auto owner =
      store::identified(delivery.tx, facility,
                        store::owner_of_prescription(delivery.tx, facility, fact->prescription_id));
  store::add_history(delivery.tx, facility,
                     {.event_id = event.id,
                      .at = event.time,
                      .kind = domain::Kind::dispense,
                      .event = event.type,
                      .ref_type = fact->dispense_id ? "dispense" : "prescription",
                      .ref_id = fact->dispense_id.value_or(fact->prescription_id),
                      .doctor_id = {},
                      .department_id = {},
                      .starts_at = {},
                      .label = {}},
                     owner);
  return {};
}

}  // namespace ambula::patient::events

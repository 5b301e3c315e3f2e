#include <patient/sql.hpp>

#include "codec.hpp"
#include "handlers.hpp"
#include "patient/store/history.hpp"

namespace ambula::patient::events {

/// Also tells whose the dispenses are that came before it. The prescription's row is locked by a
/// statement of its own first, so that the one which completes those dispenses sees all of them.
Result<void> on_prescription(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (!domain::tells(domain::Kind::prescription, event.type)) return outbox::ignored();
  const auto fact = decode_prescription(event.data);
  if (!fact) return fact.error();
  if (!event.facility_id) return {};
  const auto& facility = *event.facility_id;
  store::owner_of_prescription(delivery.tx, facility, fact->id);
  const auto owner =
      store::identified(delivery.tx, facility, {fact->patient_id, fact->visitor_id, std::nullopt});
  delivery.tx.exec(sql::project_prescription, fact->id, facility, owner.patient_id,
                   owner.visitor_id, fact->doctor_id, fact->number);
  store::add_history(delivery.tx, facility,
                     {.event_id = event.id,
                      .at = event.time,
                      .kind = domain::Kind::prescription,
                      .event = event.type,
                      .ref_type = "prescription",
                      .ref_id = fact->id,
                      .doctor_id = fact->doctor_id,
                      .department_id = {},
                      .starts_at = {},
                      .label = fact->number},
                     owner);
  return {};
}

}  // namespace ambula::patient::events

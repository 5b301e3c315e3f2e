#include <patient/sql.hpp>

#include "codec.hpp"
#include "handlers.hpp"
#include "patient/store/history.hpp"

namespace ambula::patient::events {

Result<void> on_appointment(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (!domain::tells(domain::Kind::appointment, event.type)) return outbox::ignored();
  const auto fact = decode_appointment(event.data);
  if (!fact) return fact.error();
  if (!event.facility_id) return {};
  delivery.tx.exec(sql::project_appointment, fact->id, *event.facility_id, fact->patient_id,
                   fact->doctor_id, fact->starts_at, fact->status);
  store::add_history(delivery.tx, *event.facility_id,
                     {.event_id = event.id,
                      .at = event.time,
                      .kind = domain::Kind::appointment,
                      .event = event.type,
                      .ref_type = "appointment",
                      .ref_id = fact->id,
                      .doctor_id = fact->doctor_id,
                      .department_id = fact->department_id,
                      .starts_at = fact->starts_at,
                      .label = {}},
                     {.patient_id = fact->patient_id, .visitor_id = {}, .prescription_id = {}});
  return {};
}

}  // namespace ambula::patient::events

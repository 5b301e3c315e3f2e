#include <patient/sql.hpp>

#include "codec.hpp"
#include "handlers.hpp"
#include "patient/store/history.hpp"

namespace ambula::patient::events {

Result<void> on_queue_entry(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (!domain::tells(domain::Kind::queue_entry, event.type)) return outbox::ignored();
  const auto fact = decode_queue_entry(event.data);
  if (!fact) return fact.error();
  if (!event.facility_id) return {};
  const auto owner = store::identified(delivery.tx, *event.facility_id,
                                       {fact->patient_id, fact->visitor_id, std::nullopt});
  delivery.tx.exec(sql::project_queue_entry, fact->id, *event.facility_id, owner.patient_id,
                   owner.visitor_id, fact->doctor_id, fact->department_id, fact->day, fact->status);
  store::add_history(delivery.tx, *event.facility_id,
                     {.event_id = event.id,
                      .at = event.time,
                      .kind = domain::Kind::queue_entry,
                      .event = event.type,
                      .ref_type = "queue_entry",
                      .ref_id = fact->id,
                      .doctor_id = fact->doctor_id,
                      .department_id = fact->department_id,
                      .starts_at = {},
                      .label = fact->ticket},
                     owner);
  return {};
}

}  // namespace ambula::patient::events

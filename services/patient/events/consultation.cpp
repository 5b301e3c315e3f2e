#include <patient/sql.hpp>

#include "codec.hpp"
#include "handlers.hpp"
#include "patient/store/history.hpp"

namespace ambula::patient::events {

Result<void> on_consultation(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (!domain::tells(domain::Kind::consultation, event.type)) return outbox::ignored();
  const auto fact = decode_consultation(event.data);
  if (!fact) return fact.error();
  if (!event.facility_id) return {};
  const auto owner = store::identified(delivery.tx, *event.facility_id,
                                       {fact->patient_id, fact->visitor_id, std::nullopt});
  delivery.tx.exec(sql::project_consultation, fact->id, *event.facility_id, owner.patient_id,
                   owner.visitor_id, fact->doctor_id, fact->status);
  store::add_history(delivery.tx, *event.facility_id,
                     {.event_id = event.id,
                      .at = event.time,
                      .kind = domain::Kind::consultation,
                      .event = event.type,
                      .ref_type = "consultation",
                      .ref_id = fact->id,
                      .doctor_id = fact->doctor_id,
                      .department_id = {},
                      .starts_at = {},
                      .label = {}},
                     owner);
  return {};
}

}  // namespace ambula::patient::events

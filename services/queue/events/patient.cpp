#include <queue/sql.hpp>

#include "codec.hpp"
#include "handlers.hpp"

namespace ambula::queue::events {

Result<void> on_patient(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (event.tombstone || event.type == "PatientDeleted") {
    if (const auto id = Uuid::parse(event.key)) delivery.tx.exec(sql::forget_patient, *id);
    return {};
  }
  const auto fact = decode_patient(event.data);
  if (!fact) return fact.error();
  delivery.tx.exec(sql::project_patient, fact->id, event.facility_id, fact->display_name, fact->mrn,
                   fact->birth_date, fact->active);
  return {};
}

}  // namespace ambula::queue::events

#include <patient/sql.hpp>

#include "codec.hpp"
#include "handlers.hpp"

namespace ambula::patient::events {

Result<void> on_doctor(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (event.tombstone || event.type == "DoctorDeleted") {
    if (const auto id = Uuid::parse(event.key)) delivery.tx.exec(sql::forget_doctor, *id);
    return {};
  }
  const auto fact = decode_doctor(event.data);
  if (!fact) return fact.error();
  delivery.tx.exec(sql::project_doctor, fact->id, event.facility_id, fact->display_name,
                   fact->department_id);
  return {};
}

}  // namespace ambula::patient::events

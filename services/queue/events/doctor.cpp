#include <queue/sql.hpp>

#include "codec.hpp"
#include "handlers.hpp"

namespace ambula::queue::events {

Result<void> on_doctor(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (event.tombstone || event.type == "DoctorDeleted") {
    if (const auto id = Uuid::parse(event.key)) delivery.tx.exec(sql::forget_doctor, *id);
    return {};
  }
  const auto fact = decode_doctor(event.data);
  if (!fact) return fact.error();
  delivery.tx.exec(sql::project_doctor, fact->id, event.facility_id, fact->display_name,
                   fact->department_id, fact->room, fact->active, fact->specialty, fact->valid_from,
                   fact->valid_to);
  delivery.tx.exec(sql::forget_doctor_hours, fact->id);
  delivery.tx.exec(sql::project_doctor_hours, fact->id, fact->weekdays, fact->from_min,
                   fact->to_min, fact->exception_kinds, fact->exception_from, fact->exception_to);
  return {};
}

}  // namespace ambula::queue::events

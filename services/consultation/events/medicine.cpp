#include <consultation/sql.hpp>

#include "codec.hpp"
#include "handlers.hpp"

namespace ambula::consultation::events {

Result<void> on_medicine(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (event.tombstone) {
    if (const auto id = Uuid::parse(event.key)) delivery.tx.exec(sql::forget_medicine, *id);
    return {};
  }
  const auto fact = decode_medicine(event.data);
  if (!fact) return fact.error();
  delivery.tx.exec(sql::project_medicine, fact->id, event.facility_id, fact->name, fact->strength,
                   fact->form, fact->active);
  return {};
}

}  // namespace ambula::consultation::events

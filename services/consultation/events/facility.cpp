#include <consultation/sql.hpp>

#include "codec.hpp"
#include "handlers.hpp"

namespace ambula::consultation::events {

Result<void> on_facility(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (event.tombstone) return {};
  const auto fact = decode_facility(event.data);
  if (!fact) return fact.error();
  delivery.tx.exec(sql::project_facility, fact->id, fact->code, fact->name, fact->rules.zone,
                   fact->address, fact->phone, fact->rules.prescription_days);
  return {};
}

}  // namespace ambula::consultation::events

#include <notification/sql.hpp>

#include "codec.hpp"
#include "handlers.hpp"

namespace ambula::notification::events {

Result<void> on_department(outbox::Delivery& delivery) {
  if (delivery.event.tombstone) return {};
  const auto fact = decode_department(delivery.event.data);
  if (!fact) return fact.error();
  delivery.tx.exec(sql::project_department, fact->id, delivery.event.facility_id, fact->name);
  return {};
}

}  // namespace ambula::notification::events

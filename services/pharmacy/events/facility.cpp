#include <pharmacy/sql.hpp>

#include "codec.hpp"
#include "handlers.hpp"

namespace ambula::pharmacy::events {

Result<void> on_facility(outbox::Delivery& delivery) {
  if (delivery.event.tombstone) return {};
  const auto fact = decode_facility(delivery.event.data);
  if (!fact) return fact.error();
  delivery.tx.exec(sql::project_facility, fact->id, fact->code, fact->name, fact->zone,
                   fact->currency, fact->address, fact->phone, fact->reservation_h);
  return {};
}

}  // namespace ambula::pharmacy::events

#include <queue/sql.hpp>

#include "check_in.hpp"
#include "handlers.hpp"

namespace ambula::queue::events {

Result<void> on_facility(outbox::Delivery& delivery) {
  if (delivery.event.tombstone) return {};
  const auto fact = decode_facility(delivery.event.data);
  if (!fact) return fact.error();
  delivery.tx.exec(sql::project_facility, fact->id, fact->zone, fact->max_calls,
                   fact->staging_factor, fact->visitor_days);
  return {};
}

}  // namespace ambula::queue::events

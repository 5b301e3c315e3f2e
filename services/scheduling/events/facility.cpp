#include <scheduling/sql.hpp>

#include "codec.hpp"
#include "handlers.hpp"

namespace ambula::scheduling::events {

Result<void> on_facility(outbox::Delivery& delivery) {
  if (delivery.event.tombstone) return {};
  const auto fact = decode_facility(delivery.event.data);
  if (!fact) return fact.error();
  const auto& rules = fact->rules;
  delivery.tx.exec(sql::project_facility, fact->id, rules.zone, rules.day_cap, rules.urgent_seats,
                   rules.desk_may_complete, rules.no_show_grace_min, fact->currency);
  return {};
}

}  // namespace ambula::scheduling::events

#include <notification/sql.hpp>

#include <ambula/base/zone.hpp>

#include "codec.hpp"
#include "handlers.hpp"

namespace ambula::notification::events {

Result<void> on_facility(outbox::Delivery& delivery) {
  if (delivery.event.tombstone) return {};
  const auto fact = decode_facility(delivery.event.data);
  if (!fact) return fact.error();
  if (!zone_exists(fact->zone))
    return rule_broken("unknown-zone", "The zone is not known to this machine.");
  delivery.tx.exec(sql::project_facility, fact->id, fact->name, fact->zone, fact->locale,
                   fact->phone, fact->reminders_min, fact->stock_digest_to);
  return {};
}

Result<void> plan_reminders_of_facility(outbox::Delivery& delivery) {
  if (delivery.event.tombstone) return {};
  const auto fact = decode_facility(delivery.event.data);
  if (!fact) return fact.error();
  if (delivery.tx.exec(sql::take_reminder_setting, fact->id).empty()) return {};
  auto last_at = delivery.now;
  Uuid last_id;
  while (true) {
    const auto rows =
        delivery.tx.exec(sql::plan_reminders_of_facility, fact->id, delivery.now, last_at, last_id);
    if (rows.empty()) return {};
    last_at = rows.front().get<Instant>("starts_at");
    last_id = rows.front().get<Uuid>("id");
  }
}

}  // namespace ambula::notification::events

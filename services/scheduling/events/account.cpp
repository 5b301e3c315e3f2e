#include <scheduling/sql.hpp>

#include "codec.hpp"
#include "handlers.hpp"

namespace ambula::scheduling::events {

Result<void> on_account(outbox::Delivery& delivery) {
  if (delivery.event.tombstone) return {};
  const auto fact = decode_account(delivery.event.data);
  if (!fact) return fact.error();
  delivery.tx.exec(sql::clear_account, fact->id);
  for (const auto& membership : fact->memberships) {
    delivery.tx.exec(sql::project_account, fact->id, membership.facility_id, membership.doctor,
                     fact->active);
  }
  return {};
}

}  // namespace ambula::scheduling::events

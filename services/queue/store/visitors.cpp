#include "visitors.hpp"

#include <queue/sql.hpp>

namespace ambula::queue::store {

void record(db::Transaction& tx, const domain::Visitor& visitor, Instant now,
            const outbox::Events& events) {
  tx.exec(sql::record_visitor, visitor.id, visitor.facility_id, visitor.name, visitor.phone, now,
          events);
}

std::optional<domain::Visitor> lock_visitor(db::Transaction& tx, const Uuid& facility,
                                            const Uuid& id) {
  const auto rows = tx.exec(sql::lock_visitor, id, facility);
  if (rows.empty() || rows.front().is_null("name")) return std::nullopt;
  const auto row = rows.front();
  return domain::Visitor{.id = row.get<Uuid>("id"),
                         .facility_id = row.get<Uuid>("facility_id"),
                         .name = row.get<std::string>("name"),
                         .phone = row.get<std::optional<std::string>>("phone"),
                         .patient_id = row.get<std::optional<Uuid>>("patient_id")};
}

void identify(db::Transaction& tx, const domain::Visitor& visitor, Instant now,
              const outbox::Events& events) {
  tx.exec(sql::identify_visitor, visitor.id, visitor.facility_id, visitor.patient_id, now, events);
}

std::vector<Forgotten> visitors_to_erase(db::Session& session, Instant now) {
  std::vector<Forgotten> found;
  for (const auto row : session.read(sql::visitors_to_erase, now))
    found.push_back({row.get<Uuid>("id"), row.get<Uuid>("facility_id")});
  return found;
}

void erase(db::Transaction& tx, const Forgotten& visitor, Instant now,
           const outbox::Events& events) {
  tx.exec(sql::erase_visitor, visitor.id, visitor.facility_id, now, events);
}

}  // namespace ambula::queue::store

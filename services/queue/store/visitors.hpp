#pragma once

#include <optional>
#include <vector>

#include <ambula/db/session.hpp>
#include <ambula/outbox/outbox.hpp>

#include "queue/domain/visitor.hpp"

namespace ambula::queue::store {

void record(db::Transaction& tx, const domain::Visitor& visitor, Instant now,
            const outbox::Events& events);
/// nullopt also when its name is gone already.
std::optional<domain::Visitor> lock_visitor(db::Transaction& tx, const Uuid& facility,
                                            const Uuid& id);
void identify(db::Transaction& tx, const domain::Visitor& visitor, Instant now,
              const outbox::Events& events);

/// Visitors whose facility's visitor_days are over.
struct Forgotten {
  Uuid id;
  Uuid facility_id;
};
std::vector<Forgotten> visitors_to_erase(db::Session& session, Instant now);
void erase(db::Transaction& tx, const Forgotten& visitor, Instant now,
           const outbox::Events& events);

}  // namespace ambula::queue::store

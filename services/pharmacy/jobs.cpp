#include "jobs.hpp"

#include <pharmacy/sql.hpp>

#include "pharmacy/events/reaction.hpp"

namespace ambula::pharmacy::jobs {
namespace {

/// Each prescription in a transaction of its own: one that moved on meanwhile is left alone.
bool end_reservation(db::Session& session, const Uuid& facility, const Uuid& id, Instant now) {
  const auto done = session.transact([&](db::Transaction& tx) -> Result<bool> {
    (void)store::lock_lots(tx, facility, store::medicines_of(tx, facility, id));
    auto state = store::lock(tx, facility, id);
    if (!state) return false;
    const auto decision = react(*state, domain::ReservationTimedOut{now});
    events::apply(tx, *state, decision, outbox::Events(outbox::Cause{}), now, std::nullopt);
    return !decision.empty();
  });
  return done && *done;
}

}  // namespace

void end_reservations(db::Session& session, Instant now, const std::function<void()>& committed) {
  while (true) {
    bool any = false;
    for (const auto row : session.read(sql::due_reservations, now)) {
      any = end_reservation(session, row.get<Uuid>("facility_id"), row.get<Uuid>("id"), now) || any;
    }
    if (!any) return;
    committed();
  }
}

}  // namespace ambula::pharmacy::jobs

#include "jobs.hpp"

#include <consultation/sql.hpp>

#include <ambula/base/zone.hpp>

#include "consultation/events/record.hpp"
#include "consultation/store/prescriptions.hpp"

namespace ambula::consultation::jobs {
namespace {

/// Each in a transaction of its own: one that moved on meanwhile is left alone.
bool expire(db::Session& session, const Uuid& facility, const Uuid& id, Instant now) {
  const auto done = session.transact([&](db::Transaction& tx) -> Result<bool> {
    auto locked = store::lock_prescription(tx, facility, id);
    if (!locked || !locked->rules) return false;
    const auto today = local_date(locked->rules->zone, now);
    const auto decision = decide(locked->prescription, domain::Expire{today});
    if (!decision) return false;
    events::record(tx, locked->prescription, *decision, *locked->rules,
                   {now, Uuid{}, outbox::Events(outbox::Cause{})});
    return true;
  });
  return done && *done;
}

}  // namespace

void expire_prescriptions(db::Session& session, Instant now,
                          const std::function<void()>& committed) {
  while (true) {
    bool any = false;
    for (const auto row : session.read(sql::due_expiries, now)) {
      any = expire(session, row.get<Uuid>("facility_id"), row.get<Uuid>("id"), now) || any;
    }
    if (!any) return;
    committed();
  }
}

}  // namespace ambula::consultation::jobs

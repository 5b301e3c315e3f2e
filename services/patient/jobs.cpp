#include "jobs.hpp"

#include "patient/events/restore.hpp"
#include "patient/store/patients.hpp"

namespace ambula::patient::jobs {
namespace {

constexpr std::chrono::hours hidden_h{24};

/// False when there was nothing to do about it.
bool purge(db::Session& session, const Uuid& facility, const Uuid& id, Instant now) {
  const auto done = session.transact([&](db::Transaction& tx) -> Result<bool> {
    const auto hidden = store::lock_deleted(tx, facility, id);
    if (!hidden) return false;
    outbox::Events events(outbox::Cause{});
    if (!store::dependants(tx, facility, id).empty()) {
      events::restore(tx, facility, id, {now, Uuid{}, std::move(events)});
      return true;
    }
    store::purge(tx, hidden->patient, events.add_tombstone());
    return true;
  });
  return done && *done;
}

}  // namespace

void purge_deleted(db::Session& session, Instant now, const std::function<void()>& committed) {
  while (true) {
    bool any = false;
    for (const auto& [id, facility] : store::due_purges(session, now - hidden_h)) {
      any = purge(session, facility, id, now) || any;
    }
    if (!any) return;
    committed();
  }
}

}  // namespace ambula::patient::jobs

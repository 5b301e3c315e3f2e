#include "jobs.hpp"

#include <queue/sql.hpp>

#include "queue/events/codec.hpp"
#include "queue/store/entries.hpp"

namespace ambula::queue::jobs {
namespace {

/// Each entry in a transaction of its own: one that moved on meanwhile is left alone.
bool close(db::Session& session, const Uuid& facility, const Uuid& id, Instant now) {
  const auto done = session.transact([&](db::Transaction& tx) -> Result<bool> {
    const auto locked = store::lock(tx, facility, id);
    if (!locked) return false;
    const auto decision = react(locked->entry, domain::DayClosed{});
    if (decision.empty()) return false;
    auto entry = locked->entry;
    for (const auto& event : decision)
      evolve(entry, event, now);
    entry.updated_at = now;
    entry.updated_by = Uuid{};
    store::save(tx, entry, [&](std::int64_t change) {
      outbox::Events events(outbox::Cause{});
      for (const auto& event : decision)
        events.add(to_string(event.kind), events::encode_entry(entry, change));
      return events;
    });
    return true;
  });
  return done && *done;
}

}  // namespace

void close_days(db::Session& session, Instant now, const std::function<void()>& committed) {
  while (true) {
    bool any = false;
    for (const auto row : session.read(sql::due_day_close, now)) {
      any = close(session, row.get<Uuid>("facility_id"), row.get<Uuid>("id"), now) || any;
    }
    if (!any) return;
    committed();
  }
}

}  // namespace ambula::queue::jobs

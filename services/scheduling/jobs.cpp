#include "jobs.hpp"

#include <scheduling/sql.hpp>

#include "scheduling/events/codec.hpp"
#include "scheduling/store/appointments.hpp"

namespace ambula::scheduling::jobs {
namespace {

/// Each visit in a transaction of its own: one that moved on meanwhile is left alone.
bool mark_no_show(db::Session& session, const Uuid& facility, const Uuid& id, Instant now) {
  const auto done = session.transact([&](db::Transaction& tx) -> Result<bool> {
    const auto locked = store::lock(tx, facility, id);
    if (!locked) return false;
    const auto decision = decide(locked->appointment, domain::NoShow{}, now, locked->rules);
    if (!decision) return false;
    auto visit = evolved(locked->appointment, *decision);
    visit.updated_at = now;
    visit.updated_by = Uuid{};
    outbox::Events events(outbox::Cause{});
    events.add(to_string(domain::EventKind::no_show), events::encode_appointment(visit));
    const auto saved = store::save(tx, visit, locked->rules, false, events);
    if (!saved) return saved.error();
    return true;
  });
  return done && *done;
}

}  // namespace

void mark_no_shows(db::Session& session, Instant now, const std::function<void()>& committed) {
  while (true) {
    bool any = false;
    for (const auto row : session.read(sql::due_no_shows, now)) {
      any = mark_no_show(session, row.get<Uuid>("facility_id"), row.get<Uuid>("id"), now) || any;
    }
    if (!any) return;
    committed();
  }
}

}  // namespace ambula::scheduling::jobs

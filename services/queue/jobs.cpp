#include "jobs.hpp"

#include <queue/sql.hpp>

#include "queue/events/recording.hpp"
#include "queue/store/live.hpp"
#include "queue/store/visitors.hpp"

namespace ambula::queue::jobs {
namespace {

using namespace std::chrono_literals;

constexpr auto live_changes_kept = 26h;  // a board that was off over night begins anew
constexpr auto early_facts_kept = 30 * 24h;
constexpr int promotions_max = 1000;  // of one run; the rest has its turn at the next

events::Act act_at(Instant now) {
  return {outbox::Cause{}, now, Uuid{}};
}

/// Each entry in a transaction of its own: one that moved on meanwhile is left alone.
bool close(db::Session& session, const Uuid& facility, const Uuid& id, Instant now) {
  const auto done = session.transact([&](db::Transaction& tx) -> Result<bool> {
    const auto locked = store::lock(tx, facility, id);
    if (!locked) return false;
    const auto decision = react(locked->entry, domain::DayClosed{});
    events::record(tx, locked->entry, decision, act_at(now));
    return !decision.empty();
  });
  return done && *done;
}

/// The head of a staging queue, and how full the regular one is.
struct Head {
  Uuid id;
  Uuid facility_id;
  Uuid department_id;
  int open_entries{0};
  int staging_factor{0};
};

std::vector<Head> heads(db::Session& session, Instant now) {
  std::vector<Head> found;
  for (const auto row : session.read(sql::staging_heads, now)) {
    found.push_back({row.get<Uuid>("id"), row.get<Uuid>("facility_id"),
                     row.get<Uuid>("department_id"), row.get<int>("open_entries"),
                     row.get<int>("staging_factor")});
  }
  return found;
}

bool promote_head(db::Session& session, const Head& head, Instant now) {
  const auto done = session.transact([&](db::Transaction& tx) -> Result<bool> {
    const auto locked = store::lock(tx, head.facility_id, head.id);
    if (!locked || locked->entry.status != domain::Status::waiting) return false;
    const auto queue =
        store::first_queue(tx, head.facility_id, head.department_id, domain::Kind::regular);
    const auto doctors =
        store::on_duty(tx, head.facility_id, now, head.department_id, std::nullopt);
    const auto why = domain::room_in_regular(
        {head.open_entries, static_cast<int>(doctors.size()), head.staging_factor});
    if (!queue || !why) return false;
    const auto moved = events::transfer(
        tx, locked->entry, {.target = *queue, .reason = *why, .why_here = *why}, act_at(now));
    if (!moved) return moved.error();
    return true;
  });
  return done && *done;
}

bool erase(db::Session& session, const store::Forgotten& visitor, Instant now) {
  const auto done = session.transact([&](db::Transaction& tx) -> Result<bool> {
    outbox::Events events(outbox::Cause{});
    events.add_tombstone();
    store::erase(tx, visitor, now, events);
    return true;
  });
  return static_cast<bool>(done);
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

void promote(db::Session& session, Instant now, const std::function<void()>& committed) {
  int moved = 0;
  for (bool any = true; any && moved < promotions_max;) {
    any = false;
    for (const auto& head : heads(session, now)) {
      if (!promote_head(session, head, now)) continue;
      any = true;
      ++moved;
    }
    if (any) committed();
  }
}

void forget(db::Session& session, Instant now, const std::function<void()>& committed) {
  for (bool any = true; any;) {
    any = false;
    for (const auto& visitor : store::visitors_to_erase(session, now))
      any = erase(session, visitor, now) || any;
    if (any) committed();
  }
  for (const auto row : session.read(sql::lines_left_unnumbered, now - live_changes_kept))
    store::number_changes(session, row.get<Uuid>("facility_id"), row.get<Uuid>("queue_id"));
  while (session.execute(sql::forget_live_changes, now - live_changes_kept)->affected() > 0) {
  }
  (void)session.execute(sql::forget_old_facts, now - early_facts_kept);
  (void)session.execute(sql::forget_old_withdrawals, now - early_facts_kept);
}

}  // namespace ambula::queue::jobs

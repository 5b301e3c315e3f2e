#include "jobs.hpp"

#include <pharmacy/sql.hpp>

#include <ambula/base/zone.hpp>

#include "pharmacy/events/reaction.hpp"
#include "pharmacy/store/alerts.hpp"

namespace ambula::pharmacy::jobs {
namespace {

/// Each prescription in a transaction of its own: one that moved on meanwhile is left alone.
bool end_reservation(db::Session& session, const Uuid& facility, const Uuid& id, Instant now) {
  const auto done = session.transact([&](db::Transaction& tx) -> Result<bool> {
    (void)store::lock_lots_of(tx, facility, id);
    auto state = store::lock(tx, facility, id);
    if (!state) return false;
    const auto decision = react(*state, domain::ReservationTimedOut{now});
    events::apply(tx, *state, decision, outbox::Events(outbox::Cause{}), now, std::nullopt);
    return !decision.empty();
  });
  return done && *done;
}

bool free_expired(db::Session& session, const Uuid& facility, const Uuid& id, Instant now) {
  const auto done = session.transact([&](db::Transaction& tx) -> Result<bool> {
    auto lot = store::lock_lot(tx, facility, id);
    if (!lot || lot->reserved == 0) return false;
    events::withdraw(tx, *lot, outbox::Events(outbox::Cause{}), now, std::nullopt);
    return true;
  });
  return done && *done;
}

using EndOne = bool (*)(db::Session&, const Uuid& facility, const Uuid& id, Instant now);

void end_all(db::Session& session, const db::Statement& due, EndOne end, Instant now,
             const std::function<void()>& committed) {
  bool any = true;
  while (any) {
    any = false;
    for (const auto row : session.read(due, now))
      any = end(session, row.get<Uuid>("facility_id"), row.get<Uuid>("id"), now) || any;
    if (any) committed();
  }
}

void tell(db::Transaction& tx, const store::Touched& touched, Instant now) {
  const auto told = store::lock_told(tx, touched.facility_id, touched.medicine_id);
  if (!told) return;
  const auto& medicine = told->medicine;
  const auto news = news_of(medicine, told->level, told->lots, local_date(touched.zone, now));
  if (news.level == told->level && news.events.empty() && news.notices.empty()) return;
  outbox::Events events{outbox::Cause{}};
  for (const auto& event : news.events) {
    events.add(to_string(event.kind),
               event.lot ? events::encode_lot(medicine, *event.lot, event.within_days)
                         : events::encode_stock(medicine, news.stock));
  }
  store::save_told(tx, medicine, news, events, now);
}

}  // namespace

void end_reservations(db::Session& session, Instant now, const std::function<void()>& committed) {
  end_all(session, sql::due_reservations, end_reservation, now, committed);
  end_all(session, sql::reserved_on_expired, free_expired, now, committed);
}

void watch_stock(db::Session& session, Instant now, const std::function<void()>& committed) {
  store::begin_stock_day(session, now);
  bool more = true;
  while (more) {
    const auto looked = session.transact([&](db::Transaction& tx) -> Result<bool> {
      const auto touched = store::take_touched(tx);
      for (const auto& one : touched)
        tell(tx, one, now);
      return !touched.empty();
    });
    more = looked && *looked;
    if (more) committed();
  }
}

}  // namespace ambula::pharmacy::jobs

#include "recording.hpp"

#include "codec.hpp"

namespace ambula::queue::events {

Act act_of(const outbox::Delivery& delivery) {
  return {delivery.cause(), delivery.now, delivery.event.actor_id.value_or(Uuid{})};
}

domain::Entry record(db::Transaction& tx, const domain::Entry& state,
                     const domain::Decision& decision, const Act& act) {
  if (decision.empty()) return state;
  const auto stages = domain::stages(state, decision, act.now, act.actor);
  outbox::Events events(act.cause);
  store::History history;
  for (std::size_t i = 0; i < decision.size(); ++i) {
    const auto name = to_string(decision[i].kind);
    if (is_published(decision[i].kind)) events.add(name, encode_entry(stages[i]));
    history.events.emplace_back(name);
    history.statuses.emplace_back(to_string(stages[i].status));
    history.reasons.push_back(decision[i].reason);
  }
  auto entry = stages.back();
  entry.version = store::save(tx, entry, events, history);
  return entry;
}

namespace {

void insert(db::Transaction& tx, const domain::Entry& entry, const Act& act) {
  outbox::Events events(act.cause);
  events.add(to_string(domain::EventKind::created), encode_entry(entry));
  store::insert(tx, entry, events);
}

}  // namespace

void enter(db::Transaction& tx, domain::Entry& entry, const domain::Queue& queue, const Act& act) {
  entry.ticket.number = store::next_ticket(tx, entry.facility_id, queue.id, entry.day);
  entry.ticket.label = queue.code + "-" + std::to_string(entry.ticket.number);
  insert(tx, entry, act);
}

Result<Transferred> transfer(db::Transaction& tx, const domain::Entry& state, const Transfer& order,
                             const Act& act) {
  const auto id = Uuid::make(act.now);
  const auto left = decide(state, domain::Transfer{id, order.reason});
  if (!left) return left.error();
  auto decision = order.before;
  decision.insert(decision.end(), left->begin(), left->end());
  auto entry = record(tx, state, decision, act);
  auto successor = successor_of(entry, id, order.target, act.now, act.actor);
  successor.status_reason = order.why_here;
  if (order.doctor) {
    successor.doctor_id = order.doctor->doctor_id;
    successor.assignment = order.doctor->reason;
  }
  insert(tx, successor, act);
  return Transferred{std::move(entry), std::move(successor)};
}

}  // namespace ambula::queue::events

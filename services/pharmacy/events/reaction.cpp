#include "reaction.hpp"

namespace ambula::pharmacy::events {

void apply(db::Transaction& tx, domain::Prescription& state, const domain::Decision& decision,
           outbox::Events events, Instant now, std::optional<Uuid> by,
           const domain::Dispense* dispense) {
  if (decision.empty()) return;
  auto after = state;
  for (const auto& event : decision) {
    evolve(after, event, now);
    events.add(to_string(event.kind), encode_dispense(after, event, by));
  }
  after.record.updated_at = now;
  after.record.updated_by = by.value_or(Uuid{});
  after.record.version =
      store::save(tx, state, after, dispense, events, {now, after.record.updated_by});
  state = std::move(after);
}

}  // namespace ambula::pharmacy::events

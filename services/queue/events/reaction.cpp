#include "reaction.hpp"

#include "codec.hpp"

namespace ambula::queue::events {

void apply(outbox::Delivery& delivery, const domain::Entry& state,
           const domain::Decision& decision) {
  if (decision.empty()) return;
  auto entry = state;
  entry.updated_at = delivery.now;
  entry.updated_by = delivery.event.actor_id.value_or(Uuid{});
  std::vector<domain::Entry> stages;
  for (const auto& event : decision) {
    evolve(entry, event, delivery.now);
    stages.push_back(entry);
  }
  store::save(delivery.tx, entry, [&](std::int64_t change) {
    outbox::Events events(delivery.cause());
    for (std::size_t i = 0; i < decision.size(); ++i) {
      events.add(to_string(decision[i].kind), encode_entry(stages[i], change));
    }
    return events;
  });
}

}  // namespace ambula::queue::events

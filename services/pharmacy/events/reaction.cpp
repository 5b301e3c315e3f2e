#include "reaction.hpp"

namespace ambula::pharmacy::events {
namespace {

void save(db::Transaction& tx, domain::Prescription& state, domain::Prescription after,
          const outbox::Events& events, Instant now, std::optional<Uuid> by,
          domain::Dispense* dispense, const std::vector<std::string>& also) {
  after.record.updated_at = now;
  after.record.updated_by = by.value_or(Uuid{});
  after.record.version =
      store::save(tx, state, after, dispense, events, {now, after.record.updated_by}, also);
  state = std::move(after);
}

domain::Prescription evolved(const domain::Prescription& state, const domain::Decision& decision,
                             outbox::Events& events, Instant now, std::optional<Uuid> by) {
  auto after = state;
  for (const auto& event : decision) {
    evolve(after, event, now);
    events.add(to_string(event.kind), encode_dispense(after, event, by));
  }
  return after;
}

}  // namespace

void apply(db::Transaction& tx, domain::Prescription& state, const domain::Decision& decision,
           outbox::Events events, Instant now, std::optional<Uuid> by, domain::Dispense* dispense) {
  if (decision.empty()) return;
  auto after = evolved(state, decision, events, now, by);
  save(tx, state, std::move(after), events, now, by, dispense, {});
}

void conclude(db::Transaction& tx, domain::Prescription& state, domain::Status status,
              std::string_view type, outbox::Events events, Instant now, std::optional<Uuid> by) {
  auto after = evolved(state, react(state, domain::Ended{}), events, now, by);
  after.status = status;
  save(tx, state, std::move(after), events, now, by, nullptr, {std::string(type)});
}

void withdraw(db::Transaction& tx, domain::Lot& lot, const outbox::Events& events, Instant now,
              std::optional<Uuid> by) {
  if (lot.reserved == 0) return;
  for (const auto& id : store::reserved_by(tx, lot.facility_id, lot.id)) {
    auto state = store::lock(tx, lot.facility_id, id);
    apply(tx, *state, react(*state, domain::LotWithdrawn{lot.id}), events, now, by);
  }
  lot.reserved = 0;
}

}  // namespace ambula::pharmacy::events

#include "binding.hpp"

#include <algorithm>

#include "codec.hpp"

namespace ambula::identity::events {
namespace {

void save(outbox::Delivery& delivery, domain::Account account) {
  account.record.updated_at = domain::changed_at(account.record.updated_at, delivery.now);
  account.record.updated_by = delivery.event.actor_id.value_or(Uuid{});
  outbox::Events events(delivery.cause());
  events.add("AccountUpdated", encode_account(account));
  store::save(delivery.tx, account, std::nullopt, events);
}

}  // namespace

Result<void> bind_account(outbox::Delivery& delivery, store::Binding binding, const Uuid& record,
                          const std::optional<Uuid>& account) {
  auto ids = store::accounts_of(delivery.tx, binding, record, account);
  // The one that gains the record comes last: a patient's record belongs to one account at a time.
  std::ranges::stable_partition(ids, [&](const Uuid& id) { return id != account; });
  for (const auto& id : ids) {
    auto locked = store::lock_account(delivery.tx, id);
    if (!locked) continue;
    auto& bound = binding == store::Binding::doctor ? locked->doctor_id : locked->patient_id;
    const auto wanted = id == account ? std::optional(record) : std::nullopt;
    // An account that has moved on to another record meanwhile keeps that one.
    if (bound == wanted || (!wanted && bound != record)) continue;
    bound = wanted;
    if (binding == store::Binding::patient) {
      locked->binding = wanted ? std::optional(domain::BindingState::bound) : std::nullopt;
    }
    save(delivery, *std::move(locked));
  }
  return {};
}

}  // namespace ambula::identity::events

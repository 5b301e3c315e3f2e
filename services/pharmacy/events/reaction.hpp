#pragma once

#include "codec.hpp"
#include "pharmacy/store/prescriptions.hpp"

namespace ambula::pharmacy::events {

/// Applies a decision to a prescription whose lots are locked, saves it and emits; `state` becomes
/// the new state. `by` is absent for a job.
void apply(db::Transaction& tx, domain::Prescription& state, const domain::Decision& decision,
           outbox::Events events, Instant now, std::optional<Uuid> by,
           domain::Dispense* dispense = nullptr);

/// Consultation's word, told by its event `type`: its status, and when that is an end, what was
/// reserved is free.
void conclude(db::Transaction& tx, domain::Prescription& state, domain::Status status,
              std::string_view type, outbox::Events events, Instant now, std::optional<Uuid> by);

/// Frees what is reserved of a locked lot, which cannot be given out any more. Lot before
/// prescriptions: the order of every lock here. `events` is what each prescription's events begin
/// with: nothing but their cause.
void withdraw(db::Transaction& tx, domain::Lot& lot, const outbox::Events& events, Instant now,
              std::optional<Uuid> by);

}  // namespace ambula::pharmacy::events

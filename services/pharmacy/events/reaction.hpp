#pragma once

#include "codec.hpp"
#include "pharmacy/store/prescriptions.hpp"

namespace ambula::pharmacy::events {

/// Applies a decision to a prescription whose lots are locked, saves it and emits; `state` becomes
/// the new state. `by` is absent for a job.
void apply(db::Transaction& tx, domain::Prescription& state, const domain::Decision& decision,
           outbox::Events events, Instant now, std::optional<Uuid> by,
           const domain::Dispense* dispense = nullptr);

}  // namespace ambula::pharmacy::events

#pragma once

#include <ambula/outbox/inbox.hpp>

// What this service does with its neighbours' facts: one file per topic. Each event of a visit is
// also an item of the time line, whatever came before it.
namespace ambula::patient::events {

Result<void> on_facility(outbox::Delivery& delivery);
Result<void> on_department(outbox::Delivery& delivery);
Result<void> on_doctor(outbox::Delivery& delivery);
Result<void> on_visitor(outbox::Delivery& delivery);
Result<void> on_appointment(outbox::Delivery& delivery);
Result<void> on_queue_entry(outbox::Delivery& delivery);
Result<void> on_consultation(outbox::Delivery& delivery);
Result<void> on_prescription(outbox::Delivery& delivery);
Result<void> on_dispense(outbox::Delivery& delivery);

// Effects: they tell events of their own.

/// Binds accounts to records; replaces addresses that were verified.
Result<void> on_self_registration(outbox::Delivery& delivery);
/// After a facility is told of: binds those who signed up with it before it was known here.
Result<void> settle_waiting(outbox::Delivery& delivery);
/// Beside the projections of whatever may name a patient: a deleted record that it names is needed.
Result<void> restore_named(outbox::Delivery& delivery);

}  // namespace ambula::patient::events

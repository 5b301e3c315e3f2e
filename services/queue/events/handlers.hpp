#pragma once

#include <ambula/outbox/inbox.hpp>

// What this service does with its neighbours' facts: one file per topic.
namespace ambula::queue::events {

Result<void> on_facility(outbox::Delivery& delivery);
Result<void> on_patient(outbox::Delivery& delivery);
Result<void> on_department(outbox::Delivery& delivery);
Result<void> on_doctor(outbox::Delivery& delivery);

// Effects: they tell events of their own.

/// A department opens its three queues when it is registered.
Result<void> open_queues(outbox::Delivery& delivery);
/// After a facility or a department is told of: does the check-ins that waited for it.
Result<void> do_early_check_ins(outbox::Delivery& delivery);
Result<void> on_appointment(outbox::Delivery& delivery);
Result<void> on_consultation(outbox::Delivery& delivery);

}  // namespace ambula::queue::events

#pragma once

#include <ambula/outbox/inbox.hpp>

// What this service does with its neighbours' facts: one file per topic. All are projections. Each
// event of a visit is also an item of the time line, whatever came before it.
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

}  // namespace ambula::patient::events

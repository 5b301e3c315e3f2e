#pragma once

#include <ambula/outbox/inbox.hpp>

// What this service does with its neighbours' facts: one file per topic.
namespace ambula::consultation::events {

Result<void> on_facility(outbox::Delivery& delivery);
Result<void> on_patient(outbox::Delivery& delivery);
Result<void> on_visitor(outbox::Delivery& delivery);
Result<void> on_doctor(outbox::Delivery& delivery);
Result<void> on_medicine(outbox::Delivery& delivery);
Result<void> on_appointment(outbox::Delivery& delivery);
Result<void> on_queue_entry(outbox::Delivery& delivery);
Result<void> on_dispense(outbox::Delivery& delivery);

}  // namespace ambula::consultation::events

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

// Effects: they change what was written here.

/// Whose visit it was, as a visitor turns out to be a patient [QUE-14].
Result<void> identify_visitor(outbox::Delivery& delivery);
/// A check-in may come after the consultation began, from the other half of the same visit: then
/// the two are brought together [CON-1].
Result<void> join_visit(outbox::Delivery& delivery);
Result<void> on_dispense(outbox::Delivery& delivery);

}  // namespace ambula::consultation::events

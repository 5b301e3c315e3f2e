#pragma once

#include <ambula/outbox/inbox.hpp>

// What this service does with its neighbours' facts: one file per topic.
namespace ambula::notification::events {

Result<void> on_facility(outbox::Delivery& delivery);
Result<void> on_patient(outbox::Delivery& delivery);
Result<void> on_doctor(outbox::Delivery& delivery);
Result<void> on_department(outbox::Delivery& delivery);
Result<void> on_appointment(outbox::Delivery& delivery);
Result<void> on_prescription(outbox::Delivery& delivery);
Result<void> on_dispense(outbox::Delivery& delivery);
Result<void> on_account_mail(outbox::Delivery& delivery);
Result<void> on_stock(outbox::Delivery& delivery);

}  // namespace ambula::notification::events

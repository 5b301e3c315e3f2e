#pragma once

#include <vector>

#include <ambula/outbox/inbox.hpp>

// What this service does with its neighbours' facts: one file per topic.
namespace ambula::scheduling::events {

Result<void> on_facility(outbox::Delivery& delivery);
Result<void> on_patient(outbox::Delivery& delivery);
Result<void> on_account(outbox::Delivery& delivery);
Result<void> on_assessment(outbox::Delivery& delivery);
Result<void> on_consultation(outbox::Delivery& delivery);

}  // namespace ambula::scheduling::events

#pragma once

#include <ambula/outbox/inbox.hpp>

// What this service does with its neighbours' facts: one file per topic.
namespace ambula::notification::events {

Result<void> on_facility(outbox::Delivery& delivery);
Result<void> on_patient(outbox::Delivery& delivery);
Result<void> on_doctor(outbox::Delivery& delivery);
Result<void> on_department(outbox::Delivery& delivery);
Result<void> on_appointment(outbox::Delivery& delivery);

// Effects: what was said, is to be said, or must not be said any more.

/// A facility's setting holds for all its visits to come.
Result<void> plan_reminders_of_facility(outbox::Delivery& delivery);
/// What a patient wishes later than by the link in a mail.
Result<void> heed_wishes(outbox::Delivery& delivery);
/// Reminders of a visit, and a mail for what the patient must know [NOT-1, NOT-2].
Result<void> tell_of_appointment(outbox::Delivery& delivery);
Result<void> on_prescription(outbox::Delivery& delivery);
Result<void> on_dispense(outbox::Delivery& delivery);
Result<void> on_account_mail(outbox::Delivery& delivery);
Result<void> on_stock(outbox::Delivery& delivery);

}  // namespace ambula::notification::events

#pragma once

#include <ambula/outbox/inbox.hpp>

// What this service does with its neighbours' facts: one file per topic.
namespace ambula::identity::events {

/// Binds the account that a doctor's record names; the next token carries it.
Result<void> on_doctor(outbox::Delivery& delivery);
/// The same for a patient's record; and the facility has people now, so its clock stays as it is.
Result<void> on_patient(outbox::Delivery& delivery);

/// Mails invitations and proofs of new addresses; notes which account was refused a record.
Result<void> on_patient_binding(outbox::Delivery& delivery);

}  // namespace ambula::identity::events

#pragma once

#include <ambula/base/uuid.hpp>
#include <ambula/outbox/inbox.hpp>

namespace ambula::consultation::events {

/// A visitor turned out to be a patient: consultations and prescriptions written for the visitor
/// follow [QUE-14]. Again is harmless.
void identify(outbox::Delivery& delivery, const Uuid& visitor, const Uuid& patient);

}  // namespace ambula::consultation::events

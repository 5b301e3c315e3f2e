#pragma once

#include <optional>

#include <ambula/outbox/inbox.hpp>

#include "notification/domain/message.hpp"

namespace ambula::notification::events {

/// Something that the pharmacy said of a prescription.
struct Dispensed {
  Uuid prescription_id;
  Uuid event_id;
  std::optional<domain::Template> template_name;  ///< of the mail about it, if there is one
  std::int64_t version{0};
  Instant time;
};

/// Notes it and makes its mail; false when the prescription is not known here yet.
bool dispensed(outbox::Delivery& delivery, const Dispensed& fact);

}  // namespace ambula::notification::events

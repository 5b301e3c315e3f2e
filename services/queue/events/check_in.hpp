#pragma once

#include <ambula/outbox/inbox.hpp>

#include "codec.hpp"
#include "queue/store/entries.hpp"

namespace ambula::queue::events {

/// The entry of a checked-in visit, in the REGULAR queue of its department: links an open walk-in
/// of that patient, else makes an entry. Without the department's queues (their topic may be
/// behind) the check-in is kept until they open.
void check_in(outbox::Delivery& delivery, const AppointmentFact& fact, Instant checked_in_at);

}  // namespace ambula::queue::events

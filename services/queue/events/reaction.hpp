#pragma once

#include <ambula/outbox/inbox.hpp>

#include "queue/store/entries.hpp"

namespace ambula::queue::events {

/// Saves what follows from a reaction to a fact, with the events it causes; nothing when the
/// decision is empty.
void apply(outbox::Delivery& delivery, const domain::Entry& state,
           const domain::Decision& decision);

}  // namespace ambula::queue::events

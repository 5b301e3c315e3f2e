#pragma once

#include <vector>

#include <ambula/db/session.hpp>

#include "notification/domain/message.hpp"

// What falls due by the clock instead of by a fact.
namespace ambula::notification::store {

/// Makes messages of the reminders that are due, at most a hundred; how many.
int queue_reminders(db::Transaction& tx, Instant now);
/// Makes the messages of one facility's stock digest when one is due; false when none was.
bool queue_digest(db::Transaction& tx, Instant now);

}  // namespace ambula::notification::store

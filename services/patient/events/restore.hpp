#pragma once

#include "record.hpp"

namespace ambula::patient::events {

/// Shows a deleted record again that turned out to be needed; nothing when it is not hidden.
void restore(db::Transaction& tx, const Uuid& facility, const Uuid& patient, Act act);

}  // namespace ambula::patient::events

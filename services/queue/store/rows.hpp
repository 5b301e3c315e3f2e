#pragma once

#include <ambula/db/rows.hpp>

#include "entries.hpp"

// Rows of this service's tables as domain values; for store/*.cpp.
namespace ambula::queue::store {

domain::Queue to_queue(const db::Row& row);
domain::Entry to_entry(const db::Row& row);
domain::Status to_status(const db::Row& row);
Named to_named(const db::Row& row);
Settings to_settings(const db::Row& row);
Locked to_locked(const db::Row& row);
Patient to_patient(const db::Row& row);

}  // namespace ambula::queue::store

#pragma once

#include <functional>

#include <ambula/service/call.hpp>

#include "queue/store/entries.hpp"

// What the handlers of queue entries share.
namespace ambula::queue::api {

bool is_doctor_only(const service::Call& call);

/// A doctor (who holds no other role) works with entries that are theirs, or unassigned in their
/// department.
Result<void> check_visible(service::Call& call, const domain::Entry& entry);

/// Evolves, saves with events and answers; the end of every command on an entry.
service::Answer settle(service::Call& call, db::Transaction& tx, const domain::Entry& state,
                       const domain::Decision& decision);

}  // namespace ambula::queue::api

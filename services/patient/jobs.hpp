#pragma once

#include <functional>

#include <ambula/base/time.hpp>
#include <ambula/db/session.hpp>

namespace ambula::patient::jobs {

/// Forgets records that were deleted a day ago. One that something depends on after all is shown
/// again: its event may have been on the way when the record was deleted.
void purge_deleted(db::Session& session, Instant now, const std::function<void()>& committed);

}  // namespace ambula::patient::jobs

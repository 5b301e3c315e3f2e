#pragma once

#include <functional>

#include <ambula/base/time.hpp>
#include <ambula/db/session.hpp>

namespace ambula::scheduling::jobs {

/// Ends visits that nobody came to (domain.md): BOOKED after their end and the facility's grace,
/// CHECKED_IN at 04:00 of the next local day.
void mark_no_shows(db::Session& session, Instant now, const std::function<void()>& committed);

}  // namespace ambula::scheduling::jobs

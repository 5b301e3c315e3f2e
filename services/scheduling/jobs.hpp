#pragma once

#include <functional>

#include <ambula/base/time.hpp>
#include <ambula/db/session.hpp>

// Recurring work. What is due stands in the database, so that a restart loses nothing; each step is
// decided again under the lock of its row, so that running twice does nothing twice.
namespace ambula::scheduling::jobs {

/// Ends visits that nobody came to (domain.md): BOOKED after their end and the facility's grace,
/// CHECKED_IN at 04:00 of the next local day.
void mark_no_shows(db::Session& session, Instant now, const std::function<void()>& committed);

/// Gives time that became free to those who wait, the most entitled first [SCH-10].
void serve_waiting(db::Session& session, Instant now, const std::function<void()>& committed);

/// Ends requests whose window has passed and forgets assessments that nobody can use any more.
void clean_up(db::Session& session, Instant now, const std::function<void()>& committed);

}  // namespace ambula::scheduling::jobs

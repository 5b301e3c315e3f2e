#pragma once

#include <functional>

#include <ambula/db/session.hpp>

namespace ambula::queue::jobs {

/// At 04:00 of the next local day whoever still waits in a regular or staging queue has not come.
void close_days(db::Session& session, Instant now, const std::function<void()>& committed);

/// Heads of staging move into the regular queue while it has room [QUE-7].
void promote(db::Session& session, Instant now, const std::function<void()>& committed);

/// Names of visitors go after the facility's visitor_days; live changes and early facts after
/// theirs.
void forget(db::Session& session, Instant now, const std::function<void()>& committed);

}  // namespace ambula::queue::jobs

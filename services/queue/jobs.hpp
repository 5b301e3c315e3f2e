#pragma once

#include <functional>

#include <ambula/base/time.hpp>
#include <ambula/db/session.hpp>

namespace ambula::queue::jobs {

/// Day-close (domain.md): at 04:00 of the facility's next day whoever still waits in REGULAR or
/// STAGING did not come.
void close_days(db::Session& session, Instant now, const std::function<void()>& committed);

}  // namespace ambula::queue::jobs

#pragma once

#include <functional>

#include <ambula/base/time.hpp>
#include <ambula/db/session.hpp>

namespace ambula::pharmacy::jobs {

/// Frees what was reserved longer than the facility's `reservation_h`.
void end_reservations(db::Session& session, Instant now, const std::function<void()>& committed);

}  // namespace ambula::pharmacy::jobs

#pragma once

#include <functional>

#include <ambula/base/time.hpp>
#include <ambula/db/session.hpp>

namespace ambula::pharmacy::jobs {

/// Frees what was reserved longer than the facility's `reservation_h`, or of a lot whose last
/// usable day has passed.
void end_reservations(db::Session& session, Instant now, const std::function<void()>& committed);

/// Tells what has become low, out, replenished, near its end or expired: once per change, whoever
/// moved the stock, and when a facility's day begins [INV-3].
void watch_stock(db::Session& session, Instant now, const std::function<void()>& committed);

}  // namespace ambula::pharmacy::jobs

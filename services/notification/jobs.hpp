#pragma once

#include <functional>

#include <ambula/base/time.hpp>
#include <ambula/db/session.hpp>

namespace ambula::notification::jobs {

/// Messages are the keys that keep an effect from happening twice; after 90 days the fact itself is
/// stale.
void forget_messages(db::Session& session, Instant now, const std::function<void()>& committed);

}  // namespace ambula::notification::jobs

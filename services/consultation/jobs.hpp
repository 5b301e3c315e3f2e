#pragma once

#include <functional>

#include <ambula/base/time.hpp>
#include <ambula/db/session.hpp>

namespace ambula::consultation::jobs {

/// Expires ISSUED prescriptions after their last day in the facility.
void expire_prescriptions(db::Session& session, Instant now,
                          const std::function<void()>& committed);

}  // namespace ambula::consultation::jobs

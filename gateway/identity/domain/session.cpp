#include "session.hpp"

namespace ambula::identity::domain {

bool Session::live(const SessionLimits& limits, Instant now) const {
  return !ended_at && now < created_at + limits.absolute && now < rotated_at + limits.idle;
}

Refresh decide_refresh(const Session& session, std::int64_t generation, const SessionLimits& limits,
                       Instant now) {
  if (!session.live(limits, now)) return Refresh::refuse;
  if (generation == session.generation) return Refresh::rotate;
  // A generation that was never given out cannot be genuine.
  if (generation < 1 || generation > session.generation) return Refresh::refuse;
  const bool last = generation == session.generation - 1;
  if (last && now <= session.rotated_at + limits.repeat_grace) return Refresh::repeat;
  return Refresh::reuse;
}

}  // namespace ambula::identity::domain

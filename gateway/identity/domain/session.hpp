#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include <ambula/base/time.hpp>
#include <ambula/base/uuid.hpp>

namespace ambula::identity::domain {

/// How long sign-ins last.
struct SessionLimits {
  std::chrono::seconds access_token{5 * 60};
  std::chrono::seconds idle{2 * 60 * 60};       ///< without a refresh
  std::chrono::seconds absolute{12 * 60 * 60};  ///< then sign in again, whatever happened
  /// A refresh may be repeated so long after it, because an answer may be lost on its way.
  std::chrono::seconds repeat_grace{10};
};

/// One sign-in: a family of refresh tokens, each used once. The tokens are derived from the family
/// and their generation, so only the present generation is state.
struct Session {
  Uuid id;
  Uuid account_id;
  std::int64_t generation{1};
  Instant created_at;
  Instant rotated_at;
  std::optional<Instant> ended_at;
  bool cookie{false};  ///< the refresh token travels as a cookie

  bool live(const SessionLimits& limits, Instant now) const;
};

enum class Refresh {
  rotate,  ///< the present token: the next generation
  repeat,  ///< the token before, within the grace: the same successor again
  refuse,  ///< ended or too old
  reuse,   ///< a token that was used before: someone else has it, the family ends
};

/// What a genuine refresh token of `generation` may do.
Refresh decide_refresh(const Session& session, std::int64_t generation, const SessionLimits& limits,
                       Instant now);

}  // namespace ambula::identity::domain

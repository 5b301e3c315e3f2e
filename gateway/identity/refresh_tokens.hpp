#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/uuid.hpp>

namespace ambula::identity {

/// What a genuine refresh token says.
struct RefreshClaim {
  Uuid session_id;
  std::int64_t generation;
};

/// Makes and reads refresh tokens. A token is derived from its session, its generation and a key
/// made from the signing key, so that none has to be kept and a repeated refresh gets the same
/// successor byte for byte. Another gateway replica with the same key makes the same ones.
class RefreshTokens {
 public:
  /// `secrets`: the present signing key first, then older ones that are still taken.
  explicit RefreshTokens(const std::vector<std::string>& secrets);

  std::string make(const Uuid& session_id, std::int64_t generation) const;
  /// nullopt for anything that we did not make.
  std::optional<RefreshClaim> read(std::string_view token) const;

 private:
  std::vector<std::string> keys_;
};

}  // namespace ambula::identity

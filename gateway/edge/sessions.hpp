#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <ambula/auth/principal.hpp>
#include <ambula/base/result.hpp>

#include "edge/token_bucket.hpp"
#include "identity/store/sessions.hpp"

namespace ambula::edge {

/// A verified access token, with what each request under it needs again.
struct Bearer {
  auth::Claims claims;
  std::shared_ptr<TokenBucket> bucket;
  /// The principal for each `Ambula-Facility` that was sent with it ("" = none).
  std::vector<std::pair<std::string, std::shared_ptr<const auth::Principal>>> principals;

  /// As auth::choose_facility, once per header.
  Result<std::shared_ptr<const auth::Principal>> principal(
      std::optional<std::string_view> facility);
  std::shared_ptr<const auth::Principal> account_only();
};

/// The tokens that were verified, and those that must not be taken any more. On the I/O thread
/// only: the hot path is one look-up without a lock.
class Sessions {
 public:
  std::shared_ptr<Bearer> find(std::string_view token, Instant now);
  void remember(std::string token, std::shared_ptr<Bearer> bearer, Instant now);
  /// Whether a good signature is no longer enough.
  bool is_revoked(const auth::Claims& claims) const;
  /// Forgets their tokens. Answers those that were not known: sessions and accounts.
  std::vector<Uuid> revoke(const std::vector<identity::store::Revocation>& revocations,
                           Instant now);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  void make_room(Instant now);

  std::unordered_map<std::string, std::shared_ptr<Bearer>, Hash, std::equal_to<>> tokens_;
  std::unordered_map<Uuid, identity::store::Revocation> revoked_;
};

}  // namespace ambula::edge

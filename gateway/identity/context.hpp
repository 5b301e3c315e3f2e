#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <ambula/auth/principal.hpp>
#include <ambula/auth/token.hpp>

#include "identity/domain/account.hpp"
#include "identity/domain/backoff.hpp"
#include "identity/hash_pool.hpp"
#include "identity/refresh_tokens.hpp"
#include "identity/settings.hpp"
#include "identity/store/sessions.hpp"

namespace ambula::identity {

/// What this part keeps in memory, one for the process.
class Context {
 public:
  /// Reads the signing keys. The error names the setting and what is wrong.
  static Result<std::unique_ptr<Context>> make(const Settings& settings);
  Context(const Settings& settings, auth::Signer signer, RefreshTokens tokens);

  const Settings settings;
  const auth::Signer signer;
  const RefreshTokens refresh_tokens;
  HashPool hashing;

  /// See domain::Backoff; from any thread.
  std::optional<std::chrono::seconds> attempt(std::string_view login, std::string_view address,
                                              Instant now);
  void succeeded(std::string_view login, std::string_view address);

  /// An access token for this account as it is now.
  std::string access_token(const domain::Account& account, const Uuid& session_id,
                           Instant now) const;
  /// When the access tokens given out until now have all expired.
  Instant tokens_expire(Instant now) const;

  /// Tells this process's edge at once what other replicas read within two seconds.
  std::function<void(std::vector<store::Revocation>)> revoked = [](auto) {};
  void revoke_sessions(const std::vector<Uuid>& sessions, Instant now) const;

 private:
  std::mutex backoff_mutex_;
  domain::Backoff backoff_;
};

/// The claims of a token for the account as it is now.
auth::Claims claims_of(const domain::Account& account, const Uuid& session_id, Instant now,
                       Instant expires_at);

}  // namespace ambula::identity

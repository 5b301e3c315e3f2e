#pragma once

#include <optional>
#include <string>
#include <vector>

#include <ambula/db/session.hpp>

#include "identity/domain/session.hpp"

namespace ambula::identity::store {

/// False when the account may not sign in any more, or its password is another one by now.
bool insert(db::Transaction& tx, const domain::Session& session, const std::string& password_hash,
            std::string_view remote_addr);
std::optional<domain::Session> lock_session(db::Transaction& tx, const Uuid& id);
void rotate(db::Transaction& tx, const Uuid& id, Instant now);

/// Tokens of an ended session, or of an account issued before.
struct Revocation {
  Uuid subject;
  Instant issued_before;
  Instant at;
  Instant expires_at;
};

/// The sessions that ended; their access tokens are revoked until `tokens_expire`.
std::vector<Uuid> end_session(db::Transaction& tx, const Uuid& id, const Uuid& account, Instant now,
                              Instant tokens_expire);
std::vector<Uuid> end_sessions(db::Transaction& tx, const Uuid& account,
                               const std::optional<Uuid>& but, Instant now, Instant tokens_expire);
/// Tokens of the account issued before now must be refreshed: they tell old roles.
void outdate_tokens(db::Transaction& tx, const Uuid& account, Instant now, Instant tokens_expire);

std::vector<Revocation> read_revocations(db::Session& session, Instant since, Instant now);
void forget_old(db::Session& session, Instant now, const domain::SessionLimits& limits);

/// Whether the account signed in from this address as long as its sessions are remembered.
bool was_here(db::Session& session, const Uuid& account_id, std::string_view remote_addr);

}  // namespace ambula::identity::store

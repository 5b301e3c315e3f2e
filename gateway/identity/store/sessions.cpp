#include "sessions.hpp"

#include <identity/sql.hpp>

#include "rows.hpp"

namespace ambula::identity::store {
namespace {

std::vector<Uuid> ids_of(const db::Rows& rows) {
  std::vector<Uuid> ids;
  for (const auto row : rows)
    ids.push_back(row.get<Uuid>("id"));
  return ids;
}

}  // namespace

bool insert(db::Transaction& tx, const domain::Session& session, const std::string& password_hash,
            std::string_view remote_addr) {
  return !tx.exec(sql::insert_session, session.id, session.account_id, session.cookie,
                  session.created_at, remote_addr, password_hash)
              .empty();
}

std::optional<domain::Session> lock_session(db::Transaction& tx, const Uuid& id) {
  const auto rows = tx.exec(sql::lock_session, id);
  if (rows.empty()) return std::nullopt;
  return to_session(rows.front());
}

void rotate(db::Transaction& tx, const Uuid& id, Instant now) {
  tx.exec(sql::rotate_session, id, now);
}

std::vector<Uuid> end_session(db::Transaction& tx, const Uuid& id, const Uuid& account, Instant now,
                              Instant tokens_expire) {
  return ids_of(tx.exec(sql::end_session, id, account, now, tokens_expire));
}

std::vector<Uuid> end_sessions(db::Transaction& tx, const Uuid& account,
                               const std::optional<Uuid>& but, Instant now, Instant tokens_expire) {
  return ids_of(tx.exec(sql::end_sessions, account, but, now, tokens_expire));
}

void outdate_tokens(db::Transaction& tx, const Uuid& account, Instant now, Instant tokens_expire) {
  tx.exec(sql::outdate_tokens, account, now, tokens_expire);
}

std::vector<Revocation> read_revocations(db::Session& session, Instant since, Instant now) {
  std::vector<Revocation> revocations;
  for (const auto row : session.read(sql::read_revocations, since, now)) {
    revocations.push_back({.subject = row.get<Uuid>("subject"),
                           .issued_before = row.get<Instant>("issued_before"),
                           .at = row.get<Instant>("at"),
                           .expires_at = row.get<Instant>("expires_at")});
  }
  return revocations;
}

void forget_old(db::Session& session, Instant now, const domain::SessionLimits& limits) {
  using std::chrono::hours;
  while (true) {
    const auto revocations = session.execute(sql::forget_revocations, now - hours(1));
    const auto sessions = session.execute(sql::forget_sessions, now - limits.absolute - hours(24));
    if (!revocations || !sessions) return;
    if (revocations->affected() + sessions->affected() == 0) return;
  }
}

bool was_here(db::Session& session, const Uuid& account_id, std::string_view remote_addr) {
  return session.read(sql::was_here, account_id, remote_addr).front().get<bool>("here");
}

}  // namespace ambula::identity::store

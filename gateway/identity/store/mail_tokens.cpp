#include "mail_tokens.hpp"

#include <identity/sql.hpp>

#include "rows.hpp"

namespace ambula::identity::store {
namespace {

std::optional<domain::MailToken> first_of(const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return to_mail_token(rows.front());
}

}  // namespace

void insert(db::Transaction& tx, const std::string& token_hash, const domain::MailToken& token,
            Instant now, Instant expires_at, const outbox::Events& mail) {
  tx.exec(sql::insert_mail_token, token.account_id, token_hash, to_string(token.kind),
          token.address, token.facility_id, token.patient_id, token.password_hash, token.person,
          now, expires_at, mail, token.wished_at);
}

int mails_since(db::Transaction& tx, const Uuid& account, Instant since) {
  const auto rows = tx.exec(sql::mails_lately, account, since);
  return static_cast<int>(rows.front().get<std::int64_t>("mails"));
}

std::optional<domain::MailToken> find_mail_token(db::Session& session, const std::string& hash,
                                                 domain::MailKind kind, Instant now) {
  return first_of(session.read(sql::find_mail_token, hash, to_string(kind), now));
}

std::optional<domain::MailToken> take_mail_token(db::Transaction& tx, const std::string& hash,
                                                 domain::MailKind kind, Instant now) {
  return first_of(tx.exec(sql::take_mail_token, hash, to_string(kind), now));
}

void note_wish(db::Transaction& tx, const Uuid& patient, const std::optional<std::string>& address,
               Instant told_at) {
  tx.exec(sql::note_wish, patient, address, told_at);
}

void forget_wish(db::Transaction& tx, const Uuid& patient) {
  tx.exec(sql::forget_wish, patient);
}

bool is_given_up(db::Transaction& tx, const domain::MailToken& token) {
  return tx.exec(sql::is_given_up, token.patient_id, token.wished_at, token.address)
      .front()
      .get<bool>("given_up");
}

void drop_reset_tokens(db::Transaction& tx, const Uuid& account) {
  tx.exec(sql::drop_reset_tokens, account);
}

void drop_mail_tokens(db::Transaction& tx, const Uuid& account,
                      const std::optional<Uuid>& patient) {
  tx.exec(sql::drop_mail_tokens, account, patient);
}

void tell_registration(db::Transaction& tx, const Uuid& account, const Uuid& facility,
                       const outbox::Events& events) {
  tx.exec(sql::tell_registration, account, facility, events);
}

void forget_mail_tokens(db::Session& session, Instant now) {
  using std::chrono::hours;
  while (true) {
    const auto tokens = session.execute(sql::forget_mail_tokens, now - hours(1));
    const auto accounts = session.execute(sql::forget_unverified_accounts, now - hours(48));
    if (!tokens || !accounts || tokens->affected() + accounts->affected() == 0) return;
  }
}

}  // namespace ambula::identity::store

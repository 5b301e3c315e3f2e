#pragma once

#include <optional>
#include <string>

#include <ambula/db/session.hpp>
#include <ambula/outbox/outbox.hpp>

#include "identity/domain/mail_token.hpp"

namespace ambula::identity::store {

/// With the event that asks for the mail. Locks the account.
void insert(db::Transaction& tx, const std::string& token_hash, const domain::MailToken& token,
            Instant now, Instant expires_at, const outbox::Events& mail);
/// How many tokens were made for the account since then and not used.
int mails_since(db::Transaction& tx, const Uuid& account, Instant since);

std::optional<domain::MailToken> find_mail_token(db::Session& session, const std::string& hash,
                                                 domain::MailKind kind, Instant now);
/// The token, which works no more.
std::optional<domain::MailToken> take_mail_token(db::Transaction& tx, const std::string& hash,
                                                 domain::MailKind kind, Instant now);
/// The address that a bound record waits for, as its fact of then says; older facts change nothing.
void note_wish(db::Transaction& tx, const Uuid& patient, const std::optional<std::string>& address,
               Instant told_at);
/// Of a record that was erased: nobody's address stays behind.
void forget_wish(db::Transaction& tx, const Uuid& patient);
/// Whether the record told since that it does not wait for this address any more.
bool is_given_up(db::Transaction& tx, const domain::MailToken& token);

/// The account's other tokens work no more; invitations but those to `patient` do.
void drop_reset_tokens(db::Transaction& tx, const Uuid& account);
void drop_mail_tokens(db::Transaction& tx, const Uuid& account, const std::optional<Uuid>& patient);

/// Events of ambula.self-registration.v1.
void tell_registration(db::Transaction& tx, const Uuid& account, const Uuid& facility,
                       const outbox::Events& events);

/// Tokens that have expired, and accounts whose address nobody proved.
void forget_mail_tokens(db::Session& session, Instant now);

}  // namespace ambula::identity::store

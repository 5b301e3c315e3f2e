#include "mails.hpp"

#include <ambula/auth/password.hpp>

#include "identity/events/codec.hpp"
#include "identity/store/mail_tokens.hpp"

namespace ambula::identity {
namespace {

constexpr int token_bytes = 32;

}  // namespace

void mail_token(db::Transaction& tx, const domain::MailToken& token, const std::string& language,
                outbox::Events mail, Instant now) {
  const auto since = now - domain::mails_window;
  if (store::mails_since(tx, token.account_id, since) >= domain::mails_max) return;
  const auto secret = auth::random_token(token_bytes);
  const auto expires_at = now + domain::life_of(token.kind);
  mail.add("AccountMailRequested",
           events::encode_account_mail(token, language, secret, expires_at));
  store::insert(tx, hash_of_mail_token(secret), token, now, expires_at, mail);
}

std::string hash_of_mail_token(std::string_view token) {
  return auth::sha256_hex(token);
}

}  // namespace ambula::identity

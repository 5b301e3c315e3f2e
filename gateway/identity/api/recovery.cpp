#include <ambula/auth/password.hpp>

#include "audit/store/rows.hpp"
#include "codec.hpp"
#include "handlers.hpp"
#include "identity/domain/password_rules.hpp"
#include "identity/mails.hpp"
#include "identity/store/accounts.hpp"
#include "identity/store/facilities.hpp"
#include "identity/store/mail_tokens.hpp"
#include "identity/store/sessions.hpp"
#include "support.hpp"

// A forgotten password: a token by mail, and a new password with it [ID-3]. Asking answers 202
// whatever is known about the login.
namespace ambula::identity::api {
namespace {

constexpr std::string_view fallback_language = "en";

std::string language_of(db::Transaction& tx, const std::optional<Uuid>& facility_id) {
  const auto facility = facility_id ? store::get_facility(tx, *facility_id) : std::nullopt;
  return facility ? facility->locale : std::string(fallback_language);
}

std::optional<Uuid> first_facility_of(const domain::Account& account) {
  for (const auto& membership : account.memberships) {
    if (membership.facility_id) return membership.facility_id;
  }
  return std::nullopt;
}

void mail_reset(Call& call, db::Transaction& tx, const domain::Account& account) {
  domain::MailToken token;
  token.account_id = account.id;
  token.kind = domain::MailKind::reset;
  token.address = *account.email;
  token.facility_id = first_facility_of(account);
  mail_token(tx, token, language_of(tx, token.facility_id), call.events(), call.now());
}

Result<Answer> finish_recover(Context& context, Call& call, const NewPasswordInput& input,
                              const std::string& hash) {
  std::vector<Uuid> ended;
  std::string login;
  call.compare_by(hash_of_mail_token(input.token));
  auto answer = call.transact([&](db::Transaction& tx) -> Result<Answer> {
    const auto token = store::take_mail_token(tx, hash_of_mail_token(input.token),
                                              domain::MailKind::reset, call.now());
    auto account = token ? store::lock_account(tx, token->account_id) : std::nullopt;
    if (!account || !account->active) return bad_token();
    login = account->login;
    account->must_change_password = false;
    account->record.updated_at = domain::changed_at(account->record.updated_at, call.now());
    account->record.updated_by = account->id;
    // Nothing that other services know has changed, so there is no event.
    store::save(tx, *account, hash, outbox::Events(outbox::Cause{}));
    store::drop_mail_tokens(tx, account->id, std::nullopt);
    ended = store::end_sessions(tx, account->id, std::nullopt, call.now(),
                                context.tokens_expire(call.now()));
    audit::store::insert(tx, audit_rows_of_change(call, "reset_password", *account, {"password"}));
    return service::no_content();
  });
  if (!answer) return answer;
  context.succeeded(login, call.request().remote_addr);
  context.revoke_sessions(ended, call.now());
  return answer;
}

}  // namespace

Result<Answer> forgot_password(Context& context, Call& call) {
  const auto login = decode_login(call.body());
  if (!login) return login.error();
  const auto wait = context.attempt("forgot " + *login, call.request().remote_addr, call.now());
  if (wait) return slow_down("too-many-sign-ins", "Wait before the next try.", *wait);
  const auto found = store::find_for_sign_in(call.session(), *login);
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    const auto* account = found ? &found->account : nullptr;
    audit::store::insert(tx, audit_rows(call, "forgot_password", audit::outcome_success, account));
    const bool mails =
        account != nullptr && account->active && account->email && account->email_verified;
    if (mails) mail_reset(call, tx, *account);
    return accepted();
  });
}

Result<Answer> recover_password(Context& context, Call& call) {
  const auto input = decode_new_password(call.body(), "new_password");
  if (!input) return input.error();
  const auto token = store::find_mail_token(call.session(), hash_of_mail_token(input->token),
                                            domain::MailKind::reset, call.now());
  const auto account = token ? store::get_account(call.session(), token->account_id) : std::nullopt;
  if (!account) return used_token(call, input->token);
  if (auto good = domain::check_password(input->password, own_words(*account), "/new_password");
      !good) {
    return good.error();
  }
  return hash_then(context, HashPool::Lane::known, [&context, input = *input]() {
    return service::Rest([&context, input, hash = auth::hash_password(input.password)](Call& rest) {
      return finish_recover(context, rest, input, hash);
    });
  });
}

}  // namespace ambula::identity::api

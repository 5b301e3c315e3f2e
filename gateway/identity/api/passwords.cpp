#include <ambula/auth/password.hpp>

#include "codec.hpp"
#include "handlers.hpp"
#include "identity/domain/password_rules.hpp"
#include "identity/events/codec.hpp"
#include "identity/store/accounts.hpp"
#include "identity/store/mail_tokens.hpp"
#include "identity/store/sessions.hpp"
#include "support.hpp"

// Changing one's own password, and resetting another's [ID-3].
namespace ambula::identity::api {
namespace {

/// Stores a new password and ends the account's other sign-ins; the ended ones.
std::vector<Uuid> save_password(Context& context, Call& call, db::Transaction& tx,
                                domain::Account& account, const std::string& hash,
                                const std::optional<Uuid>& kept_session) {
  account.record.updated_at = domain::changed_at(account.record.updated_at, call.now());
  account.record.updated_by = call.actor();
  // Nothing that other services know has changed, so there is no event.
  account.record.version = store::save(tx, account, hash, outbox::Events(outbox::Cause{}));
  // Who reads the account's mails must not undo it by a link from before.
  store::drop_reset_tokens(tx, account.id);
  return store::end_sessions(tx, account.id, kept_session, call.now(),
                             context.tokens_expire(call.now()));
}

Result<Answer> finish_change(Context& context, Call& call, const std::string& hash_before,
                             const std::string& new_hash) {
  if (new_hash.empty()) {
    return rule_broken("wrong-password", "That is not the present password.", "/current_password");
  }
  std::vector<Uuid> ended;
  // Not kept under an Idempotency-Key: the hash of such a body would be one of a password.
  auto answer = call.session().transact([&](db::Transaction& tx) -> Result<Answer> {
    auto account = store::lock_account(tx, call.actor());
    const auto credentials = store::credentials_of(tx, call.actor());
    if (!account || !account->active || credentials->password_hash != hash_before) {
      return conflict("password-changed", "The password was changed at the same moment.");
    }
    account->must_change_password = false;
    ended = save_password(context, call, tx, *account, new_hash, call.principal().session_id);
    return changed(service::no_content(), "account", account->id, {"password"},
                   facilities_of(*account));
  });
  if (answer) {
    context.succeeded(call.principal().login, call.request().remote_addr);
    context.revoke_sessions(ended, call.now());
  }
  return answer;
}

Result<Answer> finish_reset(Context& context, Call& call, const std::string& password,
                            const std::string& hash) {
  std::vector<Uuid> ended;
  auto answer = call.transact([&](db::Transaction& tx) -> Result<Answer> {
    auto account = store::lock_account(tx, call.id());
    if (!account || !may_see(administrator(call), *account)) return not_found("account");
    if (auto may = check_may_change(administrator(call), *account); !may) return may.error();
    if (auto current = call.check_version(account->record.version); !current)
      return current.error();
    account->must_change_password = true;
    ended = save_password(context, call, tx, *account, hash, std::nullopt);
    return changed(service::ok(encode(*account), account->record.version), "account", account->id,
                   {"password", "must_change_password"}, facilities_of(*account));
  });
  if (!answer) return answer;
  context.revoke_sessions(ended, call.now());
  // Told once: the answer kept for a repeated request does not have it, and its password did not
  // count.
  if (!is_replay(*answer)) answer->body = with_one_time_password(std::move(answer->body), password);
  return answer;
}

}  // namespace

Result<Answer> change_password(Context& context, Call& call) {
  const auto input = decode_change_password(call.body());
  if (!input) return input.error();
  const auto wait = context.attempt(call.principal().login, call.request().remote_addr, call.now());
  if (wait)
    return slow_down("too-many-sign-ins", "Too many tries; wait before the next one.", *wait);
  auto found = store::credentials_of(call.session(), call.actor());
  if (!found) return not_found("account");
  const auto words = own_words(found->account);
  if (auto good = domain::check_password(input->new_password, words, "/new_password"); !good) {
    return good.error();
  }
  return hash_then(
      context, HashPool::Lane::known, [&context, input = *input, before = found->password_hash]() {
        const bool right = auth::verify_password(before, input.current_password);
        const auto hash = right ? auth::hash_password(input.new_password) : std::string();
        return service::Rest([&context, before, hash](Call& rest) {
          return finish_change(context, rest, before, hash);
        });
      });
}

Result<Answer> reset_password(Context& context, Call& call) {
  if (auto body = decode_nothing(call.body()); !body) return body.error();
  return hash_then(context, HashPool::Lane::known, [&context]() {
    const auto password = one_time_password();
    return service::Rest([&context, password, hash = auth::hash_password(password)](Call& rest) {
      return finish_reset(context, rest, password, hash);
    });
  });
}

}  // namespace ambula::identity::api

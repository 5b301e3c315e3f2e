#include <ambula/auth/password.hpp>

#include "audit/store/rows.hpp"
#include "codec.hpp"
#include "handlers.hpp"
#include "identity/store/accounts.hpp"
#include "identity/store/sessions.hpp"
#include "support.hpp"
#include "tokens.hpp"

// Sign-in [ID-1, ID-7]: read the account on a worker, verify on the hashing thread, finish on a
// worker. An unknown name takes the same way with the hash of a password nobody knows, and is
// answered the same.
namespace ambula::identity::api {
namespace {

struct Attempt {
  SignInInput input;
  std::optional<store::Credentials> found;
};

struct Verdict {
  bool good{false};
  std::string rehashed;  ///< under newer parameters, when they have changed
};

Verdict verify(const Attempt& attempt) {
  const auto& phc = attempt.found ? attempt.found->password_hash : auth::dummy_hash();
  const bool right = auth::verify_password(phc, attempt.input.password);
  Verdict verdict{.good = right && attempt.found && attempt.found->account.active, .rehashed = {}};
  if (verdict.good && auth::needs_rehash(phc)) {
    verdict.rehashed = auth::hash_password(attempt.input.password);
  }
  return verdict;
}

Result<Answer> refuse(Call& call, const Attempt& attempt) {
  const auto* account = attempt.found ? &attempt.found->account : nullptr;
  // Nothing is answered that was not written: a full audit table must not hide who tries passwords.
  const auto rows = audit_rows(call, "sign_in", audit::outcome_refused, account);
  if (auto written = audit::store::insert(call.session(), rows); !written) return written.error();
  return bad_credentials();
}

/// Only who knows the password learns that the account waits for its address to be proved.
Result<Answer> refuse_unverified(Call& call, const domain::Account& account) {
  const auto rows = audit_rows(call, "sign_in", audit::outcome_refused, &account);
  if (auto written = audit::store::insert(call.session(), rows); !written) return written.error();
  return forbidden("email-not-verified", "Follow the link in the mail first.");
}

Result<Answer> finish(Context& context, Call& call, const Attempt& attempt,
                      const Verdict& verdict) {
  if (!verdict.good) return refuse(call, attempt);
  const auto& account = attempt.found->account;
  if (!account.email_verified) return refuse_unverified(call, account);
  const domain::Session session{.id = Uuid::make(call.now()),
                                .account_id = account.id,
                                .generation = 1,
                                .created_at = call.now(),
                                .rotated_at = call.now(),
                                .ended_at = {},
                                .cookie = attempt.input.cookie};
  // The password was checked for a while: what the account may is read anew, behind the lock that
  // the session's row takes, so that no token tells a role which was withdrawn meanwhile.
  const auto begun =
      call.session().transact([&](db::Transaction& tx) -> Result<std::optional<domain::Account>> {
        if (!store::insert(tx, session, attempt.found->password_hash, call.request().remote_addr)) {
          return std::optional<domain::Account>{};
        }
        audit::store::insert(tx, audit_rows(call, "sign_in", audit::outcome_success, &account));
        return store::get_account(tx, account.id);
      });
  if (!begun) return begun.error();
  if (!*begun) return refuse(call, attempt);
  context.succeeded(attempt.input.login, call.request().remote_addr);
  if (!verdict.rehashed.empty()) {
    store::save_rehashed(call.session(), account.id, verdict.rehashed,
                         attempt.found->password_hash);
  }
  return answer_tokens(context, **begun, session, session.generation, call.now());
}

}  // namespace

Result<Answer> sign_in(Context& context, Call& call) {
  auto input = decode_sign_in(call.body());
  if (!input) return input.error();
  const auto wait = context.attempt(input->login, call.request().remote_addr, call.now());
  if (wait)
    return slow_down("too-many-sign-ins", "Too many tries; wait before the next one.", *wait);
  auto attempt = std::make_shared<Attempt>();
  attempt->found = store::find_for_sign_in(call.session(), input->login);
  attempt->input = *std::move(input);
  const auto account = attempt->found ? attempt->found->account.id : Uuid{};
  const auto lane = store::was_here(call.session(), account, call.request().remote_addr)
                        ? HashPool::Lane::known
                        : HashPool::Lane::stranger;
  return hash_then(context, lane, [&context, attempt]() -> service::Rest {
    return [&context, attempt, verdict = verify(*attempt)](Call& rest) {
      return finish(context, rest, *attempt, verdict);
    };
  });
}

}  // namespace ambula::identity::api

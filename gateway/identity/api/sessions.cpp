#include "identity/store/sessions.hpp"

#include "audit/store/rows.hpp"
#include "codec.hpp"
#include "handlers.hpp"
#include "identity/store/accounts.hpp"
#include "support.hpp"
#include "tokens.hpp"

// Refresh, sign-out and who am I [ID-1].
namespace ambula::identity::api {
namespace {

/// What became of a refresh; committed in every case, also when the family ends.
struct Refreshed {
  domain::Refresh decision{domain::Refresh::refuse};
  domain::Session session;
  std::optional<domain::Account> account;
  std::vector<Uuid> ended;
};

/// Somebody used a token twice: whoever holds the other copy loses the session too.
void end_family(Context& context, Call& call, db::Transaction& tx, Refreshed& done) {
  done.ended = store::end_session(tx, done.session.id, done.session.account_id, call.now(),
                                  context.tokens_expire(call.now()));
  const auto* account = done.account ? &*done.account : nullptr;
  audit::store::insert(tx, audit_rows(call, "refresh_reuse", audit::outcome_refused, account));
}

Result<Refreshed> refresh_session(Context& context, Call& call, const RefreshClaim& claim) {
  return call.session().transact([&](db::Transaction& tx) -> Result<Refreshed> {
    Refreshed done;
    const auto session = store::lock_session(tx, claim.session_id);
    if (!session) return done;
    done.session = *session;
    done.account = store::share_account(tx, session->account_id);
    done.decision =
        decide_refresh(*session, claim.generation, context.settings.session, call.now());
    if (!done.account || !done.account->active) done.decision = domain::Refresh::refuse;
    if (done.decision == domain::Refresh::rotate) {
      store::rotate(tx, session->id, call.now());
      ++done.session.generation;
    }
    if (done.decision == domain::Refresh::reuse) end_family(context, call, tx, done);
    return done;
  });
}

}  // namespace

Result<Answer> refresh(Context& context, Call& call) {
  const auto of_body = decode_refresh(call.body());
  if (!of_body) return of_body.error();
  const auto token = presented_refresh_token(call.request(), *of_body);
  if (!token) return bad_credentials();
  const auto claim = context.refresh_tokens.read(*token);
  if (!claim) return bad_credentials();
  const auto done = refresh_session(context, call, *claim);
  if (!done) return done.error();
  context.revoke_sessions(done->ended, call.now());
  if (done->decision != domain::Refresh::rotate && done->decision != domain::Refresh::repeat) {
    return bad_credentials();
  }
  return answer_tokens(context, *done->account, done->session, done->session.generation,
                       call.now());
}

Result<Answer> sign_out(Context& context, Call& call) {
  const auto input = decode_sign_out(call.body());
  if (!input) return input.error();
  std::optional<RefreshClaim> other;
  if (const auto token = presented_refresh_token(call.request(), input->refresh_token)) {
    other = context.refresh_tokens.read(*token);
  }
  std::vector<Uuid> ended;
  auto answer = call.transact([&](db::Transaction& tx) -> Result<Answer> {
    const auto expire = context.tokens_expire(call.now());
    if (input->everywhere) {
      ended = store::end_sessions(tx, call.actor(), std::nullopt, call.now(), expire);
    } else {
      ended = store::end_session(tx, call.principal().session_id, call.actor(), call.now(), expire);
      if (other && other->session_id != call.principal().session_id) {
        const auto also =
            store::end_session(tx, other->session_id, call.actor(), call.now(), expire);
        ended.insert(ended.end(), also.begin(), also.end());
      }
    }
    auto done = service::no_content();
    if (call.request().headers.get("cookie")) {
      done.headers.emplace_back("set-cookie", expired_cookie(context));
    }
    return done;
  });
  if (answer) context.revoke_sessions(ended, call.now());
  return answer;
}

Result<Answer> me(Context&, Call& call) {
  const auto account = store::get_account(call.session(), call.actor());
  if (!account) return not_found("account");
  // As of now, not as of the token: what changed since shows here first.
  const auto claims = claims_of(*account, call.principal().session_id, call.now(), call.now());
  const auto principal =
      auth::choose_facility(claims, call.request().headers.get("ambula-facility"));
  std::vector<std::string> permissions;
  if (principal) {
    for (const auto permission : auth::all_permissions()) {
      if (principal->may(permission)) permissions.emplace_back(auth::to_string(permission));
    }
  }
  return service::ok(with_permissions(encode(*account), permissions), account->record.version);
}

}  // namespace ambula::identity::api

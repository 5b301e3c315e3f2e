#include "identity/store/accounts.hpp"

#include <ambula/auth/password.hpp>
#include <ambula/base/text.hpp>

#include "codec.hpp"
#include "handlers.hpp"
#include "identity/domain/password_rules.hpp"
#include "identity/events/codec.hpp"
#include "identity/store/facilities.hpp"
#include "identity/store/mail_tokens.hpp"
#include "identity/store/sessions.hpp"
#include "support.hpp"

// Accounts of staff and patients, by their administrators [ID-4].
namespace ambula::identity::api {
namespace {

outbox::Events event(const Call& call, std::string_view type, const domain::Account& account) {
  auto events = call.events();
  events.add(type, events::encode_account(account));
  return events;
}

/// Rules of the account's own, and what this administrator may give.
Result<void> check(Call& call, const domain::Account& account) {
  if (auto login = check_login(account); !login) return login;
  if (account.email) {
    if (auto email = domain::check_email(*account.email, "/email"); !email) return email;
  }
  if (auto memberships = check_memberships(account.memberships); !memberships) return memberships;
  return check_may_give(administrator(call), account.memberships);
}

Result<void> check_facilities(db::Transaction& tx, const domain::Account& account) {
  std::vector<Uuid> ids;
  for (const auto& membership : account.memberships) {
    if (membership.facility_id) ids.push_back(*membership.facility_id);
  }
  if (store::facilities_exist(tx, ids)) return {};
  return rule_broken("unknown-facility", "There is no such facility.", "/memberships");
}

/// Somebody must be left who can administer the installation.
Result<void> check_not_last(db::Transaction& tx, const domain::Account& before,
                            const domain::Account& after) {
  const bool was = before.active && has_role(before, "installation_admin");
  const bool stays = after.active && has_role(after, "installation_admin");
  if (!was || stays || store::other_installation_admin(tx, before.id)) return {};
  return conflict("last-administrator", "Nobody else administers the installation.");
}

struct NewAccount {
  AccountInput input;
  std::string one_time;  ///< empty when the administrator chose the password
};

Result<Answer> finish_create(Call& call, const NewAccount& wanted, const std::string& hash) {
  call.compare_by(wanted.input.comparable);
  auto answer = call.transact([&](db::Transaction& tx) -> Result<Answer> {
    auto account = wanted.input.account;
    account.id = Uuid::make(call.now());
    account.record = {1, call.now(), call.actor(), call.now(), call.actor()};
    if (auto known = check_facilities(tx, account); !known) return known.error();
    if (account.email) store::drop_unverified(tx, *account.email, account.id);
    store::insert(tx, account, hash, event(call, "AccountCreated", account));
    return changed(service::created("/v1/accounts/" + account.id.str(), encode(account)), "account",
                   account.id, {"login", "email", "display_name", "memberships", "active"},
                   facilities_of(account));
  });
  // Told once: the answer kept for a repeated request does not have it.
  const bool fresh = answer && !is_replay(*answer);
  if (fresh && !wanted.one_time.empty()) {
    answer->body = with_one_time_password(std::move(answer->body), wanted.one_time);
  }
  return answer;
}

/// What the caller may see of an account: an administrator of one facility, the memberships there.
domain::Account visible(const Call& call, domain::Account account) {
  take_foreign(administrator(call), account);
  return account;
}

using Change = std::function<Result<std::vector<std::string>>(domain::Account&)>;

struct Effects {
  std::vector<Uuid> ended;
  std::optional<Instant> outdated{};  ///< tokens issued up to then
};

/// What a change of rights does to tokens that are out already.
Effects withdraw(Context& context, Call& call, db::Transaction& tx, const domain::Account& before,
                 const domain::Account& after) {
  const auto expire = context.tokens_expire(call.now());
  if (before.active && !after.active) {
    return {store::end_sessions(tx, after.id, std::nullopt, call.now(), expire), std::nullopt};
  }
  if (before.memberships == after.memberships) return {};
  store::outdate_tokens(tx, after.id, after.record.updated_at, expire);
  return {{}, after.record.updated_at};
}

/// Locks the account, lets `change` alter it (it answers the changed fields), saves, emits,
/// withdraws.
Result<Answer> alter(Context& context, Call& call, std::string_view type, const Change& change) {
  Effects effects;
  auto answer = call.transact([&](db::Transaction& tx) -> Result<Answer> {
    const auto before = store::lock_account(tx, call.id());
    if (!before || !may_see(administrator(call), *before)) return not_found("account");
    if (auto current = call.check_version(before->record.version); !current) return current.error();
    auto account = *before;
    auto fields = change(account);
    if (!fields) return fields.error();
    if (auto known = check_facilities(tx, account); !known) return known.error();
    if (auto others = check_not_last(tx, *before, account); !others) return others.error();
    if (account.email && account.email != before->email) {
      store::drop_unverified(tx, *account.email, account.id);
    }
    account.record.updated_at = domain::changed_at(account.record.updated_at, call.now());
    account.record.updated_by = call.actor();
    account.record.version = store::save(tx, account, std::nullopt, event(call, type, account));
    if (account.email != before->email || account.active != before->active)
      store::drop_reset_tokens(tx, account.id);
    effects = withdraw(context, call, tx, *before, account);
    return changed(service::ok(encode(visible(call, account)), account.record.version), "account",
                   account.id, *std::move(fields), facilities_of(account));
  });
  if (!answer) return answer;
  context.revoke_sessions(effects.ended, call.now());
  if (effects.outdated) {
    context.revoked(
        {{call.id(), *effects.outdated, call.now(), context.tokens_expire(call.now())}});
  }
  return answer;
}

Result<Answer> set_active(Context& context, Call& call, bool active) {
  if (auto body = decode_nothing(call.body()); !body) return body.error();
  if (!active && call.id() == call.actor()) {
    return conflict("own-account", "Nobody deactivates the own account.");
  }
  return alter(context, call, active ? "AccountReactivated" : "AccountDeactivated",
               [&](domain::Account& account) -> Result<std::vector<std::string>> {
                 auto may = check_may_change(administrator(call), account);
                 if (!may) return may.error();
                 if (account.active == active) {
                   return illegal_transition(active ? "ACTIVE" : "INACTIVE",
                                             active ? "reactivate" : "deactivate");
                 }
                 account.active = active;
                 return std::vector<std::string>{"active"};
               });
}

std::vector<std::string_view> role_names() {
  std::vector<std::string_view> names;
  for (const auto role : auth::all_roles())
    names.push_back(auth::to_string(role));
  return names;
}

}  // namespace

Result<Answer> list_accounts(Context&, Call& call) {
  auto query = call.query();
  store::AccountFilter filter;
  const auto names = role_names();
  if (const auto role = query.choice("role", names)) filter.role = std::string(names[*role]);
  filter.active = query.boolean("active");
  filter.part = query.text("q", 100);
  const auto page = query.page(2);
  if (auto fault = query.finish()) return *fault;
  const auto who = administrator(call);
  // With a facility chosen, its accounts; an administrator of the installation without one sees
  // all.
  if (!who.of_installation || call.request().headers.get("ambula-facility")) {
    filter.facility_id = who.facility_id;
  }
  std::optional<std::pair<std::string, Uuid>> after;
  if (page.after) after = {(*page.after)[0], Uuid::parse((*page.after)[1]).value_or(Uuid{})};
  const auto accounts = store::list_accounts(call.session(), filter, after, page.limit + 1);
  std::vector<std::string> items;
  std::optional<service::Cursor> next;
  for (const auto& account : accounts) {
    if (items.size() == static_cast<std::size_t>(page.limit)) {
      const auto& last = accounts[items.size() - 1];
      next = service::Cursor{to_lower_ascii(last.login), last.id.str()};
      break;
    }
    items.push_back(encode(visible(call, account)));
  }
  return service::ok(service::page_body(items, next, page));
}

Result<Answer> create_account(Context& context, Call& call) {
  auto input = decode_account(call.body());
  if (!input) return input.error();
  if (auto checked = check(call, input->account); !checked) return checked.error();
  NewAccount wanted{.input = *std::move(input), .one_time = {}};
  if (wanted.input.password) {
    const auto& account = wanted.input.account;
    const auto good =
        domain::check_password(*wanted.input.password, own_words(account), "/password");
    if (!good) return good.error();
  } else {
    wanted.one_time = one_time_password();
    wanted.input.account.must_change_password = true;
  }
  return hash_then(context, HashPool::Lane::known, [wanted]() {
    const auto hash = auth::hash_password(wanted.input.password.value_or(wanted.one_time));
    return service::Rest([wanted, hash](Call& rest) { return finish_create(rest, wanted, hash); });
  });
}

Result<Answer> get_account(Context&, Call& call) {
  const auto account = store::get_account(call.session(), call.id());
  if (!account || !may_see(administrator(call), *account)) return not_found("account");
  return service::ok(encode(visible(call, *account)), account->record.version);
}

Result<Answer> update_account(Context& context, Call& call) {
  return alter(context, call, "AccountUpdated",
               [&](domain::Account& account) -> Result<std::vector<std::string>> {
                 // Of somebody who is known elsewhere too: what they are here, and nothing else.
                 const auto whole = account;
                 const auto foreign = take_foreign(administrator(call), account);
                 auto fields = patch_account(call.body(), account);
                 if (!fields) return fields;
                 if (auto checked = check(call, account); !checked) return checked.error();
                 const std::vector<std::string> memberships{"memberships"};
                 if (!foreign.empty() && *fields != memberships) {
                   return check_may_change(administrator(call), whole).error();
                 }
                 account.memberships.insert(account.memberships.end(), foreign.begin(),
                                            foreign.end());
                 return fields;
               });
}

Result<Answer> deactivate_account(Context& context, Call& call) {
  return set_active(context, call, false);
}

Result<Answer> reactivate_account(Context& context, Call& call) {
  return set_active(context, call, true);
}

}  // namespace ambula::identity::api

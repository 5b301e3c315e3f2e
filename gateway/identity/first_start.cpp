#include "first_start.hpp"

#include <algorithm>

#include <ambula/auth/password.hpp>

#include "audit/store/rows.hpp"
#include "identity/api/support.hpp"
#include "identity/events/codec.hpp"
#include "identity/store/accounts.hpp"
#include "identity/store/facilities.hpp"
#include "identity/store/sessions.hpp"

namespace ambula::identity {
namespace {

constexpr std::string_view installation_admin = "installation_admin";
constexpr std::string_view create_admin_command = "create-admin";

outbox::Events event(std::string_view type, std::string data) {
  outbox::Events events(outbox::Cause{});
  events.add(type, std::move(data));
  return events;
}

Result<Uuid> make_facility(db::Transaction& tx, const Settings& settings, Instant now) {
  domain::Facility facility;
  facility.id = Uuid::make(now);
  facility.code = settings.first_facility.code;
  facility.name = settings.first_facility.name;
  facility.zone = settings.first_facility.zone;
  facility.currency = settings.first_facility.currency;
  facility.locale = settings.first_facility.locale;
  facility.record = {1, now, Uuid{}, now, Uuid{}};
  if (auto checked = check_facility(facility); !checked) {
    auto error = checked.error();
    error.detail = "AMBULA_FIRST_FACILITY_*: " + error.detail;
    return error;
  }
  store::insert(tx, facility, event("FacilityRegistered", events::encode_facility(facility)));
  return facility.id;
}

/// What an operator did to an account, by which command: a row for each of its facilities'
/// auditors, and the account as actor of the one without a facility, so that it is not one of
/// nobody known.
void write_down(db::Transaction& tx, const domain::Account& account, std::string_view command,
                std::vector<std::string> changed, Instant now) {
  audit::Row row;
  row.at = now;
  row.action = "create_admin";
  row.method = "COMMAND";
  row.path_template = command;
  row.resource = "account/" + account.id.str();
  row.changed = std::move(changed);
  row.request_id = Uuid::make(now).str();
  row.remote_addr = "operator";
  std::vector<audit::Row> rows;
  for (const auto& membership : account.memberships) {
    rows.push_back(row);
    rows.back().facility_id = membership.facility_id;
    if (!membership.facility_id) rows.back().actor_id = account.id;
  }
  audit::store::insert(tx, rows);
}

void make_admin(db::Transaction& tx, const std::string& login, const std::optional<Uuid>& facility,
                const std::string& hash, bool must_change, std::string_view command, Instant now) {
  domain::Account account;
  account.id = Uuid::make(now);
  account.login = login;
  account.display_name = "Administrator";
  if (facility) account.memberships.push_back({facility, {"admin"}});
  account.memberships.push_back({std::nullopt, {std::string(installation_admin)}});
  account.must_change_password = must_change;
  account.record = {1, now, Uuid{}, now, Uuid{}};
  store::insert(tx, account, hash, event("AccountCreated", events::encode_account(account)));
  write_down(tx, account, command, {"login", "memberships", "password"}, now);
}

/// Gives an account its access back; whoever is signed in with it is not any more.
void restore_admin(db::Transaction& tx, domain::Account account, const std::string& hash,
                   const domain::SessionLimits& limits, Instant now) {
  std::vector<std::string> changed{"password"};
  if (!account.active) changed.emplace_back("active");
  if (!has_role(account, installation_admin)) changed.emplace_back("memberships");
  const auto type = account.active ? "AccountUpdated" : "AccountReactivated";
  account.active = true;
  account.must_change_password = true;
  if (!has_role(account, installation_admin)) {
    account.memberships.push_back({std::nullopt, {std::string(installation_admin)}});
  }
  account.record.updated_at = domain::changed_at(account.record.updated_at, now);
  account.record.updated_by = Uuid{};
  store::save(tx, account, hash, event(type, events::encode_account(account)));
  store::end_sessions(tx, account.id, std::nullopt, now,
                      now + limits.access_token + std::chrono::minutes(1));
  write_down(tx, account, create_admin_command, std::move(changed), now);
}

}  // namespace

Result<FirstStart> first_start(db::Session& session, const Settings& settings, Instant now) {
  return session.transact([&](db::Transaction& tx) -> Result<FirstStart> {
    store::lock_first_start(tx);
    auto facility = store::first_facility(tx);
    if (!facility) {
      const auto made = make_facility(tx, settings, now);
      if (!made) return made.error();
      facility = *made;
    }
    if (store::any_account(tx)) return FirstStart{};
    FirstStart made{
        .login = "admin", .one_time_password = {}, .demo = !settings.demo_password.empty()};
    if (!made.demo) made.one_time_password = api::one_time_password();
    const auto& password = made.demo ? settings.demo_password : made.one_time_password;
    const auto hash = auth::hash_password(password);
    if (hash.empty()) return rule_broken("password-too-long", "AMBULA_DEMO_PASSWORD is too long.");
    make_admin(tx, made.login, facility, hash, !made.demo, "serve", now);
    return made;
  });
}

Result<std::string> create_admin(db::Session& session, const std::string& login,
                                 const domain::SessionLimits& limits, Instant now) {
  domain::Account wanted;
  wanted.login = login;
  const auto found = store::find_for_sign_in(session, login);
  if (!found) {
    if (auto checked = check_login(wanted); !checked) return checked.error();
  }
  const auto password = api::one_time_password();
  const auto hash = auth::hash_password(password);
  return session.transact([&](db::Transaction& tx) -> Result<std::string> {
    if (!found) {
      make_admin(tx, login, store::first_facility(tx), hash, true, create_admin_command, now);
      return password;
    }
    auto account = store::lock_account(tx, found->account.id);
    if (!account) return not_found("account");
    restore_admin(tx, *std::move(account), hash, limits, now);
    return password;
  });
}

}  // namespace ambula::identity

#include "accounts.hpp"

#include <identity/sql.hpp>

#include <ambula/base/text.hpp>

#include "rows.hpp"

namespace ambula::identity::store {
namespace {

struct MembershipColumns {
  std::vector<Uuid> facilities;
  std::vector<std::string> roles;
};

MembershipColumns columns_of(const domain::Account& account) {
  MembershipColumns columns;
  for (const auto& membership : account.memberships) {
    columns.facilities.push_back(membership.facility_id.value_or(Uuid{}));
    std::string roles;
    for (const auto& role : membership.roles)
      roles += (roles.empty() ? "" : ",") + role;
    columns.roles.push_back(std::move(roles));
  }
  return columns;
}

std::optional<std::string_view> binding_of(const domain::Account& account) {
  if (!account.binding) return std::nullopt;
  return to_string(*account.binding);
}

std::optional<Credentials> to_credentials(const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return Credentials{to_account(rows.front()), rows.front().get<std::string>("password_hash")};
}

/// For LIKE: what the user typed means itself.
std::string escape_like(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace

void insert(db::Transaction& tx, const domain::Account& account, const std::string& password_hash,
            const outbox::Events& events) {
  const auto columns = columns_of(account);
  tx.exec(sql::insert_account, account.id, account.login, account.email, account.display_name,
          password_hash, account.must_change_password, account.active, account.record.created_at,
          account.record.created_by, columns.facilities, columns.roles, events);
}

bool insert_unverified(db::Transaction& tx, const domain::Account& account,
                       const std::string& password_hash) {
  const auto columns = columns_of(account);
  return !tx.exec(sql::insert_unverified_account, account.id, account.email, account.display_name,
                  password_hash, account.record.created_at, account.record.created_by,
                  columns.facilities, columns.roles)
              .empty();
}

void drop_unverified(db::Transaction& tx, const std::string& address, const Uuid& but) {
  tx.exec(sql::drop_unverified_account, address, but);
}

std::optional<domain::Account> lock_account_of_address(db::Transaction& tx,
                                                       const std::string& address) {
  const auto rows = tx.exec(sql::lock_account_of_address, address);
  if (rows.empty()) return std::nullopt;
  return to_account(rows.front());
}

std::optional<domain::Account> lock_account(db::Transaction& tx, const Uuid& id) {
  const auto rows = tx.exec(sql::lock_account, id);
  if (rows.empty()) return std::nullopt;
  return to_account(rows.front());
}

std::int64_t save(db::Transaction& tx, const domain::Account& account,
                  const std::optional<std::string>& password_hash, const outbox::Events& events) {
  const auto columns = columns_of(account);
  return tx
      .exec(sql::save_account, account.id, account.login, account.email, account.display_name,
            account.must_change_password, account.active, account.doctor_id, account.patient_id,
            account.record.updated_at, account.record.updated_by, password_hash, columns.facilities,
            columns.roles, account.email_verified, binding_of(account), events)
      .front()
      .get<std::int64_t>("version");
}

std::optional<domain::Account> get_account(db::Session& session, const Uuid& id) {
  const auto rows = session.read(sql::get_account, id);
  if (rows.empty()) return std::nullopt;
  return to_account(rows.front());
}

std::optional<domain::Account> share_account(db::Transaction& tx, const Uuid& id) {
  const auto rows = tx.exec(sql::share_account, id);
  if (rows.empty()) return std::nullopt;
  return to_account(rows.front());
}

std::optional<domain::Account> get_account(db::Transaction& tx, const Uuid& id) {
  const auto rows = tx.exec(sql::get_account, id);
  if (rows.empty()) return std::nullopt;
  return to_account(rows.front());
}

std::optional<Credentials> find_for_sign_in(db::Session& session, std::string_view login) {
  return to_credentials(session.read(sql::find_account_for_sign_in, to_lower_ascii(login)));
}

std::optional<Credentials> credentials_of(db::Session& session, const Uuid& id) {
  return to_credentials(session.read(sql::get_account, id));
}

std::optional<Credentials> credentials_of(db::Transaction& tx, const Uuid& id) {
  return to_credentials(tx.exec(sql::get_account, id));
}

std::vector<domain::Account> list_accounts(db::Session& session, const AccountFilter& filter,
                                           const std::optional<std::pair<std::string, Uuid>>& after,
                                           int limit) {
  std::optional<std::string> login;
  std::optional<Uuid> id;
  if (after) std::tie(login, id) = *after;
  std::optional<std::string> part;
  if (filter.part) part = escape_like(to_lower_ascii(*filter.part));
  std::vector<domain::Account> accounts;
  for (const auto row : session.read(sql::list_accounts, filter.facility_id, filter.role,
                                     filter.active, part, login, id, limit)) {
    accounts.push_back(to_account(row));
  }
  return accounts;
}

void save_rehashed(db::Session& session, const Uuid& id, const std::string& password_hash,
                   const std::string& before) {
  // Nothing is lost when it fails: the next sign-in tries again.
  (void)session.execute(sql::save_password_hash, id, password_hash, before);
}

bool any_account(db::Transaction& tx) {
  return tx.exec(sql::any_account).front().get<bool>("present");
}

bool other_installation_admin(db::Transaction& tx, const Uuid& but) {
  return !tx.exec(sql::other_installation_admin, but).empty();
}

std::vector<Uuid> accounts_of(db::Transaction& tx, Binding binding, const Uuid& record,
                              const std::optional<Uuid>& named) {
  const auto& statement =
      binding == Binding::doctor ? sql::accounts_of_doctor : sql::accounts_of_patient;
  std::vector<Uuid> ids;
  for (const auto row : tx.exec(statement, record, named))
    ids.push_back(row.get<Uuid>("id"));
  return ids;
}

}  // namespace ambula::identity::store

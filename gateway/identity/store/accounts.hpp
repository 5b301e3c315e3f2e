#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ambula/db/session.hpp>
#include <ambula/outbox/outbox.hpp>

#include "identity/domain/account.hpp"

namespace ambula::identity::store {

void insert(db::Transaction& tx, const domain::Account& account, const std::string& password_hash,
            const outbox::Events& events);
/// An account that cannot sign in before its address is proved; false when the address is known.
bool insert_unverified(db::Transaction& tx, const domain::Account& account,
                       const std::string& password_hash);
/// Frees an address that somebody signed up with and never proved.
void drop_unverified(db::Transaction& tx, const std::string& address, const Uuid& but);
std::optional<domain::Account> lock_account_of_address(db::Transaction& tx,
                                                       const std::string& address);
std::optional<domain::Account> lock_account(db::Transaction& tx, const Uuid& id);
/// The new version. `password_hash`: the new one, or none.
std::int64_t save(db::Transaction& tx, const domain::Account& account,
                  const std::optional<std::string>& password_hash, const outbox::Events& events);
std::optional<domain::Account> get_account(db::Session& session, const Uuid& id);
std::optional<domain::Account> get_account(db::Transaction& tx, const Uuid& id);
/// The same; who changes the account waits until this transaction has ended.
std::optional<domain::Account> share_account(db::Transaction& tx, const Uuid& id);

struct Credentials {
  domain::Account account;
  std::string password_hash;
};
std::optional<Credentials> find_for_sign_in(db::Session& session, std::string_view login);
std::optional<Credentials> credentials_of(db::Session& session, const Uuid& id);
std::optional<Credentials> credentials_of(db::Transaction& tx, const Uuid& id);

struct AccountFilter {
  std::optional<Uuid> facility_id;  ///< empty: of the whole installation
  std::optional<std::string> role;
  std::optional<bool> active;
  std::optional<std::string> part;  ///< of login, e-mail or name
};
/// In the order (login in lower case, id).
std::vector<domain::Account> list_accounts(db::Session& session, const AccountFilter& filter,
                                           const std::optional<std::pair<std::string, Uuid>>& after,
                                           int limit);

/// The same password under newer parameters, unless it was changed meanwhile.
void save_rehashed(db::Session& session, const Uuid& id, const std::string& password_hash,
                   const std::string& before);

bool any_account(db::Transaction& tx);
/// Whether somebody else could still administer the installation.
bool other_installation_admin(db::Transaction& tx, const Uuid& but);

enum class Binding { doctor, patient };
/// Accounts bound to the record, and the one it names.
std::vector<Uuid> accounts_of(db::Transaction& tx, Binding binding, const Uuid& record,
                              const std::optional<Uuid>& named);

}  // namespace ambula::identity::store

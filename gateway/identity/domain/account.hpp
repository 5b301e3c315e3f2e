#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/result.hpp>
#include <ambula/base/time.hpp>
#include <ambula/base/uuid.hpp>

namespace ambula::identity::domain {

/// Who made and changed a record, and how often.
struct Record {
  std::int64_t version{1};
  Instant created_at;
  Uuid created_by;
  Instant updated_at;
  Uuid updated_by;
};

/// Roles by name in one facility; no facility = the whole installation.
struct Membership {
  std::optional<Uuid> facility_id;
  std::vector<std::string> roles;

  bool operator==(const Membership&) const = default;
};

/// What became of the patient record behind an account.
enum class BindingState { pending, bound, refused };
std::string_view to_string(BindingState state);
std::optional<BindingState> parse_binding_state(std::string_view text);

struct Account {
  Uuid id;
  std::string login;
  std::optional<std::string> email;
  std::string display_name;
  std::vector<Membership> memberships;
  bool active{true};
  bool must_change_password{false};
  bool email_verified{true};  ///< false: made by a sign-up or an invitation, and cannot sign in yet
  std::optional<Uuid> doctor_id;
  std::optional<Uuid> patient_id;
  std::optional<BindingState> binding;  ///< none: nobody asked for a record
  Record record;
};

/// Who changes accounts.
struct Administrator {
  Uuid account_id;
  Uuid facility_id;  ///< nil: only the whole installation
  bool of_installation{false};
};

/// A login is an employee number or the account's own e-mail address, so that no login can be
/// somebody else's address. 422 `invalid-login`.
Result<void> check_login(const Account& account);

/// When a change counts as made: now, but at least a whole second after the one before. Tokens tell
/// their second only, and those from between two changes must be told from those after the second.
Instant changed_at(Instant before, Instant now);

/// One @ with something around it and nothing that a mail header could break on. 422
/// `invalid-email`.
Result<void> check_email(std::string_view email, std::string_view pointer);

/// Each facility once, roles once each, `installation_admin` exactly where there is no facility.
/// 422 `invalid-membership`.
Result<void> check_memberships(const std::vector<Membership>& memberships);

/// An administrator gives memberships of the own facility only: 403 `beyond-your-facility`.
Result<void> check_may_give(const Administrator& administrator,
                            const std::vector<Membership>& memberships);

/// Whether the account is the administrator's to change: all of it lies in the own facility.
/// Otherwise a reset password would open another facility. 403 `beyond-your-facility`.
Result<void> check_may_change(const Administrator& administrator, const Account& account);

/// Takes what the account is elsewhere out of it and answers that: what the administrator neither
/// sees nor changes.
std::vector<Membership> take_foreign(const Administrator& administrator, Account& account);

/// Whether the administrator sees the account at all (else 404).
bool may_see(const Administrator& administrator, const Account& account);

bool has_role(const Account& account, std::string_view role);

/// Gives a role in a facility, beside what the account has there.
void add_role(Account& account, const Uuid& facility, std::string_view role);

}  // namespace ambula::identity::domain

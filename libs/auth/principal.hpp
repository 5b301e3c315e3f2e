#pragma once

#include <bitset>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/auth/permissions.hpp>
#include <ambula/base/result.hpp>
#include <ambula/base/time.hpp>
#include <ambula/base/uuid.hpp>

namespace ambula::auth {

/// Roles of an account in one facility; nullopt facility = the whole installation
/// (installation_admin).
struct Membership {
  std::optional<Uuid> facility_id;
  std::vector<Role> roles;

  bool operator==(const Membership&) const = default;
};

/// What a token says about its bearer.
struct Claims {
  Uuid account_id;
  Uuid session_id;  ///< family of refresh tokens; a sign-out ends it
  std::string login;
  std::vector<Membership> memberships;
  std::optional<Uuid> doctor_id;
  std::optional<Uuid> patient_id;
  bool must_change_password{false};
  Instant issued_at;   ///< whole seconds in a token
  Instant expires_at;  ///< whole seconds in a token

  bool operator==(const Claims&) const = default;
};

/// Who asks, in which facility: claims narrowed to one membership.
struct Principal {
  Uuid account_id;
  Uuid session_id;
  std::string login;
  Uuid facility_id;  ///< nil for an installation administrator without a facility
  std::vector<Role> roles;
  PermissionSet permissions;
  std::optional<Uuid> doctor_id;
  std::optional<Uuid> patient_id;
  bool must_change_password{false};

  bool may(Permission permission) const {
    return permissions.test(static_cast<std::size_t>(permission));
  }
  bool has_role(Role role) const;
  /// Acts only for themselves: their single role is patient.
  bool is_patient_only() const;
};

/// Chooses the membership: the only one in a facility, or the one named by `Ambula-Facility`. Roles
/// held in the whole installation hold in every facility named. An account that must change its
/// password gets `account_only`, whatever the header says. Errors: 400 `facility-required`, 403
/// `not-a-member`, 400 `invalid-request` for an unreadable header.
Result<Principal> choose_facility(const Claims& claims,
                                  std::optional<std::string_view> facility_header);

/// The account without any facility or role, for routes that ask `signed_in` only (`/v1/me`,
/// sign-out, change-password): they work before a facility was chosen.
Principal account_only(const Claims& claims);

}  // namespace ambula::auth

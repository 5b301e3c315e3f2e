#include <algorithm>

#include <ambula/auth/principal.hpp>

namespace ambula::auth {
namespace {

void grant(Principal& principal, const std::vector<Role>& roles) {
  for (const Role role : roles) {
    if (principal.has_role(role)) continue;
    principal.roles.push_back(role);
    principal.permissions |= permissions_of(role);
  }
}

Principal installation_only(const Claims& claims) {
  Principal principal = account_only(claims);
  for (const auto& membership : claims.memberships)
    grant(principal, membership.roles);
  return principal;
}

}  // namespace

bool Principal::has_role(Role role) const {
  return std::ranges::find(roles, role) != roles.end();
}

bool Principal::is_patient_only() const {
  return roles.size() == 1 && roles.front() == Role::patient;
}

Principal account_only(const Claims& claims) {
  Principal principal;
  principal.account_id = claims.account_id;
  principal.session_id = claims.session_id;
  principal.login = claims.login;
  principal.doctor_id = claims.doctor_id;
  principal.patient_id = claims.patient_id;
  principal.must_change_password = claims.must_change_password;
  // `anyone` too: a sign-in must not close what is open to the street.
  principal.permissions.set(static_cast<std::size_t>(Permission::anyone));
  principal.permissions.set(static_cast<std::size_t>(Permission::signed_in));
  return principal;
}

Result<Principal> choose_facility(const Claims& claims,
                                  std::optional<std::string_view> facility_header) {
  std::optional<Uuid> wanted;
  if (facility_header) {
    wanted = Uuid::parse(*facility_header);
    if (!wanted || wanted->is_nil()) {
      return Error{ErrorKind::malformed, "invalid-request", "Ambula-Facility must be a UUID."};
    }
  }
  if (claims.must_change_password) return account_only(claims);
  if (!wanted) {
    const auto facilities = std::ranges::count_if(
        claims.memberships, [](const auto& m) { return m.facility_id.has_value(); });
    if (facilities > 1) {
      return Error{ErrorKind::malformed, "facility-required",
                   "The account belongs to several facilities: name one in Ambula-Facility."};
    }
    // A role in the whole installation beside it leaves nothing to choose.
    for (const auto& membership : claims.memberships) {
      if (membership.facility_id) wanted = membership.facility_id;
    }
    if (!wanted) return installation_only(claims);
  }
  Principal principal = account_only(claims);
  principal.facility_id = *wanted;
  for (const auto& membership : claims.memberships) {
    if (!membership.facility_id || *membership.facility_id == *wanted) {
      grant(principal, membership.roles);
    }
  }
  if (principal.roles.empty()) {
    return forbidden("not-a-member", "The account does not belong to this facility.");
  }
  return principal;
}

}  // namespace ambula::auth

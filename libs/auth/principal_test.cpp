// ID-12: an account acts in one facility at a time, with the roles it holds there.

#include <string>

#include <ambula/auth/principal.hpp>
#include <gtest/gtest.h>

namespace principal_test {

using ambula::ErrorKind;
using ambula::Result;
using ambula::Uuid;
using ambula::auth::choose_facility;
using ambula::auth::Claims;
using ambula::auth::Permission;
using ambula::auth::permissions_of;
using ambula::auth::PermissionSet;
using ambula::auth::Principal;
using ambula::auth::Role;

const Uuid north = Uuid::make();
const Uuid south = Uuid::make();
const Uuid elsewhere = Uuid::make();

Claims with(std::vector<ambula::auth::Membership> memberships) {
  Claims claims;
  claims.account_id = Uuid::make();
  claims.session_id = Uuid::make();
  claims.login = "x";
  claims.memberships = std::move(memberships);
  return claims;
}

PermissionSet only_account() {
  PermissionSet set;
  set.set(static_cast<std::size_t>(Permission::anyone));
  set.set(static_cast<std::size_t>(Permission::signed_in));
  return set;
}

void expect_error(const Result<Principal>& result, ErrorKind kind, std::string_view code) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, kind);
  EXPECT_EQ(result.error().code, code);
}

TEST(ChooseFacility, TheOnlyMembershipNeedsNoHeader) {
  Claims claims = with({{north, {Role::doctor}}});
  claims.doctor_id = Uuid::make();
  claims.patient_id = Uuid::make();
  const auto principal = choose_facility(claims, std::nullopt);
  ASSERT_TRUE(principal);
  EXPECT_EQ(principal->account_id, claims.account_id);
  EXPECT_EQ(principal->session_id, claims.session_id);
  EXPECT_EQ(principal->login, "x");
  EXPECT_EQ(principal->facility_id, north);
  EXPECT_EQ(principal->roles, std::vector{Role::doctor});
  EXPECT_EQ(principal->permissions, permissions_of(Role::doctor));
  EXPECT_EQ(principal->doctor_id, claims.doctor_id);
  EXPECT_EQ(principal->patient_id, claims.patient_id);
  EXPECT_TRUE(principal->may(Permission::consultation_write));
  EXPECT_FALSE(principal->may(Permission::audit_read));
}

TEST(ChooseFacility, OneOfSeveralIsNamed) {
  const Claims claims = with({{north, {Role::doctor}}, {south, {Role::admin, Role::nurse}}});
  expect_error(choose_facility(claims, std::nullopt), ErrorKind::malformed, "facility-required");
  const auto chosen = choose_facility(claims, south.str());
  ASSERT_TRUE(chosen);
  EXPECT_EQ(chosen->facility_id, south);
  EXPECT_EQ(chosen->permissions, permissions_of(Role::admin) | permissions_of(Role::nurse));
  EXPECT_FALSE(chosen->may(Permission::consultation_write)) << "a role of the other facility";
}

TEST(ChooseFacility, StrangersAreRefused) {
  for (const Claims& claims : {with({{north, {Role::admin}}}), with({})}) {
    expect_error(choose_facility(claims, elsewhere.str()), ErrorKind::forbidden, "not-a-member");
  }
}

TEST(ChooseFacility, UnreadableHeaders) {
  const Claims claims = with({{north, {Role::admin}}});
  for (const std::string& header :
       {std::string(), std::string("north"), north.str() + " ", north.str() + "," + north.str(),
        std::string("00000000-0000-0000-0000-000000000000"), std::string(5000, 'a'),
        std::string("\xFF\xFE")}) {
    expect_error(choose_facility(claims, header), ErrorKind::malformed, "invalid-request");
  }
}

TEST(ChooseFacility, InstallationRolesHoldEverywhere) {
  const Claims only = with({{std::nullopt, {Role::installation_admin}}});
  const auto nowhere = choose_facility(only, std::nullopt);
  ASSERT_TRUE(nowhere);
  EXPECT_TRUE(nowhere->facility_id.is_nil());
  EXPECT_EQ(nowhere->permissions, permissions_of(Role::installation_admin));
  const auto there = choose_facility(only, elsewhere.str());
  ASSERT_TRUE(there);
  EXPECT_EQ(there->facility_id, elsewhere);
  EXPECT_EQ(there->permissions, permissions_of(Role::installation_admin));

  const Claims both = with({{std::nullopt, {Role::installation_admin}}, {north, {Role::doctor}}});
  // One facility besides the installation is no choice.
  const auto home = choose_facility(both, std::nullopt);
  ASSERT_TRUE(home);
  EXPECT_EQ(home->facility_id, north);
  EXPECT_EQ(home->permissions,
            permissions_of(Role::installation_admin) | permissions_of(Role::doctor));
  EXPECT_EQ(choose_facility(both, north.str())->permissions,
            permissions_of(Role::installation_admin) | permissions_of(Role::doctor));
  EXPECT_EQ(choose_facility(both, south.str())->permissions,
            permissions_of(Role::installation_admin));
}

TEST(ChooseFacility, AccountsWithoutMembershipMayOnlyBeSignedIn) {
  const auto principal = choose_facility(with({}), std::nullopt);
  ASSERT_TRUE(principal);
  EXPECT_TRUE(principal->facility_id.is_nil());
  EXPECT_EQ(principal->permissions, only_account());
}

/// ID-3: until the password is changed the token opens nothing else.
TEST(ChooseFacility, MustChangePasswordNarrows) {
  for (const auto& memberships :
       {std::vector<ambula::auth::Membership>{{north, {Role::admin, Role::doctor}}},
        std::vector<ambula::auth::Membership>{{north, {Role::admin}}, {south, {Role::doctor}}},
        std::vector<ambula::auth::Membership>{{std::nullopt, {Role::installation_admin}}}}) {
    Claims claims = with(memberships);
    claims.must_change_password = true;
    for (const auto& header : {std::optional<std::string>(), std::optional(north.str())}) {
      const auto principal =
          choose_facility(claims, header ? std::optional<std::string_view>(*header) : std::nullopt);
      ASSERT_TRUE(principal);
      EXPECT_EQ(principal->permissions, only_account());
      EXPECT_TRUE(principal->roles.empty());
      EXPECT_TRUE(principal->facility_id.is_nil());
      EXPECT_TRUE(principal->must_change_password);
    }
  }
}

TEST(Principal, PatientOnly) {
  EXPECT_TRUE(choose_facility(with({{north, {Role::patient}}}), {})->is_patient_only());
  EXPECT_FALSE(choose_facility(with({{north, {Role::doctor}}}), {})->is_patient_only());
  EXPECT_FALSE(
      choose_facility(with({{north, {Role::patient, Role::doctor}}}), {})->is_patient_only());
  EXPECT_FALSE(choose_facility(with({}), {})->is_patient_only());
}

}  // namespace principal_test

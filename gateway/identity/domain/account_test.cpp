#include "account.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

// What an account may be and who may change it [ID-2, ID-4, ID-12].
namespace ambula::identity::domain::account_test {

const Uuid here = Uuid::make();
const Uuid there = Uuid::make();
const Administrator admin_here{Uuid::make(), here, false};
const Administrator admin_of_all{Uuid::make(), Uuid{}, true};

Account account(std::string login, std::optional<std::string> email = std::nullopt) {
  Account made;
  made.login = std::move(login);
  made.email = std::move(email);
  return made;
}

std::string code_of(const Result<void>& result) {
  return result ? "" : result.error().code;
}

TEST(Login, IsAnEmployeeNumberOrTheOwnAddress) {
  for (const auto* good : {"rec001", "a.b_c-d", "AB"}) {
    EXPECT_TRUE(check_login(account(good))) << good;
  }
  for (const auto* bad : {"a", "", "with space", "semi;colon", "ümlaut"}) {
    EXPECT_EQ(code_of(check_login(account(bad))), "invalid-login") << bad;
  }
  EXPECT_EQ(code_of(check_login(account(std::string(65, 'a')))), "invalid-login");
  EXPECT_TRUE(check_login(account("A@x.example", "a@X.example")));
  // Somebody else's address would let one sign in where the other is meant.
  EXPECT_EQ(code_of(check_login(account("a@x.example", "b@x.example"))), "invalid-login");
  EXPECT_EQ(code_of(check_login(account("a@x.example"))), "invalid-login");
}

TEST(Email, HasOneAtAndNothingThatBreaksAHeader) {
  EXPECT_TRUE(check_email("a@b", ""));
  for (const auto* bad :
       {"", "@", "a@", "@b", "a@b@c", "a b@c", "a\r\nBcc: x@y", "<a@b>", "a@b,c"}) {
    EXPECT_EQ(code_of(check_email(bad, "/email")), "invalid-email") << bad;
  }
  EXPECT_EQ(code_of(check_email(std::string(250, 'a') + "@b.cd", "")), "invalid-email");
}

TEST(Memberships, NameEachFacilityAndRoleOnce) {
  EXPECT_TRUE(check_memberships({{here, {"nurse", "receptionist"}}, {there, {"nurse"}}}));
  EXPECT_TRUE(check_memberships({{std::nullopt, {"installation_admin"}}}));
  const std::vector<std::vector<Membership>> bad{{{here, {"nurse"}}, {here, {"doctor"}}},
                                                 {{here, {"nurse", "nurse"}}},
                                                 {{here, {"installation_admin"}}},
                                                 {{std::nullopt, {"admin"}}}};
  for (const auto& memberships : bad) {
    EXPECT_EQ(code_of(check_memberships(memberships)), "invalid-membership");
  }
}

TEST(Administrators, GiveAndChangeWhatIsTheirsOnly) {
  Account theirs;
  theirs.memberships = {{here, {"nurse"}}};
  Account both = theirs;
  both.memberships.push_back({there, {"nurse"}});
  Account root;
  root.memberships = {{std::nullopt, {"installation_admin"}}};

  EXPECT_TRUE(check_may_change(admin_here, theirs));
  EXPECT_EQ(code_of(check_may_change(admin_here, both)), "beyond-your-facility");
  EXPECT_EQ(code_of(check_may_change(admin_here, root)), "beyond-your-facility");
  EXPECT_EQ(code_of(check_may_give(admin_here, {{there, {"nurse"}}})), "beyond-your-facility");
  EXPECT_TRUE(may_see(admin_here, both));
  EXPECT_FALSE(may_see(admin_here, root));
  auto own = both;
  EXPECT_EQ(take_foreign(admin_here, own), std::vector<Membership>({{there, {"nurse"}}}));
  EXPECT_EQ(own.memberships, theirs.memberships);
  auto all = both;
  EXPECT_TRUE(take_foreign(admin_of_all, all).empty());
  EXPECT_EQ(all.memberships, both.memberships);
  for (const auto* any : {&theirs, &both, &root}) {
    EXPECT_TRUE(check_may_change(admin_of_all, *any));
    EXPECT_TRUE(may_see(admin_of_all, *any));
  }
  // An administrator without a facility is nobody's administrator.
  EXPECT_FALSE(check_may_give({Uuid::make(), Uuid{}, false}, {{here, {"nurse"}}}));
}

TEST(Roles, AreAddedBesideWhatIsThere) {
  Account doctor;
  doctor.memberships = {{here, {"doctor"}}};
  add_role(doctor, here, "patient");
  add_role(doctor, here, "patient");
  add_role(doctor, there, "patient");
  const std::vector<Membership> expected{{here, {"doctor", "patient"}}, {there, {"patient"}}};
  EXPECT_EQ(doctor.memberships, expected);
  EXPECT_TRUE(has_role(doctor, "patient"));
  EXPECT_FALSE(has_role(doctor, "admin"));
}

TEST(BindingStates, KeepTheirNames) {
  for (const auto state : {BindingState::pending, BindingState::bound, BindingState::refused}) {
    EXPECT_EQ(parse_binding_state(to_string(state)), state);
  }
  EXPECT_EQ(parse_binding_state("pending"), std::nullopt);
}

}  // namespace ambula::identity::domain::account_test

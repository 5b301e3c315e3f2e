#include "account.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>

#include <ambula/base/text.hpp>

namespace ambula::identity::domain {
namespace {

constexpr std::array<std::string_view, 3> binding_names{"PENDING", "BOUND", "REFUSED"};
constexpr std::string_view installation_admin = "installation_admin";

bool in_own_facility(const Administrator& administrator, const Membership& membership) {
  return membership.facility_id == administrator.facility_id && !administrator.facility_id.is_nil();
}

Error beyond() {
  return forbidden("beyond-your-facility", "That concerns more than your own facility.");
}

Result<void> check_membership(const Membership& membership, const std::string& pointer) {
  std::set<std::string_view> seen;
  for (const auto& role : membership.roles) {
    const bool of_installation = role == installation_admin;
    if (of_installation == membership.facility_id.has_value()) {
      return rule_broken("invalid-membership",
                         "installation_admin is the one role without a facility.", pointer);
    }
    if (!seen.insert(role).second) {
      return rule_broken("invalid-membership", "A role is named twice.", pointer);
    }
  }
  return {};
}

}  // namespace

std::string_view to_string(BindingState state) {
  return binding_names[static_cast<std::size_t>(state)];
}

std::optional<BindingState> parse_binding_state(std::string_view text) {
  const auto* found = std::ranges::find(binding_names, text);
  if (found == binding_names.end()) return std::nullopt;
  return static_cast<BindingState>(found - binding_names.begin());
}

Instant changed_at(Instant before, Instant now) {
  return std::max<Instant>(
      now, std::chrono::floor<std::chrono::seconds>(before) + std::chrono::seconds(1));
}

Result<void> check_login(const Account& account) {
  const auto& login = account.login;
  if (login.find('@') != std::string::npos) {
    if (account.email && to_lower_ascii(*account.email) == to_lower_ascii(login)) return {};
    return rule_broken("invalid-login", "A login with @ must be the account's own e-mail address.",
                       "/login");
  }
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  if (login.size() < 2 || login.size() > 64 || !std::ranges::all_of(login, allowed)) {
    return rule_broken("invalid-login", "A login has 2 to 64 letters, digits, dots, - or _.",
                       "/login");
  }
  return {};
}

Result<void> check_email(std::string_view email, std::string_view pointer) {
  const auto at = email.find('@');
  const auto plain = [](char c) {
    // ASCII only: PostgreSQL's lower() makes some other letters equal to it, and then two people's
    // addresses are one.
    return c > 0x20 && c < 0x7F && c != '<' && c != '>' && c != '"' && c != ',' && c != ';';
  };
  const bool shaped = at != std::string_view::npos && at > 0 && at + 1 < email.size() &&
                      email.find('@', at + 1) == std::string_view::npos && email.size() <= 254 &&
                      std::ranges::all_of(email, plain);
  if (shaped) return {};
  return rule_broken("invalid-email", "That is no e-mail address.", pointer);
}

Result<void> check_memberships(const std::vector<Membership>& memberships) {
  std::set<std::optional<Uuid>> facilities;
  for (std::size_t i = 0; i < memberships.size(); ++i) {
    const auto pointer = "/memberships/" + std::to_string(i);
    if (!facilities.insert(memberships[i].facility_id).second) {
      return rule_broken("invalid-membership", "A facility is named twice.", pointer);
    }
    if (auto checked = check_membership(memberships[i], pointer); !checked) return checked;
  }
  return {};
}

Result<void> check_may_give(const Administrator& administrator,
                            const std::vector<Membership>& memberships) {
  if (administrator.of_installation) return {};
  const auto own = [&](const Membership& m) { return in_own_facility(administrator, m); };
  if (std::ranges::all_of(memberships, own)) return {};
  return beyond();
}

Result<void> check_may_change(const Administrator& administrator, const Account& account) {
  return check_may_give(administrator, account.memberships);
}

std::vector<Membership> take_foreign(const Administrator& administrator, Account& account) {
  std::vector<Membership> foreign;
  if (administrator.of_installation) return foreign;
  const auto elsewhere = [&](const Membership& m) { return !in_own_facility(administrator, m); };
  std::ranges::copy_if(account.memberships, std::back_inserter(foreign), elsewhere);
  std::erase_if(account.memberships, elsewhere);
  return foreign;
}

bool may_see(const Administrator& administrator, const Account& account) {
  if (administrator.of_installation) return true;
  const auto own = [&](const Membership& m) { return in_own_facility(administrator, m); };
  return std::ranges::any_of(account.memberships, own);
}

bool has_role(const Account& account, std::string_view role) {
  return std::ranges::any_of(account.memberships, [&](const Membership& membership) {
    return std::ranges::find(membership.roles, role) != membership.roles.end();
  });
}

void add_role(Account& account, const Uuid& facility, std::string_view role) {
  for (auto& membership : account.memberships) {
    if (membership.facility_id != facility) continue;
    if (std::ranges::find(membership.roles, role) == membership.roles.end()) {
      membership.roles.emplace_back(role);
    }
    return;
  }
  account.memberships.push_back({facility, {std::string(role)}});
}

}  // namespace ambula::identity::domain

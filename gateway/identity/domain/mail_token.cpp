#include "mail_token.hpp"

#include <algorithm>
#include <array>

namespace ambula::identity::domain {
namespace {

constexpr std::array<std::string_view, 3> names{"VERIFY", "INVITE", "RESET"};

}  // namespace

std::string_view to_string(MailKind kind) {
  return names[static_cast<std::size_t>(kind)];
}

std::optional<MailKind> parse_mail_kind(std::string_view text) {
  const auto* found = std::ranges::find(names, text);
  if (found == names.end()) return std::nullopt;
  return static_cast<MailKind>(found - names.begin());
}

std::chrono::seconds life_of(MailKind kind) {
  using std::chrono::hours;
  switch (kind) {
    case MailKind::verify:
      return hours(24);
    case MailKind::invite:
      return hours(24 * 7);
    case MailKind::reset:
      return hours(1);
  }
  return {};
}

}  // namespace ambula::identity::domain

#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <ambula/base/time.hpp>
#include <ambula/base/uuid.hpp>

namespace ambula::identity::domain {

/// What a single-use token in a mail is for.
enum class MailKind { verify, invite, reset };
std::string_view to_string(MailKind kind);
std::optional<MailKind> parse_mail_kind(std::string_view text);

/// How long it works.
std::chrono::seconds life_of(MailKind kind);

/// So many mails of this kind of thing an account gets in an hour, whoever asks for them: nobody's
/// mailbox is flooded by a stranger.
inline constexpr int mails_max = 5;
inline constexpr std::chrono::hours mails_window{1};

/// The token itself is only in the mail; we keep its hash.
struct MailToken {
  Uuid account_id;
  MailKind kind{MailKind::verify};
  std::string address;
  std::optional<Uuid> facility_id;
  std::optional<Uuid> patient_id;            ///< whose invitation, or whose new address
  std::optional<std::string> password_hash;  ///< a sign-up's own
  std::optional<std::string> person;         ///< a sign-up's own, as events/codec writes it
  std::optional<Instant> wished_at{};        ///< when the patient wished the new address
};

}  // namespace ambula::identity::domain

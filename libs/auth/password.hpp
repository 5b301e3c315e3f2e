#pragma once

#include <string>
#include <string_view>

namespace ambula::auth {

/// Longer passwords are refused before any work is done (in bytes of UTF-8).
inline constexpr std::size_t max_password_bytes = 128;

/// Argon2id with 19 MiB, two passes, one lane (OWASP's minimum, about 40 ms of one core) as a PHC
/// string. Run it on a small pool of its own. The caller refuses a password above
/// `max_password_bytes`; should it forget, the answer is an empty string, which no password fits.
std::string hash_password(std::string_view password);

/// Whether the password is the one behind the PHC string. False for an unreadable string, or one
/// whose parameters would cost more than a sign-in may. Throws std::bad_alloc without memory: that
/// is no wrong password.
bool verify_password(std::string_view phc, std::string_view password);

/// The hash of a password nobody knows, made at first use with the live parameters. Verify against
/// it when the account is unknown, so that unknown and wrong take the same time.
const std::string& dummy_hash();

/// Whether the string was made with other parameters than the live ones: hash again after a good
/// sign-in.
bool needs_rehash(std::string_view phc);

/// `bytes` random bytes of the operating system's generator, base64url.
std::string random_token(int bytes);

std::string sha256_hex(std::string_view text);

}  // namespace ambula::auth

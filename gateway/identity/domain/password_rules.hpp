#pragma once

#include <string_view>
#include <vector>

#include <ambula/base/result.hpp>

namespace ambula::identity::domain {

inline constexpr std::size_t password_min_code_points = 10;
inline constexpr std::size_t password_max_bytes = 128;

/// Whether a password may be chosen (NIST SP 800-63B): long enough, not one of the common ones, not
/// the account's own names; no rules of composition. 422 `weak-password` with `pointer`.
/// `own_words`: login, e-mail, display name.
Result<void> check_password(std::string_view password,
                            const std::vector<std::string_view>& own_words,
                            std::string_view pointer);

}  // namespace ambula::identity::domain

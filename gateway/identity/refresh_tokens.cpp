#include "refresh_tokens.hpp"

#include <algorithm>

#include <ambula/auth/password.hpp>
#include <ambula/base/text.hpp>

namespace ambula::identity {
namespace {

constexpr std::string_view purpose = "ambula refresh token v1\n";

/// Nested like HMAC, so that a code of one text tells nothing about a longer one.
std::string code_of(std::string_view key, std::string_view text) {
  const std::string owned(key);
  return auth::sha256_hex(owned + auth::sha256_hex(owned + std::string(text)));
}

/// Takes the same time wherever the texts differ.
bool equal(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  }
  return difference == 0;
}

std::string body_of(const Uuid& session_id, std::int64_t generation) {
  return session_id.str() + "." + std::to_string(generation);
}

}  // namespace

RefreshTokens::RefreshTokens(const std::vector<std::string>& secrets) {
  for (const auto& secret : secrets)
    keys_.push_back(auth::sha256_hex(std::string(purpose) + secret));
}

std::string RefreshTokens::make(const Uuid& session_id, std::int64_t generation) const {
  const auto body = body_of(session_id, generation);
  return body + "." + code_of(keys_.front(), body);
}

std::optional<RefreshClaim> RefreshTokens::read(std::string_view token) const {
  if (token.size() > 200) return std::nullopt;
  const auto parts = split(token, '.');
  if (parts.size() != 3) return std::nullopt;
  const auto session_id = Uuid::parse(parts[0]);
  const auto generation = parse_int(parts[1]);
  if (!session_id || !generation) return std::nullopt;
  const auto body = token.substr(0, parts[0].size() + 1 + parts[1].size());
  const bool genuine = std::ranges::any_of(
      keys_, [&](const std::string& key) { return equal(code_of(key, body), parts[2]); });
  if (!genuine) return std::nullopt;
  return RefreshClaim{*session_id, *generation};
}

}  // namespace ambula::identity

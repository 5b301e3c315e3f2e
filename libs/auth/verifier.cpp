#include <algorithm>
#include <unordered_map>

#include <ambula/auth/cache.hpp>
#include <ambula/auth/codec.hpp>
#include <ambula/auth/keys.hpp>
#include <ambula/auth/token.hpp>
#include <ambula/base/text.hpp>

namespace ambula::auth {
namespace {

constexpr std::size_t max_token_bytes = 4096;
constexpr std::size_t max_cached_tokens = 100'000;
constexpr std::chrono::seconds cached_for_s{60};
constexpr std::chrono::seconds leeway_s{30};
constexpr std::size_t signature_bytes = 64;

/// One answer for every fault: a forger learns nothing from it.
Error invalid_token() {
  return Error{ErrorKind::unauthenticated, "invalid-token", "The access token is not valid."};
}

Error token_expired() {
  return Error{ErrorKind::unauthenticated, "token-expired", "The access token has expired."};
}

/// The three parts, decoded from the one spelling base64url has for them.
struct Parts {
  std::string header;
  std::string payload;
  std::string signature;
};

std::optional<Parts> take_apart(std::string_view token) {
  if (token.size() > max_token_bytes) return std::nullopt;
  const auto first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const auto second = token.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  // A third dot is not in the alphabet, so the signature does not decode.
  auto header = base64url_decode(token.substr(0, first));
  auto payload = base64url_decode(token.substr(first + 1, second - first - 1));
  auto signature = base64url_decode(token.substr(second + 1));
  if (!header || !payload || !signature) return std::nullopt;
  return Parts{std::move(*header), std::move(*payload), std::move(*signature)};
}

/// Raw r and s of ES256, neither zero (CVE-2022-21449). Its length is checked here because cjose
/// halves whatever it gets.
bool is_plausible(std::string_view signature) {
  if (signature.size() != signature_bytes) return false;
  const auto is_zero = [](std::string_view number) {
    return std::ranges::all_of(number, [](char byte) { return byte == 0; });
  };
  return !is_zero(signature.substr(0, signature_bytes / 2)) &&
         !is_zero(signature.substr(signature_bytes / 2));
}

bool is_signed_by(std::string_view token, const cjose_jwk_t* key) {
  const CleanErrorQueue clean;
  cjose_err fault{};
  const Jws jws(cjose_jws_import(token.data(), token.size(), &fault));
  return jws && cjose_jws_verify(jws.get(), key, &fault);
}

}  // namespace

struct Verifier::Impl {
  std::unordered_map<std::string, Jwk> keys;
  TokenCache cache{max_cached_tokens};

  std::optional<DecodedClaims> check(std::string_view token) const;
};

/// Everything about a token that does not depend on the time of day.
std::optional<DecodedClaims> Verifier::Impl::check(std::string_view token) const {
  const auto parts = take_apart(token);
  if (!parts || !is_plausible(parts->signature)) return std::nullopt;
  const auto kid = decode_token_header(parts->header);
  if (!kid) return std::nullopt;
  const auto key = keys.find(*kid);
  if (key == keys.end()) return std::nullopt;
  if (!is_signed_by(token, key->second.get())) return std::nullopt;
  return decode_claims(parts->payload);
}

Verifier::Verifier() : impl_(std::make_unique<Impl>()) {}
Verifier::~Verifier() = default;
Verifier::Verifier(Verifier&&) noexcept = default;
Verifier& Verifier::operator=(Verifier&&) noexcept = default;

Result<Verifier> Verifier::from_jwks(std::string_view jwks) {
  auto specs = decode_jwks(jwks);
  if (!specs) return std::move(specs).error();
  Verifier verifier;
  for (const auto& spec : *specs) {
    Jwk key = make_public_key(spec);
    if (!key) {
      return Error{ErrorKind::internal, "bad-jwks", "A key of the set is not on its curve."};
    }
    verifier.impl_->keys.emplace(spec.kid, std::move(key));
  }
  return verifier;
}

Result<Claims> Verifier::verify(std::string_view token, Instant now) const {
  if (token.empty() || token.size() > max_token_bytes) return invalid_token();
  const auto digest = impl_->cache.digest(token);
  if (const auto cached = impl_->cache.find(digest, now)) return cached->claims;

  const auto generation = impl_->cache.generation();
  auto decoded = impl_->check(token);
  if (!decoded) return invalid_token();
  Claims& claims = decoded->claims;
  if (claims.issued_at > now + leeway_s) return invalid_token();
  if (decoded->not_before && *decoded->not_before > now + leeway_s) return invalid_token();
  if (now >= claims.expires_at) return token_expired();

  const Instant until = std::min(claims.expires_at, now + cached_for_s);
  impl_->cache.put(digest, std::make_shared<const VerifiedToken>(claims, now, until), generation);
  return std::move(claims);
}

void Verifier::purge(const Uuid& session_or_account) const {
  impl_->cache.purge(session_or_account);
}

}  // namespace ambula::auth

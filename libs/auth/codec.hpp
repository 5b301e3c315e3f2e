#pragma once

// Between the bytes of tokens and key sets and plain structs. For libs/auth itself.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/auth/principal.hpp>
#include <ambula/base/result.hpp>

namespace ambula::auth {

/// The key a token names, when its header is exactly {alg: ES256, typ: at+jwt, kid}. Our own
/// gateway is the only issuer, so any further member (jku, jwk, x5u, crit, b64 …) is a forgery:
/// nullopt.
std::optional<std::string> decode_token_header(std::string_view json);

/// Claims as a token carries them, times not yet compared with a clock.
struct DecodedClaims {
  Claims claims;
  std::optional<Instant> not_before;
};

/// Issuer, audience, ids, roles and times must be there in their exact types. Claims it does not
/// know are ignored, so that a newer gateway may add one while services are still old.
std::optional<DecodedClaims> decode_claims(std::string_view json);
std::string encode_claims(const Claims& claims, std::string_view token_id);

/// One EC P-256 public key of a JWKS; coordinates are 32 raw bytes each.
struct PublicKeySpec {
  std::string kid;
  std::string x;
  std::string y;
};
Result<std::vector<PublicKeySpec>> decode_jwks(std::string_view json);

}  // namespace ambula::auth

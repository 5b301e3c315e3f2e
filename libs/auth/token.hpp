#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/auth/principal.hpp>
#include <ambula/base/result.hpp>

namespace ambula::auth {

/// Access tokens are JWTs (RFC 7519) signed with ES256, typ `at+jwt`, iss `ambula`, aud `ambula`,
/// `kid` = RFC 7638 thumbprint of the key.
class Signer {
 public:
  /// A PEM file with a P-256 private key (PKCS#8 or SEC1). The error names the fault, never the
  /// content.
  static Result<Signer> from_pem(std::string_view pem);
  /// A new key as PKCS#8 PEM, for development and first starts.
  static std::string generate_pem();
  ~Signer();
  Signer(Signer&&) noexcept;
  Signer& operator=(Signer&&) noexcept;

  std::string sign(const Claims& claims) const;
  const std::string& kid() const;
  /// The public key as a JWK object.
  const std::string& public_jwk() const;

 private:
  Signer();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Verifies access tokens against a JWKS. Thread-safe. A verified token is cached until it expires
/// (at most 60 s, at most 100 000 tokens) under a keyed digest, so that the signature costs once.
class Verifier {
 public:
  /// `jwks` is a JSON Web Key Set; every key must be EC P-256 with a kid.
  static Result<Verifier> from_jwks(std::string_view jwks);
  ~Verifier();
  Verifier(Verifier&&) noexcept;
  Verifier& operator=(Verifier&&) noexcept;

  /// Exact algorithm, type, issuer, audience, times (whole seconds; leeway 30 s on iat/nbf, none on
  /// exp), at most 4 KiB, no unknown
  /// critical headers; any fault is 401 `invalid-token`, an expired one 401 `token-expired`.
  Result<Claims> verify(std::string_view token, Instant now) const;
  /// Forgets cached tokens of a session or account, also those being verified right now. They
  /// verify again by their signature: whether a session has ended is asked of the rows of
  /// sign-outs.
  void purge(const Uuid& session_or_account) const;

 private:
  Verifier();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Joins public JWKs into a JWKS document.
std::string make_jwks(const std::vector<std::string>& jwks);

}  // namespace ambula::auth

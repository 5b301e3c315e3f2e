#pragma once

// P-256 keys as libcjose wants them, loaded with OpenSSL. For libs/auth itself.

#include <cjose/cjose.h>
#include <memory>
#include <string>
#include <string_view>

#include <ambula/auth/codec.hpp>
#include <ambula/base/result.hpp>

namespace ambula::auth {

/// Leaves the thread's OpenSSL error queue as empty as it was: a refused token must not show up
/// later as the cause of somebody else's TLS failure.
class CleanErrorQueue {
 public:
  CleanErrorQueue() = default;
  ~CleanErrorQueue();
  CleanErrorQueue(const CleanErrorQueue&) = delete;
  CleanErrorQueue& operator=(const CleanErrorQueue&) = delete;
};

struct ReleaseJwk {
  void operator()(cjose_jwk_t* jwk) const { cjose_jwk_release(jwk); }
};
using Jwk = std::unique_ptr<cjose_jwk_t, ReleaseJwk>;

struct ReleaseJws {
  void operator()(cjose_jws_t* jws) const { cjose_jws_release(jws); }
};
using Jws = std::unique_ptr<cjose_jws_t, ReleaseJws>;

struct SigningKey {
  Jwk jwk;
  std::string kid;  ///< RFC 7638 thumbprint
  std::string public_jwk;
};

Result<SigningKey> load_signing_key(std::string_view pem);
std::string generate_key_pem();

/// nullptr when the point is not on the curve.
Jwk make_public_key(const PublicKeySpec& spec);

}  // namespace ambula::auth

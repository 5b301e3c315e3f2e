#include <ambula/auth/codec.hpp>
#include <ambula/auth/keys.hpp>
#include <ambula/auth/password.hpp>
#include <ambula/auth/token.hpp>
#include <ambula/base/check.hpp>

namespace ambula::auth {
namespace {

struct ReleaseHeader {
  void operator()(cjose_header_t* header) const { cjose_header_release(header); }
};
using Header = std::unique_ptr<cjose_header_t, ReleaseHeader>;

constexpr int token_id_bytes = 12;

Header make_header(const std::string& kid) {
  cjose_err fault{};
  Header header(cjose_header_new(&fault));
  AMBULA_CHECK(header != nullptr);
  AMBULA_CHECK(cjose_header_set(header.get(), CJOSE_HDR_ALG, CJOSE_HDR_ALG_ES256, &fault));
  AMBULA_CHECK(cjose_header_set(header.get(), "typ", "at+jwt", &fault));
  AMBULA_CHECK(cjose_header_set(header.get(), CJOSE_HDR_KID, kid.c_str(), &fault));
  return header;
}

}  // namespace

struct Signer::Impl {
  SigningKey key;
};

Signer::Signer() : impl_(std::make_unique<Impl>()) {}
Signer::~Signer() = default;
Signer::Signer(Signer&&) noexcept = default;
Signer& Signer::operator=(Signer&&) noexcept = default;

Result<Signer> Signer::from_pem(std::string_view pem) {
  auto key = load_signing_key(pem);
  if (!key) return std::move(key).error();
  Signer signer;
  signer.impl_->key = std::move(*key);
  return signer;
}

std::string Signer::generate_pem() {
  return generate_key_pem();
}

std::string Signer::sign(const Claims& claims) const {
  const CleanErrorQueue clean;
  const std::string payload = encode_claims(claims, random_token(token_id_bytes));
  // A header of its own for each call: cjose counts references to it without a lock.
  const Header header = make_header(impl_->key.kid);
  cjose_err fault{};
  const Jws jws(cjose_jws_sign(impl_->key.jwk.get(), header.get(),
                               reinterpret_cast<const std::uint8_t*>(payload.data()),
                               payload.size(), &fault));
  AMBULA_CHECK(jws != nullptr);
  const char* compact = nullptr;  // belongs to the JWS
  AMBULA_CHECK(cjose_jws_export(jws.get(), &compact, &fault));
  return compact;
}

const std::string& Signer::kid() const {
  return impl_->key.kid;
}
const std::string& Signer::public_jwk() const {
  return impl_->key.public_jwk;
}

std::string make_jwks(const std::vector<std::string>& jwks) {
  std::string text = R"({"keys":[)";
  for (std::size_t i = 0; i < jwks.size(); ++i) {
    if (i > 0) text += ',';
    text += jwks[i];
  }
  return text + "]}";
}

}  // namespace ambula::auth

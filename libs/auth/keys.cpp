#include <algorithm>
#include <array>
#include <cstdint>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <ambula/auth/keys.hpp>
#include <ambula/base/check.hpp>
#include <ambula/base/text.hpp>

namespace ambula::auth {
namespace {

template <auto function>
struct Free {
  template <class T>
  void operator()(T* object) const {
    function(object);
  }
};
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Free<BN_clear_free>>;

constexpr std::size_t max_pem_bytes = 16 * 1024;
constexpr int coordinate_bytes = 32;
using Coordinate = std::array<std::uint8_t, coordinate_bytes>;

Error bad_key(std::string_view detail) {
  return Error{ErrorKind::internal, "bad-signing-key", detail};
}

/// Without it OpenSSL asks the terminal for the pass phrase of an encrypted key and waits.
int no_pass_phrase(char*, int, int, void*) {
  return -1;
}

bool is_p256(const EVP_PKEY* key) {
  std::array<char, 64> name{};
  std::size_t length = 0;
  return EVP_PKEY_is_a(key, "EC") == 1 &&
         EVP_PKEY_get_group_name(key, name.data(), name.size(), &length) == 1 &&
         std::string_view(name.data(), length) == "prime256v1";
}

bool is_consistent(EVP_PKEY* key) {
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  return context && EVP_PKEY_check(context.get()) == 1;
}

bool read_number(const EVP_PKEY* key, const char* name, Coordinate& out) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &raw) != 1) return false;
  const Number number(raw);
  return BN_bn2binpad(number.get(), out.data(), coordinate_bytes) == coordinate_bytes;
}

std::string encode(const Coordinate& bytes) {
  return base64url_encode({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

/// RFC 7638: the SHA-256 of the required members in the order of the alphabet.
std::string thumbprint(const std::string& x, const std::string& y) {
  const std::string canonical =
      R"({"crv":"P-256","kty":"EC","x":")" + x + R"(","y":")" + y + R"("})";
  Coordinate digest{};
  AMBULA_CHECK(EVP_Digest(canonical.data(), canonical.size(), digest.data(), nullptr, EVP_sha256(),
                          nullptr) == 1);
  return encode(digest);
}

Jwk make_jwk(Coordinate& x, Coordinate& y, Coordinate* d) {
  cjose_jwk_ec_keyspec spec{};
  spec.crv = CJOSE_JWK_EC_P_256;
  spec.x = x.data();
  spec.xlen = x.size();
  spec.y = y.data();
  spec.ylen = y.size();
  if (d != nullptr) {
    spec.d = d->data();
    spec.dlen = d->size();
  }
  cjose_err fault{};
  return Jwk(cjose_jwk_create_EC_spec(&spec, &fault));
}

Coordinate to_coordinate(std::string_view bytes) {
  AMBULA_CHECK(bytes.size() == coordinate_bytes);
  Coordinate out{};
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

Result<SigningKey> to_signing_key(const EVP_PKEY* key) {
  Coordinate x{};
  Coordinate y{};
  Coordinate d{};
  if (!read_number(key, OSSL_PKEY_PARAM_EC_PUB_X, x) ||
      !read_number(key, OSSL_PKEY_PARAM_EC_PUB_Y, y) ||
      !read_number(key, OSSL_PKEY_PARAM_PRIV_KEY, d)) {
    return bad_key("The key cannot be read as numbers.");
  }
  SigningKey made;
  const std::string encoded_x = encode(x);
  const std::string encoded_y = encode(y);
  made.jwk = make_jwk(x, y, &d);
  OPENSSL_cleanse(d.data(), d.size());
  if (!made.jwk) return bad_key("The key was not accepted.");
  made.kid = thumbprint(encoded_x, encoded_y);
  made.public_jwk = R"({"kty":"EC","crv":"P-256","x":")" + encoded_x + R"(","y":")" + encoded_y +
                    R"(","kid":")" + made.kid + R"(","use":"sig","alg":"ES256"})";
  return made;
}

}  // namespace

CleanErrorQueue::~CleanErrorQueue() {
  ERR_clear_error();
}

Result<SigningKey> load_signing_key(std::string_view pem) {
  const CleanErrorQueue clean;
  if (pem.empty() || pem.size() > max_pem_bytes)
    return bad_key("The key file is empty or too large.");
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  AMBULA_CHECK(bio != nullptr);
  const Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_pass_phrase, nullptr));
  if (!key) return bad_key("The file holds no PEM private key, or it is encrypted.");
  if (!is_p256(key.get())) return bad_key("The key is not an EC key on the curve P-256.");
  if (!is_consistent(key.get())) return bad_key("The key's private and public parts do not fit.");
  return to_signing_key(key.get());
}

std::string generate_key_pem() {
  const CleanErrorQueue clean;
  const Key key(EVP_EC_gen("P-256"));
  AMBULA_CHECK(key != nullptr);
  const Bio bio(BIO_new(BIO_s_secmem()));
  AMBULA_CHECK(bio != nullptr);
  AMBULA_CHECK(PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                             nullptr) == 1);
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &data);
  AMBULA_CHECK(length > 0);
  return {data, static_cast<std::size_t>(length)};
}

Jwk make_public_key(const PublicKeySpec& spec) {
  const CleanErrorQueue clean;
  Coordinate x = to_coordinate(spec.x);
  Coordinate y = to_coordinate(spec.y);
  return make_jwk(x, y, nullptr);
}

}  // namespace ambula::auth

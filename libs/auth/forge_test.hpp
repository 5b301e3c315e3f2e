#pragma once

// Tokens of any shape, honestly or dishonestly signed, made with OpenSSL alone: what the tests
// present to the verifier must not come from the code under test.

#include <array>
#include <memory>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <string>
#include <string_view>

#include <ambula/base/text.hpp>

namespace forge {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::shared_ptr<EVP_PKEY>;

inline Key own(EVP_PKEY* key) {
  return {key, FreeKey{}};
}
inline Key ec_key(const char* curve) {
  return own(EVP_EC_gen(curve));
}
inline Key rsa_key() {
  return own(EVP_RSA_gen(2048));
}

inline std::string bio_text(BIO* bio) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<std::size_t>(length));
  BIO_free(bio);
  return text;
}

inline std::string private_pem(const Key& key) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PKCS8PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return bio_text(bio);
}

inline std::string encrypted_pem(const Key& key) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PKCS8PrivateKey(bio, key.get(), EVP_aes_256_cbc(), "secret", 6, nullptr, nullptr);
  return bio_text(bio);
}

inline std::string sec1_pem(const Key& key) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey_traditional(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return bio_text(bio);
}

inline std::string public_pem(const Key& key) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PUBKEY(bio, key.get());
  return bio_text(bio);
}

inline Key key_of(const std::string& pem) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  Key key = own(PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr));
  BIO_free(bio);
  return key;
}

/// What OpenSSL makes of it: DER for EC keys, PKCS#1 v1.5 for RSA keys.
inline std::string plain_signature(const Key& key, const EVP_MD* digest, std::string_view text) {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestSignInit(context, nullptr, digest, nullptr, key.get());
  std::string signature(1024, '\0');
  std::size_t length = signature.size();
  EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &length,
                 reinterpret_cast<const unsigned char*>(text.data()), text.size());
  EVP_MD_CTX_free(context);
  signature.resize(length);
  return signature;
}

/// r and s side by side. With `malleate`, s becomes n − s, which is as valid.
inline std::string raw_signature(const std::string& der, int bytes, bool malleate = false) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  ECDSA_SIG* parts = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
  std::string raw(static_cast<std::size_t>(2 * bytes), '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(parts), out, bytes);
  BIGNUM* s = BN_dup(ECDSA_SIG_get0_s(parts));
  if (malleate) {
    BIGNUM* order = nullptr;
    BN_hex2bn(&order, "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
    BN_sub(s, order, s);
    BN_free(order);
  }
  BN_bn2binpad(s, out + bytes, bytes);
  BN_free(s);
  ECDSA_SIG_free(parts);
  return raw;
}

inline std::string hmac(std::string_view secret, std::string_view text) {
  std::string mac(32, '\0');
  unsigned int length = 32;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       reinterpret_cast<unsigned char*>(mac.data()), &length);
  return mac;
}

inline std::string signing_input(std::string_view header, std::string_view payload) {
  return ambula::base64url_encode(header) + "." + ambula::base64url_encode(payload);
}

inline std::string join(const std::string& input, std::string_view signature) {
  return input + "." + ambula::base64url_encode(signature);
}

inline std::string es256(const Key& key, std::string_view header, std::string_view payload) {
  const std::string input = signing_input(header, payload);
  return join(input, raw_signature(plain_signature(key, EVP_sha256(), input), 32));
}

/// Signs header and payload segments given in their final spelling.
inline std::string es256_segments(const Key& key, const std::string& header,
                                  const std::string& payload) {
  const std::string input = header + "." + payload;
  return join(input, raw_signature(plain_signature(key, EVP_sha256(), input), 32));
}

inline std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const auto at = text.find(what);
  if (at == std::string::npos) std::abort();  // a forgery that forges nothing proves nothing
  return text.replace(at, what.size(), with);
}

}  // namespace forge

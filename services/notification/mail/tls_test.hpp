#pragma once

// A certificate of a test's own for 127.0.0.1, and the server's end of TLS on a socket.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string>
#include <unistd.h>

namespace ambula::notification::mail::scripted_smtp {

class Certificate {
 public:
  Certificate() : key_(EVP_EC_gen("P-256")), certificate_(X509_new()) {
    X509_set_version(certificate_, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate_), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate_), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate_), 3600);
    X509_set_pubkey(certificate_, key_);
    auto* name = X509_get_subject_name(certificate_);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(certificate_, name);
    add(NID_subject_alt_name, "IP:127.0.0.1");
    add(NID_basic_constraints, "critical,CA:TRUE");
    X509_sign(certificate_, key_, EVP_sha256());
    path_ = std::filesystem::temp_directory_path() /
            ("ambula-smtp-" + std::to_string(getpid()) + ".pem");
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path_.c_str(), "w"),
                                                               &std::fclose);
    PEM_write_X509(file.get(), certificate_);
  }
  ~Certificate() {
    std::filesystem::remove(path_);
    X509_free(certificate_);
    EVP_PKEY_free(key_);
  }
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  std::string path() const { return path_.string(); }
  void use_in(SSL_CTX* context) const {
    SSL_CTX_use_certificate(context, certificate_);
    SSL_CTX_use_PrivateKey(context, key_);
  }

 private:
  void add(int what, const char* value) {
    auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, what, value);
    X509_add_ext(certificate_, extension, -1);
    X509_EXTENSION_free(extension);
  }

  EVP_PKEY* key_;
  X509* certificate_;
  std::filesystem::path path_;
};

/// The server's end; plain until `begin`.
class Wire {
 public:
  explicit Wire(int socket) : socket_(socket) {}
  ~Wire() { SSL_free(ssl_); }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  bool begin(SSL_CTX* context) {
    ssl_ = SSL_new(context);
    SSL_set_fd(ssl_, socket_);
    return SSL_accept(ssl_) == 1;
  }
  bool encrypted() const { return ssl_ != nullptr; }
  long receive(char* bytes, int size) {
    if (ssl_ != nullptr) return SSL_read(ssl_, bytes, size);
    return recv(socket_, bytes, static_cast<std::size_t>(size), 0);
  }
  bool say(const std::string& text) {
    if (ssl_ != nullptr) return SSL_write(ssl_, text.data(), static_cast<int>(text.size())) > 0;
    return ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) > 0;
  }

 private:
  int socket_;
  SSL* ssl_{nullptr};
};

}  // namespace ambula::notification::mail::scripted_smtp

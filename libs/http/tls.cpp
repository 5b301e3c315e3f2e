#include "tls.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <ctime>
#include <filesystem>
#include <new>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "tls_session.hpp"

namespace ambula::http {
namespace {

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using ContextPtr = std::unique_ptr<SSL_CTX, FreeContext>;
struct FreeSession {
  void operator()(SSL* session) const { SSL_free(session); }
};

constexpr std::size_t output_bytes_kept = std::size_t{32} * 1024;
// Forward secrecy and authenticated encryption; TLS 1.3 has nothing else.
constexpr const char* tls_1_2_ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

Error cannot_use(const std::string& file, std::string_view fault) {
  return Error{ErrorKind::unavailable, "bad-certificate", file + ": " + std::string(fault)};
}

/// We speak HTTP/1.1; a client that wants something else only is told nothing.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* offered, unsigned int offered_size, void*) {
  static constexpr std::array<unsigned char, 9> ours{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* chosen = nullptr;
  const int found =
      SSL_select_next_proto(&chosen, out_size, ours.data(), ours.size(), offered, offered_size);
  if (found != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

Result<ContextPtr> read_context(const std::string& certificate_file, const std::string& key_file) {
  ContextPtr context(SSL_CTX_new(TLS_server_method()));
  if (!context) return cannot_use(certificate_file, "TLS cannot be set up");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                         SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);  // tickets need no memory
  SSL_CTX_set_num_tickets(context.get(), 1);
  SSL_CTX_set_cipher_list(context.get(), tls_1_2_ciphers);
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  const bool has_chain =
      SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) == 1;
  const bool has_key = has_chain && SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(),
                                                                SSL_FILETYPE_PEM) == 1;
  const bool fit = has_key && SSL_CTX_check_private_key(context.get()) == 1;
  ERR_clear_error();
  if (!has_chain) return cannot_use(certificate_file, "holds no PEM certificate");
  if (!has_key) return cannot_use(key_file, "holds no PEM private key of the certificate");
  if (!fit) return cannot_use(key_file, "is not the key of the certificate");
  return context;
}

Instant end_of(const SSL_CTX* context) {
  std::tm utc{};
  ASN1_TIME_to_tm(X509_get0_notAfter(SSL_CTX_get0_certificate(context)), &utc);
  return Instant{std::chrono::seconds(timegm(&utc))};
}

std::string stamp_of(const std::string& file) {
  std::error_code error;
  const auto written = std::filesystem::last_write_time(file, error);
  const auto size = std::filesystem::file_size(file, error);
  return error ? ""
               : std::to_string(written.time_since_epoch().count()) + ":" + std::to_string(size);
}

}  // namespace

struct TlsCertificate::Context {
  ContextPtr context;
  Instant expires_at;
};

TlsCertificate::TlsCertificate(std::string certificate_file, std::string key_file)
    : certificate_file_(std::move(certificate_file)), key_file_(std::move(key_file)) {}

TlsCertificate::~TlsCertificate() = default;

Result<std::shared_ptr<TlsCertificate>> TlsCertificate::load(std::string certificate_file,
                                                             std::string key_file) {
  std::shared_ptr<TlsCertificate> made(
      new TlsCertificate(std::move(certificate_file), std::move(key_file)));
  // Even one past its end: whoever must connect may accept it, and a start without TLS helps
  // nobody.
  if (auto usable = made->use(/*expired=*/true); !usable) return usable.error();
  return made;
}

Result<void> TlsCertificate::reload() {
  return use(/*expired=*/false);
}

Result<void> TlsCertificate::use(bool expired) {
  // Taken before reading: what is written meanwhile is read at the next look.
  auto stamp = stamp_of(certificate_file_) + "/" + stamp_of(key_file_);
  auto context = read_context(certificate_file_, key_file_);
  if (!context) return context.error();
  const auto end = end_of(context->get());
  if (!expired && end <= system_now()) return cannot_use(certificate_file_, "is past its end");
  const std::lock_guard lock(mutex_);
  present_ = std::make_shared<Context>(Context{*std::move(context), end});
  stamp_ = std::move(stamp);
  return {};
}

bool TlsCertificate::is_outdated() const {
  const auto stamp = stamp_of(certificate_file_) + "/" + stamp_of(key_file_);
  const std::lock_guard lock(mutex_);
  return stamp != stamp_;
}

Instant TlsCertificate::expires_at() const {
  return present()->expires_at;
}

std::shared_ptr<TlsCertificate::Context> TlsCertificate::present() const {
  const std::lock_guard lock(mutex_);
  return present_;
}

struct TlsSession::Impl {
  std::shared_ptr<TlsCertificate::Context> context;
  std::unique_ptr<SSL, FreeSession> ssl;
  BIO* in{nullptr};   ///< owned by ssl
  BIO* out{nullptr};  ///< owned by ssl
};

TlsSession::TlsSession(std::shared_ptr<TlsCertificate::Context> context)
    : impl_(std::make_unique<Impl>()) {
  impl_->context = std::move(context);
  impl_->ssl.reset(SSL_new(impl_->context->context.get()));
  impl_->in = BIO_new(BIO_s_mem());
  impl_->out = BIO_new(BIO_s_mem());
  if (!impl_->ssl || impl_->in == nullptr || impl_->out == nullptr) throw std::bad_alloc();
  SSL_set_bio(impl_->ssl.get(), impl_->in, impl_->out);
  SSL_set_accept_state(impl_->ssl.get());
}

TlsSession::~TlsSession() = default;

TlsSession::Handshake TlsSession::handshake() {
  const int result = SSL_do_handshake(impl_->ssl.get());
  const int why = SSL_get_error(impl_->ssl.get(), result);
  ERR_clear_error();
  if (result == 1) return Handshake::done;
  return why == SSL_ERROR_WANT_READ ? Handshake::needs_more : Handshake::failed;
}

void TlsSession::receive(std::string_view ciphertext) {
  BIO_write(impl_->in, ciphertext.data(), static_cast<int>(ciphertext.size()));
}

std::ptrdiff_t TlsSession::read(char* to, std::size_t room) {
  const int size =
      SSL_read(impl_->ssl.get(), to, static_cast<int>(std::min<std::size_t>(room, INT_MAX)));
  const int why = SSL_get_error(impl_->ssl.get(), size);
  ERR_clear_error();
  if (size > 0) return size;
  return why == SSL_ERROR_WANT_READ ? 0 : -1;
}

bool TlsSession::write(std::string_view plain) {
  while (!plain.empty()) {
    const auto part = std::min<std::size_t>(plain.size(), 1024 * 1024);
    const int size = SSL_write(impl_->ssl.get(), plain.data(), static_cast<int>(part));
    ERR_clear_error();
    if (size <= 0) return false;
    plain.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

void TlsSession::close() {
  if (SSL_is_init_finished(impl_->ssl.get()) == 1) SSL_shutdown(impl_->ssl.get());
  ERR_clear_error();
}

std::string TlsSession::take_output() {
  std::string output(BIO_ctrl_pending(impl_->out), '\0');
  if (!output.empty()) BIO_read(impl_->out, output.data(), static_cast<int>(output.size()));
  if (output.size() > output_bytes_kept) {
    // A BIO never shrinks, and the connection may be kept for long.
    impl_->out = BIO_new(BIO_s_mem());
    if (impl_->out == nullptr) throw std::bad_alloc();
    SSL_set0_wbio(impl_->ssl.get(), impl_->out);
  }
  return output;
}

}  // namespace ambula::http

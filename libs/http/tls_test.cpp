#include "tls.hpp"

#include <arpa/inet.h>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <ambula/http/server.hpp>
#include <gtest/gtest.h>

// TLS at the server: 1.2 and newer, whatever the size, with certificates that are renewed while it
// runs [ID-13]. The client is OpenSSL on a blocking socket.
namespace ambula::http::tls_test {

using namespace std::chrono_literals;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(std::FILE* file) const { std::fclose(file); }
};
template <class T>
using Own = std::unique_ptr<T, Free>;

/// A folder with a self-signed certificate and its key.
class Files {
 public:
  Files() {
    std::string pattern = (std::filesystem::temp_directory_path() / "ambula-tls-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~Files() { std::filesystem::remove_all(folder_); }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;

  std::string certificate() const { return folder_ + "/tls.crt"; }
  std::string key() const { return folder_ + "/tls.key"; }

  void write(long serial, long seconds_left = 3600) const {
    const Own<EVP_PKEY> pair(EVP_EC_gen("P-256"));
    const Own<X509> made(X509_new());
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -7200);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), seconds_left);
    X509_set_pubkey(made.get(), pair.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
    X509_set_issuer_name(made.get(), X509_get_subject_name(made.get()));
    X509_sign(made.get(), pair.get(), EVP_sha256());
    const Own<std::FILE> certificate_file(std::fopen(certificate().c_str(), "w"));
    PEM_write_X509(certificate_file.get(), made.get());
    const Own<std::FILE> key_file(std::fopen(key().c_str(), "w"));
    PEM_write_PrivateKey(key_file.get(), pair.get(), nullptr, nullptr, 0, nullptr, nullptr);
  }

 private:
  std::string folder_;
};

/// One connection.
class Client {
 public:
  explicit Client(std::uint16_t port, int max_version = 0)
      : context_(SSL_CTX_new(TLS_client_method())) {
    socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    const timeval limit{10, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    if (max_version != 0) {
      SSL_CTX_set_min_proto_version(context_.get(), max_version);
      SSL_CTX_set_max_proto_version(context_.get(), max_version);
      SSL_CTX_set_cipher_list(context_.get(), "ALL:@SECLEVEL=0");
    }
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), socket_);
    connected_ = SSL_connect(ssl_.get()) == 1;
    ERR_clear_error();
  }
  ~Client() {
    ssl_.reset();
    ::close(socket_);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool connected() const { return connected_; }
  int version() const { return SSL_version(ssl_.get()); }
  long serial() const {
    const Own<X509> certificate(SSL_get1_peer_certificate(ssl_.get()));
    return ASN1_INTEGER_get(X509_get0_serialNumber(certificate.get()));
  }
  void send(std::string_view text) const {
    ASSERT_EQ(SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())),
              static_cast<int>(text.size()));
  }
  std::string read_to_end() const {
    std::string all;
    std::array<char, 8192> part{};
    int size = 0;
    while ((size = SSL_read(ssl_.get(), part.data(), part.size())) > 0)
      all.append(part.data(), static_cast<std::size_t>(size));
    // Told that it ends, not cut off.
    EXPECT_EQ(SSL_get_error(ssl_.get(), size), SSL_ERROR_ZERO_RETURN);
    ERR_clear_error();
    return all;
  }

 private:
  Own<SSL_CTX> context_;
  Own<SSL> ssl_;
  int socket_{-1};
  bool connected_{false};
};

class Tls : public ::testing::Test {
 protected:
  void SetUp() override {
    files.write(1);
    auto loaded = TlsCertificate::load(files.certificate(), files.key());
    ASSERT_TRUE(loaded) << loaded.error().detail;
    certificate = *std::move(loaded);
    loop.start();
    server = std::make_unique<Server>(
        loop, ServerOptions{.head_timeout = 500ms, .tls = certificate},
        [this](const std::shared_ptr<Request>& request, const Respond& respond) {
          Response response;
          response.body = request->body.empty() ? big : request->body;
          if (request->path == "/stream") {
            response.stream = std::make_shared<Channel>(1024 * 1024);
            response.stream->push("first ");
            response.stream->push("second");
            response.stream->finish();
          }
          respond(std::move(response));
        });
    ASSERT_TRUE(server->start());
  }
  void TearDown() override {
    server.reset();
    loop.stop();
  }

  Files files;
  std::shared_ptr<TlsCertificate> certificate;
  const std::string big = std::string(3'000'000, 'x');
  Loop loop;
  std::unique_ptr<Server> server;
};

TEST_F(Tls, AnswersOverTls13AndTls12) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const Client client(server->port(), version);
    ASSERT_TRUE(client.connected());
    EXPECT_EQ(client.version(), version);
    client.send("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    const auto answer = client.read_to_end();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200"));
    EXPECT_TRUE(answer.ends_with(big));
  }
}

TEST_F(Tls, TakesLargeBodiesAndSeveralRequestsOfOneConnection) {
  const Client client(server->port());
  const std::string body(600'000, 'b');
  client.send("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 600000\r\n\r\n");
  client.send(body);
  client.send("GET /stream HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
  const auto answers = client.read_to_end();
  EXPECT_NE(answers.find(body), std::string::npos);
  EXPECT_NE(answers.find("first second"), std::string::npos);
}

TEST_F(Tls, RefusesOldVersionsAndPlainText) {
  EXPECT_FALSE(Client(server->port(), TLS1_1_VERSION).connected());
  const Client good(server->port());
  EXPECT_TRUE(good.connected());
  // Plain text is answered by an alert at most, and the connection ends.
  const int plain = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server->port());
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  ASSERT_EQ(::connect(plain, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const std::string_view request = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
  ASSERT_GT(::send(plain, request.data(), request.size(), MSG_NOSIGNAL), 0);
  std::array<char, 256> told{};
  const auto size = ::recv(plain, told.data(), told.size(), 0);
  EXPECT_EQ(std::string_view(told.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)))
                .find("HTTP"),
            std::string_view::npos);
  ::close(plain);
}

TEST_F(Tls, GivesUpOnWhoSaysNothing) {
  const int silent = ::socket(AF_INET, SOCK_STREAM, 0);
  const timeval limit{10, 0};
  setsockopt(silent, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server->port());
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  ASSERT_EQ(::connect(silent, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  char none = 0;
  EXPECT_EQ(::recv(silent, &none, 1, 0), 0);
  ::close(silent);
}

TEST_F(Tls, ShowsARenewedCertificateToNewConnections) {
  const Client before(server->port());
  EXPECT_EQ(before.serial(), 1);
  EXPECT_FALSE(certificate->is_outdated());
  files.write(2);
  EXPECT_TRUE(certificate->is_outdated());
  ASSERT_TRUE(certificate->reload());
  EXPECT_FALSE(certificate->is_outdated());
  EXPECT_EQ(Client(server->port()).serial(), 2);
  // The one that was open goes on.
  before.send("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
  EXPECT_TRUE(before.read_to_end().ends_with(big));
  // One that cannot be used changes nothing.
  std::ofstream(files.certificate()) << "nonsense";
  EXPECT_EQ(certificate->reload().error().code, "bad-certificate");
  EXPECT_TRUE(certificate->is_outdated());
  files.write(3, -60);
  EXPECT_TRUE(certificate->reload().error().detail.ends_with("is past its end"));
  EXPECT_EQ(Client(server->port()).serial(), 2);
}

TEST_F(Tls, TellsWhenTheCertificateEnds) {
  const auto left = certificate->expires_at() - system_now();
  EXPECT_GT(left, 59min);
  EXPECT_LE(left, 60min);
}

TEST_F(Tls, KeepsConnectionsApart) {
  // All read into one buffer of the server's.
  const Client one(server->port());
  const Client other(server->port());
  const std::string first(100'000, '1');
  const std::string second(100'000, '2');
  for (const auto* client : {&one, &other})
    client->send(
        "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 100000\r\n\r\n");
  for (std::size_t at = 0; at < first.size(); at += 10'000) {
    one.send(std::string_view(first).substr(at, 10'000));
    other.send(std::string_view(second).substr(at, 10'000));
  }
  EXPECT_TRUE(one.read_to_end().ends_with("\r\n\r\n" + first));
  EXPECT_TRUE(other.read_to_end().ends_with("\r\n\r\n" + second));
}

TEST(TlsCertificates, NameTheFileThatCannotBeUsed) {
  Files one;
  one.write(1);
  Files other;
  other.write(2);
  const auto wrong_key = TlsCertificate::load(one.certificate(), other.key());
  ASSERT_FALSE(wrong_key);
  EXPECT_TRUE(wrong_key.error().detail.starts_with(other.key()));
  const auto absent = TlsCertificate::load("/nowhere/tls.crt", one.key());
  ASSERT_FALSE(absent);
  EXPECT_TRUE(absent.error().detail.starts_with("/nowhere/tls.crt"));
}

}  // namespace ambula::http::tls_test

#pragma once

// Private to libs/http/*.cpp: the TLS of one connection, between two buffers. It knows no socket,
// so that reading and writing stay where they are without TLS.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <ambula/http/tls.hpp>

namespace ambula::http {

class TlsSession {
 public:
  explicit TlsSession(std::shared_ptr<TlsCertificate::Context> context);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  enum class Handshake { done, needs_more, failed };
  Handshake handshake();

  /// What came from the socket.
  void receive(std::string_view ciphertext);
  /// Plain bytes into `to`: how many, 0 when more must be received first, -1 at the end.
  std::ptrdiff_t read(char* to, std::size_t room);

  /// False when nothing can be sent any more.
  bool write(std::string_view plain);
  /// Tells the peer that no more will come.
  void close();
  /// What is to be sent on the socket.
  std::string take_output();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ambula::http

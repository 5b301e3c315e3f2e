#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <ambula/base/result.hpp>
#include <ambula/http/loop.hpp>
#include <ambula/http/message.hpp>
#include <ambula/http/tls.hpp>

namespace ambula::http {

struct ServerOptions {
  std::string address{"127.0.0.1"};
  std::uint16_t port{0};  ///< 0 = any free one, see Server::port
  /// At the limit the one that has been idle for longest gives its place to who comes.
  std::size_t connections_max{2048};
  std::size_t in_flight_max{256};  ///< beyond it 503 with Retry-After at once
  std::size_t head_bytes_max{16 * 1024};
  std::size_t header_count_max{64};
  std::size_t body_bytes_max{1024 * 1024};  ///< beyond it 413 and close
  /// Bodies of all requests that are being received or in work; beyond it 503 and close.
  std::size_t bodies_bytes_max{std::size_t{64} * 1024 * 1024};
  /// Answers that wait for slow readers; beyond it the one who has taken longest is cut.
  std::size_t unsent_bytes_max{std::size_t{64} * 1024 * 1024};
  std::chrono::milliseconds head_timeout{
      5000};  ///< from the first byte of a request to the end of its head
  std::chrono::milliseconds body_timeout{
      10000};  ///< from the end of the head to the end of the body
  std::chrono::milliseconds idle_timeout{60000};   ///< between requests of a kept connection
  std::chrono::milliseconds write_timeout{10000};  ///< one write to a slow reader
  std::chrono::milliseconds total_timeout{30000};  ///< from head to answer; streams are exempt
  std::shared_ptr<const TlsCertificate> tls{};     ///< none: plain
  /// Whether a request may shorten its own time by `ambula-deadline-ms`: the gateway says so to the
  /// services, a stranger to nobody.
  bool heeds_deadline_field{true};
};

/// Sends the answer. Callable once, from any thread.
using Respond = std::function<void(Response)>;
/// Runs on the I/O thread and must not block: it hands the request on and returns.
using Handler = std::function<void(std::shared_ptr<Request>, Respond)>;

/// HTTP/1.1 server with strict validation of the raw head (docs/security.md, "Request heads"),
/// limits on everything, keep-alive and safe pipelining (one request of a connection at a time).
/// What it refuses itself (400, 408, 413, 414, 417, 431, 503, 505) is answered as problem+json and
/// closes.
class Server {
 public:
  Server(Loop& loop, ServerOptions options, Handler handler);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Binds and accepts. The error names address and port.
  Result<void> start();
  std::uint16_t port() const;

  /// Stops accepting and closes idle connections; answers in flight end with `Connection: close`.
  void begin_drain();
  /// Waits until no request is in flight; false at the deadline (what is left is then cut).
  bool wait_drained(std::chrono::milliseconds limit);

  std::size_t connections() const;
  std::size_t in_flight() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace ambula::http

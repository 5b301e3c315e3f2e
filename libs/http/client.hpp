#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include <ambula/base/result.hpp>
#include <ambula/http/loop.hpp>
#include <ambula/http/message.hpp>

namespace ambula::http {

struct ClientOptions {
  std::string host;
  std::string port;
  std::size_t idle_connections_max{64};
  /// Further requests wait for a free one until their deadline. One that passes on a stream is not
  /// counted: how many of those there are is for the server in front to limit.
  std::size_t connections_max{512};
  std::chrono::milliseconds connect_timeout{1000};
  std::chrono::milliseconds idle_timeout{30000};
  std::size_t response_bytes_max{16 * 1024 * 1024};
  std::size_t stream_buffer_bytes{256 *
                                  1024};  ///< waits for a slow reader; then the upstream waits
  /// A stream on which nothing comes for so long is aborted. Upstreams send heartbeats.
  std::chrono::milliseconds stream_idle_timeout{120000};
};

/// A request to send, built anew by the caller: nothing of an inbound request is copied by this
/// class.
struct ClientRequest {
  Method method{Method::get};
  std::string target;  ///< path and query, encoded
  Headers headers;     ///< Host, Content-Length and Connection are set by the client
  std::string body;
  std::chrono::steady_clock::time_point deadline;
};

/// Keep-alive HTTP/1.1 client with a pool for one upstream. Answers with `text/event-stream` or
/// `Transfer-Encoding: chunked` are passed on as a stream as they arrive (`Response::stream`);
/// others are read whole. A request is sent a second time only when it is idempotent (GET, HEAD,
/// PUT, DELETE) or had no byte written, and the failure was a kept connection that the upstream had
/// closed.
class Client {
 public:
  Client(Loop& loop, ClientOptions options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Calls `done` once on the I/O thread (within `send` when that fails at once there). Errors have
  /// kind `unavailable` and code `upstream-unreachable`, `upstream-timeout`, `upstream-broken` or
  /// `upstream-busy` (no connection came free until the deadline: nothing was sent); a target or
  /// field with a control character is `internal`, code `request-not-sendable`. From any thread.
  /// The deadline ends with a stream's head; from then on `stream_idle_timeout` bounds it.
  void send(ClientRequest request, std::function<void(Result<Response>)> done);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace ambula::http

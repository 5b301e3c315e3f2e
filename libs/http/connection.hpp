#pragma once

// Private to libs/http/*.cpp: one connection of a Server.

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <ambula/http/channel.hpp>
#include <ambula/http/head.hpp>
#include <ambula/http/server.hpp>

#include "budget.hpp"
#include "impl.hpp"
#include "server_shared.hpp"
#include "tls_session.hpp"

namespace ambula::http {

/// Reads requests one at a time, hands them to the handler and writes the answers. Lives as long as
/// its coroutine.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<ServerShared> server, Socket socket, bool refused);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  static Task<void> run(std::shared_ptr<Connection> self);

  bool expired(SteadyClock::time_point now) const { return now >= deadline_; }
  /// Since when nothing has come; nullopt while something is under way.
  std::optional<SteadyClock::time_point> idle_since() const;
  /// Since when it has waited for its reader; nullopt when it does not.
  std::optional<SteadyClock::time_point> unread_since() const;
  void on_expired();
  /// For draining: ends a connection on which nothing has begun.
  void close_if_idle();
  void cut();
  /// Tells the answer's stream, if any, that nobody will read it.
  static void drop(Response& response);
  /// The answer to exchange `number`; dropped when that one is over.
  void deliver(std::uint64_t number, Response response);

  std::size_t place{0};  ///< index in ServerShared::connections
  const bool refused;

 private:
  enum class Phase { idle, head, body, handling, writing, streaming, lingering };
  enum class Sent { all, rest, failed };

  void enter(Phase phase, std::chrono::milliseconds limit);
  void enter_busy();
  void leave_busy();
  void leave_in_flight();

  Task<bool> serve_one();
  Task<bool> read_head();
  std::size_t find_head_end();
  Task<bool> read_body(const Head& head, Request& request);
  Task<bool> read_sized(std::size_t size, Request& request);
  Task<bool> read_chunked(Request& request);
  Task<bool> keep(const std::string& body);
  Task<bool> read_some(std::size_t capacity);
  Task<bool> shake_hands();
  Task<void> end_tls();
  Task<std::size_t> read_plain(char* to, std::size_t room);
  Task<bool> receive_ciphertext();
  void consume(std::size_t size);

  Task<bool> answer(std::shared_ptr<Request> request);
  void call_handler(const std::shared_ptr<Request>& request);
  Task<bool> write_answer(Response response, Method method);
  void write_head(const Response& response, bool to_head, bool chunked);
  Task<bool> send_stream(std::shared_ptr<Channel> stream);
  Task<bool> pump(std::shared_ptr<Channel> stream);
  static Task<void> watch(std::shared_ptr<Connection> self, std::shared_ptr<Channel> stream);
  Task<void> end_watch();

  Task<bool> send(std::string_view first, std::string_view second, std::string_view third);
  bool prepare(std::string_view first, std::string_view second, std::string_view third);
  Sent send_now();
  Task<bool> send_rest();

  Task<void> refuse(int status, std::string_view code, std::string_view detail);
  Task<void> refuse_head(const Error& error);
  Task<void> linger();
  void close();

  std::shared_ptr<ServerShared> server_;
  Socket socket_;
  std::string remote_addr_;

  std::string in_;  ///< storage; the first in_size_ bytes are received and not yet used
  std::size_t in_size_{0};
  std::size_t scanned_{0};  ///< of them known to hold no end of a head
  std::size_t head_size_{0};
  std::string out_;  ///< head of the answer
  std::array<std::string_view, 3> sending_;
  std::unique_ptr<TlsSession> tls_;  ///< none: plain
  std::string ciphertext_out_;       ///< what sending_ shows of a TLS connection
  Share body_;                       ///< of the present request
  Share unsent_;

  Phase phase_{Phase::idle};
  SteadyClock::time_point entered_;  ///< the phase, where that has a limit
  SteadyClock::time_point deadline_{SteadyClock::time_point::max()};
  bool busy_{false};
  bool timed_out_{false};
  bool cut_{false};
  bool http_1_0_{false};
  bool keep_alive_{true};
  bool in_flight_{false};
  bool watching_{false};
  bool end_watch_{false};

  std::uint64_t exchange_{0};  ///< number of the present request
  std::optional<Response> response_;
  Wake wake_;
};

}  // namespace ambula::http

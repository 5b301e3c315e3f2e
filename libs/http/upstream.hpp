#pragma once

// Private to libs/http/*.cpp: a Client's pool and its connections.

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/http/channel.hpp>
#include <ambula/http/client.hpp>

#include "impl.hpp"
#include "response_parser.hpp"

namespace ambula::http {

class Upstream;

/// A request on its way, with whom to tell.
struct Job {
  ClientRequest request;
  std::function<void(Result<Response>)> done;
  bool is_retry{false};
};

Error upstream_error(std::string_view code);

/// Connections and waiting requests of one Client. On the I/O thread only.
struct Pool : std::enable_shared_from_this<Pool> {
  Pool(Loop::Impl& of_loop, ClientOptions with_options);

  Loop::Impl& loop;
  const ClientOptions options;
  const std::string host_field;
  std::vector<Upstream*> all;   ///< each knows its place
  std::size_t streaming{0};     ///< of `all`, those that pass on a stream
  std::vector<Upstream*> idle;  ///< the last used is used first, so that surplus ones age out
  std::deque<std::shared_ptr<Job>> waiting;
  bool closed{false};

  void submit(std::shared_ptr<Job> job);
  /// Takes back a connection whose answer is complete, or gives it the next job; false: it must
  /// close.
  bool release(Upstream& upstream);
  void remove(Upstream& upstream);
  /// A stream may last for hours: its connection leaves its place to a request.
  void begin_stream(Upstream& upstream);
  void tick(SteadyClock::time_point now);
  void close();

 private:
  void open(std::shared_ptr<Job> job);
  void open_waiting();
  void end_stream(Upstream& upstream);
};

/// One connection. A coroutine reads all the time, so the end of an idle connection is seen when it
/// happens; writing is done by whoever brings a request.
class Upstream : public std::enable_shared_from_this<Upstream> {
 public:
  Upstream(std::shared_ptr<Pool> pool, std::shared_ptr<Job> first_job);
  Upstream(const Upstream&) = delete;
  Upstream& operator=(const Upstream&) = delete;

  static Task<void> run(std::shared_ptr<Upstream> self);

  /// Sends a request on a connected, idle connection.
  void start(std::shared_ptr<Job> job);
  void on_tick(SteadyClock::time_point now);
  void set_idle(SteadyClock::time_point until);
  void cut();
  /// Tells whoever waits that nothing will come, and ends.
  void abandon(std::string_view code);

  std::size_t place{0};  ///< index in Pool::all
  bool streams{false};   ///< counted in Pool::streaming

 private:
  enum class Sent { all, rest, failed };
  enum class Read { more, idle, end };

  Task<bool> connect();
  Task<void> read_answers();
  Task<Read> use_bytes();
  Task<bool> pass_on();
  Read complete();
  void begin_stream();
  void end(bool clean_eof);
  bool may_retry() const;

  void serialise(const ClientRequest& request);
  Sent send_now();
  static Task<void> send_rest(std::shared_ptr<Upstream> self, std::shared_ptr<Job> job);

  std::shared_ptr<Pool> pool_;
  Socket socket_;
  std::shared_ptr<Job> job_;         ///< whose answer's head is awaited
  std::shared_ptr<Channel> stream_;  ///< where the answer's body goes
  std::optional<ResponseParser> parser_;
  std::string in_;
  std::size_t in_size_{0};
  std::string out_;
  std::array<std::string_view, 2> sending_;
  std::size_t sent_bytes_{0};
  SteadyClock::time_point deadline_;
  Wake wake_;
  std::size_t answers_{0};
  bool connected_{false};
  bool sending_rest_{false};
  bool got_bytes_{false};
  bool cut_{false};
};

}  // namespace ambula::http

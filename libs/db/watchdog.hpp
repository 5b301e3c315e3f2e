#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace ambula::db {

/// Ends calls that wait for an answer too long. libpq waits without a limit of its own, and a
/// server that stands still (stopped, or its machine swaps) keeps the connection open: its host's
/// TCP acknowledges everything. One thread of the process looks at the connections that wait and
/// shuts the socket of an overdue one, upon which libpq gives up at once.
class Watched {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit Watched(int socket);
  /// Before the socket is closed.
  ~Watched();
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

  /// Around a call; one atomic store each. The socket is shut at most a fifth of a second after
  /// `due`.
  void begin(TimePoint due);
  void end();

 private:
  friend class Watchdog;
  const int socket_;
  std::atomic<std::int64_t> due_{0};  ///< ticks of the clock; 0: nothing is waited for
};

}  // namespace ambula::db

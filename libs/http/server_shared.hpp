#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <ctime>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/http/server.hpp>

#include "budget.hpp"
#include "impl.hpp"

namespace ambula::http {

class Connection;

/// What all connections of a Server share. Touched on the I/O thread only, but for the atomics and
/// the wait.
struct ServerShared {
  ServerShared(Loop::Impl& of_loop, ServerOptions with_options, Handler with_handler)
      : loop(of_loop),
        options(std::move(with_options)),
        handler(std::move(with_handler)),
        bodies{options.bodies_bytes_max},
        unsent{options.unsent_bytes_max} {}

  Loop::Impl& loop;
  const ServerOptions options;
  Handler handler;
  Budget bodies;                         ///< of requests
  Budget unsent;                         ///< of answers whose readers are slow
  std::vector<Connection*> connections;  ///< each knows its place
  std::size_t refusing{0};               ///< those of them that are only told to come back later
  std::array<char, std::size_t{16} * 1024> ciphertext{};  ///< one read of whichever has TLS

  std::atomic<std::size_t> admitted{0};
  std::atomic<std::size_t> in_flight{0};
  std::atomic<bool> draining{false};

  std::mutex mutex;
  std::condition_variable calm;
  std::size_t busy{
      0};  ///< connections between a request's first byte and its answer's last; under `mutex`

  /// The Date field's line, made once per second.
  std::string_view date_line();
  void set_busy(bool is_busy);
  /// False when none is idle.
  bool cut_longest_idle();
  /// False when nobody else is slow.
  bool cut_slowest_reader(const Connection& but);
  std::vector<std::shared_ptr<Connection>> snapshot() const;

 private:
  std::time_t date_second_{0};
  std::string date_line_;
};

}  // namespace ambula::http

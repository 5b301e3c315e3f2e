#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>

namespace ambula::identity {

/// Hashing a password costs 40 ms of a core and 19 MiB: one thread does it, and short queues wait.
/// So a storm of sign-ins takes one core's worth and no worker; and strangers who try names from
/// everywhere keep nobody out who was here before [ID-7].
class HashPool {
 public:
  /// `known`: who is signed in, has been from this address, or was mailed a secret. Of five that go
  /// on, four are theirs.
  enum class Lane : std::uint8_t { known, stranger };
  static constexpr std::size_t queue_max = 16;  ///< of each lane

  /// False when the lane is full or the pool has ended.
  bool submit(std::function<void()> work, Lane lane);
  /// Whether somebody waits there.
  bool waits(Lane lane) const;
  /// The thread's body.
  void run(const std::stop_token& stop);

 private:
  using Queue = std::deque<std::function<void()>>;
  Queue& next();
  bool empty() const;

  mutable std::mutex mutex_;
  std::condition_variable_any ready_;
  std::array<Queue, 2> lanes_;
  int known_in_a_row_{0};
  bool ended_{false};
};

}  // namespace ambula::identity

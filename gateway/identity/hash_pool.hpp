#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>

namespace ambula::identity {

/// Hashing a password costs 40 ms of a core and 19 MiB: one thread does it, and a short queue
/// waits. So a storm of sign-ins takes one core's worth and no worker [ID-7].
class HashPool {
 public:
  static constexpr std::size_t queue_max = 16;

  /// False when the queue is full or the pool has ended.
  bool submit(std::function<void()> work);
  /// The thread's body.
  void run(const std::stop_token& stop);

 private:
  std::mutex mutex_;
  std::condition_variable_any ready_;
  std::deque<std::function<void()>> queue_;
  bool ended_{false};
};

}  // namespace ambula::identity

#pragma once

#include <chrono>

namespace ambula::edge {

struct BreakerLimits {
  int failures_to_open{8};  ///< one after the other
  std::chrono::milliseconds first_pause{1000};
  std::chrono::milliseconds longest_pause{10000};
};

/// Stops asking an upstream that does not answer, so that requests to it fail at once instead of
/// each waiting for its deadline. Pure: times come in as arguments.
class Breaker {
 public:
  using Time = std::chrono::steady_clock::time_point;
  enum class State { closed, open, half_open };

  explicit Breaker(BreakerLimits limits = {}) : limits_(limits), pause_(limits.first_pause) {}

  /// Whether to ask now. After the pause one request is let through to see; its outcome decides.
  bool allow(Time now);
  void succeeded();
  void failed(Time now);
  State state() const { return state_; }

 private:
  void open(Time now);

  BreakerLimits limits_;
  State state_{State::closed};
  int failures_{0};
  std::chrono::milliseconds pause_;
  Time closed_until_{};  ///< while open: no request before that; while half open: when the probe is
                         ///< given up
};

}  // namespace ambula::edge

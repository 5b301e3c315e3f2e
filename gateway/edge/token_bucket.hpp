#pragma once

#include <chrono>

namespace ambula::edge {

struct BucketLimits {
  double per_second{100};
  double burst{300};
};

/// So many requests a second, and a burst that was saved up. Pure: times come in as arguments.
class TokenBucket {
 public:
  using Time = std::chrono::steady_clock::time_point;

  TokenBucket(const BucketLimits& limits, Time now) : tokens_(limits.burst), filled_at_(now) {}

  /// Takes one token when there is one.
  bool take(const BucketLimits& limits, Time now);
  /// Whether there is one, without taking it.
  bool has(const BucketLimits& limits, Time now);
  int remaining() const { return static_cast<int>(tokens_); }
  /// Whole seconds until the next one.
  int wait_s(const BucketLimits& limits) const;
  /// Whether it has filled up again, so that forgetting it changes nothing.
  bool full(const BucketLimits& limits, Time now);

 private:
  void fill(const BucketLimits& limits, Time now);

  double tokens_;
  Time filled_at_;
};

}  // namespace ambula::edge

#pragma once

// Private to libs/outbox/*.cpp.

#include <chrono>
#include <cstddef>

namespace ambula::outbox {

/// When to delete the next batch of old rows: once a minute, and soon again while batches are full.
class Cleaning {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr int batch_max = 1000;

  bool is_due(Clock::time_point now) const { return now >= next_; }

  void deleted(std::size_t rows, Clock::time_point now) {
    next_ = now + (rows >= batch_max ? std::chrono::milliseconds(500) : std::chrono::minutes(1));
  }

 private:
  Clock::time_point next_{};
};

}  // namespace ambula::outbox

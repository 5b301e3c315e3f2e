#include "breaker.hpp"

#include <algorithm>

namespace ambula::edge {

bool Breaker::allow(Time now) {
  if (state_ == State::closed) return true;
  if (now < closed_until_) return false;
  state_ = State::half_open;
  // Should the probe never come back, another one follows.
  closed_until_ = now + limits_.longest_pause;
  return true;
}

void Breaker::succeeded() {
  state_ = State::closed;
  failures_ = 0;
  pause_ = limits_.first_pause;
}

void Breaker::failed(Time now) {
  // Requests that were under way when it opened tell nothing new.
  if (state_ == State::open) return;
  if (state_ == State::half_open) {
    pause_ = std::min(pause_ * 2, limits_.longest_pause);
    return open(now);
  }
  if (++failures_ >= limits_.failures_to_open) open(now);
}

void Breaker::open(Time now) {
  state_ = State::open;
  failures_ = 0;
  closed_until_ = now + pause_;
}

}  // namespace ambula::edge

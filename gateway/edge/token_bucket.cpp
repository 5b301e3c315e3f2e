#include "token_bucket.hpp"

#include <algorithm>
#include <cmath>

namespace ambula::edge {

void TokenBucket::fill(const BucketLimits& limits, Time now) {
  if (now <= filled_at_) return;
  const auto seconds = std::chrono::duration<double>(now - filled_at_).count();
  tokens_ = std::min(limits.burst, tokens_ + seconds * limits.per_second);
  filled_at_ = now;
}

bool TokenBucket::take(const BucketLimits& limits, Time now) {
  if (!has(limits, now)) return false;
  tokens_ -= 1;
  return true;
}

bool TokenBucket::has(const BucketLimits& limits, Time now) {
  fill(limits, now);
  return tokens_ >= 1;
}

int TokenBucket::wait_s(const BucketLimits& limits) const {
  return std::max(1, static_cast<int>(std::ceil((1 - tokens_) / limits.per_second)));
}

bool TokenBucket::full(const BucketLimits& limits, Time now) {
  fill(limits, now);
  return tokens_ >= limits.burst;
}

}  // namespace ambula::edge

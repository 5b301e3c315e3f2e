#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include <ambula/base/uuid.hpp>

#include "edge/token_bucket.hpp"

namespace ambula::edge {

/// Requests per account, and per address for those without a (good) token. On the I/O thread only,
/// so without locks; each replica counts for itself.
class RateLimits {
 public:
  using Time = TokenBucket::Time;

  /// `scale` multiplies rates and bursts; 0 turns the limits off.
  explicit RateLimits(double scale);

  bool off() const { return off_; }
  const BucketLimits& account_limits() const { return account_; }
  const BucketLimits& address_limits() const { return address_; }

  std::shared_ptr<TokenBucket> account(const Uuid& id, Time now);
  /// An IPv6 network of 64 bits counts as one address: its owner has all of it.
  std::shared_ptr<TokenBucket> address(std::string_view address, Time now);
  std::size_t size() const { return accounts_.size() + addresses_.size(); }

 private:
  void make_room(Time now);

  bool off_;
  BucketLimits account_{100, 300};
  BucketLimits address_{20, 60};
  std::unordered_map<Uuid, std::shared_ptr<TokenBucket>> accounts_;
  std::unordered_map<std::string, std::shared_ptr<TokenBucket>> addresses_;
};

}  // namespace ambula::edge

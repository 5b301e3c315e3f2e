#include "rate_limits.hpp"

#include <ambula/http/network.hpp>

namespace ambula::edge {
namespace {

constexpr std::size_t buckets_max = 50'000;

}  // namespace

RateLimits::RateLimits(double scale) : off_(scale <= 0) {
  if (off_) return;
  account_ = {account_.per_second * scale, account_.burst * scale};
  address_ = {address_.per_second * scale, address_.burst * scale};
}

std::shared_ptr<TokenBucket> RateLimits::account(const Uuid& id, Time now) {
  const auto found = accounts_.find(id);
  if (found != accounts_.end()) return found->second;
  make_room(now);
  return accounts_.emplace(id, std::make_shared<TokenBucket>(account_, now)).first->second;
}

std::shared_ptr<TokenBucket> RateLimits::address(std::string_view address, Time now) {
  auto key = http::network_of(address);
  const auto found = addresses_.find(key);
  if (found != addresses_.end()) return found->second;
  make_room(now);
  return addresses_.emplace(std::move(key), std::make_shared<TokenBucket>(address_, now))
      .first->second;
}

void RateLimits::make_room(Time now) {
  if (size() < buckets_max) return;
  // A bucket that a cached token still holds stays, so that its account cannot start afresh.
  std::erase_if(accounts_, [&](const auto& one) {
    return one.second.use_count() == 1 && one.second->full(account_, now);
  });
  std::erase_if(addresses_, [&](auto& one) { return one.second->full(address_, now); });
  // So many addresses at once are one attacker; the server's own limits still hold.
  if (size() >= buckets_max) addresses_.clear();
}

}  // namespace ambula::edge

#include "streams.hpp"

#include <algorithm>

#include <ambula/http/network.hpp>

namespace ambula::edge {

bool Streams::open(const auth::Claims* claims, std::string_view address,
                   const std::shared_ptr<http::Channel>& channel) {
  std::erase_if(streams_, [](const Stream& one) { return one.channel.expired(); });
  Stream made{std::nullopt, {}, {}, channel};
  if (claims != nullptr) {
    made.claims = *claims;
    made.renewed_at = claims->issued_at;
  } else {
    made.network = http::network_of(address);
  }
  const auto same_owner = [&](const Stream& one) {
    if (claims == nullptr) return !one.claims && one.network == made.network;
    return one.claims && one.claims->account_id == claims->account_id;
  };
  const auto open = static_cast<std::size_t>(std::ranges::count_if(streams_, same_owner));
  if (limited_ && open >= (claims != nullptr ? per_account_max : per_network_max)) return false;
  streams_.push_back(std::move(made));
  return true;
}

void Streams::renew(const auth::Claims& claims) {
  for (auto& one : streams_) {
    if (!one.claims || one.claims->session_id != claims.session_id) continue;
    one.renewed_at = std::max(one.renewed_at, claims.issued_at);
  }
}

void Streams::cut(const std::function<bool(const auth::Claims&)>& ended) {
  cut_if([&](const Stream& one) { return one.claims && ended(*one.claims); });
}

void Streams::cut_idle(Instant now) {
  cut_if([&](const Stream& one) { return one.claims && now >= one.renewed_at + idle_; });
}

void Streams::cut_if(const std::function<bool(const Stream&)>& ended) {
  std::erase_if(streams_, [&](const Stream& one) {
    const auto channel = one.channel.lock();
    if (channel && !ended(one)) return false;
    // Cut, not ended: who reads sees that there was more, and comes back if it may.
    if (channel) channel->abort();
    return true;
  });
}

}  // namespace ambula::edge

#include "backoff.hpp"

#include <algorithm>
#include <vector>

namespace ambula::identity::domain {
namespace {

using std::chrono::seconds;

std::string key_of(std::string_view account, std::string_view address) {
  std::string key(address);
  key += '\n';
  key += account;
  return key;
}

seconds delay_after(int failures_beyond, const BackoffLimits& limits) {
  auto delay = limits.first_delay;
  for (int i = 1; i < failures_beyond && delay < limits.longest_delay; ++i)
    delay *= 2;
  return std::min(delay, limits.longest_delay);
}

}  // namespace

std::optional<seconds> Backoff::attempt(std::string_view account, std::string_view address,
                                        Instant now) {
  if (limits_.free_tries <= 0) return std::nullopt;
  const auto found = entries_.find(key_of(account, address));
  if (found == entries_.end()) {
    make_room(now);
    entries_[key_of(account, address)] = {.tries = 1, .last = now, .blocked_until = now};
    return std::nullopt;
  }
  auto& entry = found->second;
  if (now < entry.blocked_until) {
    return std::chrono::ceil<seconds>(entry.blocked_until - now);
  }
  const int free_tries = std::max(1, static_cast<int>(limits_.free_tries));
  const bool within_free = entry.tries < free_tries;
  // Slow tries are people; those who were delayed stay known for as long as a delay may be.
  if (now - entry.last > (within_free ? limits_.window : limits_.longest_delay * 2)) entry = {};
  ++entry.tries;
  entry.last = now;
  entry.blocked_until = now;
  if (entry.tries >= free_tries) {
    entry.blocked_until = now + delay_after(entry.tries - free_tries + 1, limits_);
  }
  return std::nullopt;
}

void Backoff::succeeded(std::string_view account, std::string_view address) {
  const auto found = entries_.find(key_of(account, address));
  if (found != entries_.end()) entries_.erase(found);
}

void Backoff::make_room(Instant now) {
  if (entries_.size() < limits_.entries_max) return;
  std::erase_if(entries_, [&](const auto& one) {
    return now - one.second.last > limits_.window && now >= one.second.blocked_until;
  });
  if (entries_.size() < limits_.entries_max) return;
  // Under a flood of made-up names the older half of the knowledge goes, so that this is rare.
  std::vector<Instant> times;
  times.reserve(entries_.size());
  for (const auto& [key, entry] : entries_)
    times.push_back(entry.last);
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  std::erase_if(entries_, [&](const auto& one) { return one.second.last <= *middle; });
}

}  // namespace ambula::identity::domain

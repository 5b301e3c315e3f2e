#include "hash_pool.hpp"

#include <algorithm>
#include <utility>

namespace ambula::identity {
namespace {

constexpr int known_before_a_stranger = 4;

}  // namespace

bool HashPool::empty() const {
  return std::ranges::all_of(lanes_, [](const Queue& lane) { return lane.empty(); });
}

HashPool::Queue& HashPool::next() {
  auto& [known, strangers] = lanes_;
  const bool turn_of_strangers = known_in_a_row_ >= known_before_a_stranger && !strangers.empty();
  if (known.empty() || turn_of_strangers) {
    known_in_a_row_ = 0;
    return strangers;
  }
  ++known_in_a_row_;
  return known;
}

bool HashPool::waits(Lane lane) const {
  const std::lock_guard lock(mutex_);
  return !lanes_.at(static_cast<std::size_t>(lane)).empty();
}

bool HashPool::submit(std::function<void()> work, Lane lane) {
  {
    const std::lock_guard lock(mutex_);
    auto& queue = lanes_.at(static_cast<std::size_t>(lane));
    if (ended_ || queue.size() >= queue_max) return false;
    queue.push_back(std::move(work));
  }
  ready_.notify_one();
  return true;
}

void HashPool::run(const std::stop_token& stop) {
  while (true) {
    std::function<void()> work;
    {
      std::unique_lock lock(mutex_);
      ready_.wait(lock, stop, [&] { return !empty(); });
      if (stop.stop_requested()) {
        ended_ = true;
        lanes_ = {};
        return;
      }
      auto& queue = next();
      work = std::move(queue.front());
      queue.pop_front();
    }
    work();
  }
}

}  // namespace ambula::identity

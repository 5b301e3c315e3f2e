#include "hash_pool.hpp"

#include <algorithm>
#include <utility>

namespace ambula::identity {

bool HashPool::empty() const {
  return std::ranges::all_of(lanes_, [](const Queue& lane) { return lane.empty(); });
}

HashPool::Queue& HashPool::next() {
  return *std::ranges::find_if(lanes_, [](const Queue& lane) { return !lane.empty(); });
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

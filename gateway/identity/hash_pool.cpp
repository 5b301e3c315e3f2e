#include "hash_pool.hpp"

#include <utility>

namespace ambula::identity {

bool HashPool::submit(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    if (ended_ || queue_.size() >= queue_max) return false;
    queue_.push_back(std::move(work));
  }
  ready_.notify_one();
  return true;
}

void HashPool::run(const std::stop_token& stop) {
  while (true) {
    std::function<void()> work;
    {
      std::unique_lock lock(mutex_);
      ready_.wait(lock, stop, [&] { return !queue_.empty(); });
      if (stop.stop_requested()) {
        ended_ = true;
        queue_.clear();
        return;
      }
      work = std::move(queue_.front());
      queue_.pop_front();
    }
    work();
  }
}

}  // namespace ambula::identity

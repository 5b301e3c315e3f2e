#include "workers.hpp"

namespace ambula::service {

Workers::Workers(std::size_t threads, std::size_t queue_max, db::Options database)
    : queue_max_(queue_max), database_(std::move(database)) {
  for (std::size_t i = 0; i < threads; ++i)
    threads_.emplace_back(&Workers::work, this);
}

Workers::~Workers() {
  stop();
}

bool Workers::post(Task task) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queue_.size() >= queue_max_) return false;
    queue_.push_back(std::move(task));
  }
  ready_.notify_one();
  return true;
}

void Workers::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  ready_.notify_all();
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

std::size_t Workers::queued() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

std::size_t Workers::busy() const {
  const std::lock_guard lock(mutex_);
  return busy_;
}

void Workers::work() {
  db::Session session(database_);
  for (bool worked = false;; worked = true) {
    Task task;
    {
      std::unique_lock lock(mutex_);
      if (worked) --busy_;
      ready_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      task = std::move(queue_.front());
      queue_.pop_front();
      ++busy_;
    }
    task(session);
  }
}

}  // namespace ambula::service

#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include <ambula/db/session.hpp>

namespace ambula::service {

/// The threads that do blocking work, each with one connection: pool size = threads = connections.
class Workers {
 public:
  using Task = std::function<void(db::Session&)>;

  Workers(std::size_t threads, std::size_t queue_max, db::Options database);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// False when the queue is full or the pool has stopped.
  bool post(Task task);
  /// Finishes what is queued and joins.
  void stop();
  std::size_t queued() const;
  std::size_t busy() const;

 private:
  void work();

  const std::size_t queue_max_;
  const db::Options database_;
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Task> queue_;
  std::size_t busy_{0};
  bool stopping_{false};
  std::vector<std::thread> threads_;
};

}  // namespace ambula::service

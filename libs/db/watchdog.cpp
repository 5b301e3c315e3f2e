#include <condition_variable>
#include <mutex>
#include <set>
#include <sys/socket.h>
#include <thread>

#include <ambula/db/watchdog.hpp>
#include <ambula/observability/log.hpp>

namespace ambula::db {
namespace {

constexpr std::chrono::milliseconds tick{200};

std::int64_t ticks(Watched::TimePoint at) {
  return at.time_since_epoch().count();
}

}  // namespace

class Watchdog {
 public:
  /// Never destroyed: connections may end after main does, and its thread needs no orderly end.
  static Watchdog& instance() {
    static auto& only = *new Watchdog;
    return only;
  }

  void add(Watched& watched) {
    const std::lock_guard lock(mutex_);
    connections_.insert(&watched);
    some_.notify_one();
  }

  void remove(Watched& watched) {
    const std::lock_guard lock(mutex_);
    connections_.erase(&watched);
  }

 private:
  Watchdog() {
    std::thread([this] { run(); }).detach();
  }

  [[noreturn]] void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      some_.wait(lock, [this] { return !connections_.empty(); });
      const auto now = ticks(std::chrono::steady_clock::now());
      for (auto* watched : connections_)
        look(*watched, now);
      lock.unlock();
      std::this_thread::sleep_for(tick);
      lock.lock();
    }
  }

  /// The exchange decides against a call that ends at this very moment.
  static void look(Watched& watched, std::int64_t now) {
    auto due = watched.due_.load();
    if (due == 0 || due > now || !watched.due_.compare_exchange_strong(due, 0)) return;
    ::shutdown(watched.socket_, SHUT_RDWR);
    log::warn("db_answer_overdue");
  }

  std::mutex mutex_;
  std::condition_variable some_;
  std::set<Watched*> connections_;
};

Watched::Watched(int socket) : socket_(socket) {
  Watchdog::instance().add(*this);
}

Watched::~Watched() {
  Watchdog::instance().remove(*this);
}

void Watched::begin(TimePoint due) {
  due_ = ticks(due);
}

void Watched::end() {
  due_ = 0;
}

}  // namespace ambula::db

#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace ambula::http {

/// The I/O thread: all sockets and timers of a process live on it. Nothing that runs on it may
/// block.
class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Starts the thread. `stop` lets what is queued end, then joins it.
  void start();
  void stop();

  /// Runs `task` on the I/O thread. From any thread.
  void post(std::function<void()> task);
  /// Runs `task` on the I/O thread after `delay`. From any thread.
  void after(std::chrono::milliseconds delay, std::function<void()> task);

  struct Impl;
  Impl& impl() { return *impl_; }  ///< for server.cpp and client.cpp

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace ambula::http

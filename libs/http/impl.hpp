#pragma once

// Private to libs/http/*.cpp: the only header that shows Boost.Asio.

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <ambula/http/loop.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace ambula::http {

namespace net = boost::asio;
using Tcp = net::ip::tcp;
using SteadyClock = std::chrono::steady_clock;
using ErrorCode = boost::system::error_code;

// Everything names the concrete executor: the type-erased default costs a third of a proxy's speed.
using Executor = net::io_context::executor_type;
using Socket = net::basic_stream_socket<Tcp, Executor>;
using Acceptor = net::basic_socket_acceptor<Tcp, Executor>;
using Resolver = net::ip::basic_resolver<Tcp, Executor>;
using Timer = net::basic_waitable_timer<SteadyClock, net::wait_traits<SteadyClock>, Executor>;
using Awaitable = net::use_awaitable_t<Executor>;
template <class T>
using Task = net::awaitable<T, Executor>;

inline auto to_error(ErrorCode& error) {
  return net::redirect_error(Awaitable{}, error);
}

/// One coroutine waits, code on the I/O thread wakes it. A signal without a waiter is kept.
/// Waking resumes the coroutine inside `signal`: callers let their own state be complete before.
class Wake {
 public:
  Task<void> wait() {
    if (!std::exchange(signalled_, false)) {
      const Awaitable token;
      co_await net::async_initiate<const Awaitable, void()>(Store{this}, token);
    }
  }
  void signal() {
    if (!waiter_) {
      signalled_ = true;
      return;
    }
    Waiter waiter = std::move(*waiter_);
    waiter_.reset();
    waiter();
  }

 private:
  using Waiter = net::async_result<Awaitable, void()>::handler_type;
  struct Store {
    Wake* wake;
    void operator()(Waiter&& waiter) const { wake->waiter_.emplace(std::move(waiter)); }
  };

  std::optional<Waiter> waiter_;
  bool signalled_{false};
};

struct Loop::Impl {
  Impl() : io(1), ticker(io) {}

  net::io_context io;  // first, so that it outlives everything that lives on it
  std::optional<net::executor_work_guard<Executor>> work;
  std::thread thread;

  /// Called every `tick` on the I/O thread with the time: one timer for all deadlines of a process.
  static constexpr std::chrono::milliseconds tick{50};
  using OnTick = std::function<void(SteadyClock::time_point)>;
  std::vector<std::pair<const void*, OnTick>> ticks;
  Timer ticker;

  std::atomic<std::thread::id> thread_id{};  ///< set by the thread itself
  bool on_thread() const { return std::this_thread::get_id() == thread_id.load(); }
  /// Runs `task` where nothing else of the loop runs at the same time, and returns when it has.
  void run_and_wait(const std::function<void()>& task);
  void add_tick(const void* owner, OnTick on_tick);
  void remove_tick(const void* owner);
};

/// What other threads call to wake a coroutine of `Target` (a Connection, an Upstream) on its I/O
/// thread, if it still lives.
template <class Target>
struct WakeLater {
  std::weak_ptr<Target> target;
  Wake* wake;
  Loop::Impl* loop;

  void operator()() const {
    if (auto alive = target.lock()) {
      net::post(loop->io, [alive = std::move(alive), wake = wake] { wake->signal(); });
    }
  }
};

}  // namespace ambula::http

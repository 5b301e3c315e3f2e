#include "loop.hpp"

#include <algorithm>

#include <ambula/base/check.hpp>

#include "impl.hpp"
#include "rethrow.hpp"

namespace ambula::http {
namespace {

Task<void> run_ticks(Loop::Impl* loop) {
  while (true) {
    ErrorCode error;
    loop->ticker.expires_after(Loop::Impl::tick);
    co_await loop->ticker.async_wait(to_error(error));
    if (error) co_return;
    const auto now = SteadyClock::now();
    // By index: a tick may add or remove ticks.
    for (std::size_t i = 0; i < loop->ticks.size(); ++i) {
      const Loop::Impl::OnTick on_tick = loop->ticks[i].second;
      on_tick(now);
    }
  }
}

Task<void> run_after(std::shared_ptr<Timer> timer, std::function<void()> task) {
  ErrorCode error;
  co_await timer->async_wait(to_error(error));
  if (!error) task();
}

}  // namespace

Loop::Loop() : impl_(std::make_unique<Impl>()) {}

Loop::~Loop() {
  stop();
}

void Loop::start() {
  AMBULA_CHECK(!impl_->thread.joinable());
  impl_->work.emplace(impl_->io.get_executor());
  net::co_spawn(impl_->io, run_ticks(impl_.get()), Rethrow{});
  impl_->thread = std::thread([loop = impl_.get()] {
    loop->thread_id = std::this_thread::get_id();
    loop->io.run();
  });
}

void Loop::stop() {
  if (!impl_->thread.joinable()) return;
  AMBULA_CHECK(!impl_->on_thread());
  // What was posted before runs before; sockets and timers that still wait are dropped.
  net::post(impl_->io, [loop = impl_.get()] {
    loop->work.reset();
    loop->io.stop();
  });
  impl_->thread.join();
}

void Loop::post(std::function<void()> task) {
  net::post(impl_->io, std::move(task));
}

void Loop::after(std::chrono::milliseconds delay, std::function<void()> task) {
  auto timer = std::make_shared<Timer>(impl_->io, delay);
  net::co_spawn(impl_->io, run_after(std::move(timer), std::move(task)), Rethrow{});
}

void Loop::Impl::run_and_wait(const std::function<void()>& task) {
  if (!thread.joinable() || on_thread() || io.stopped()) {
    task();
    return;
  }
  std::promise<void> done;
  net::post(io, [&] {
    task();
    done.set_value();
  });
  done.get_future().wait();
}

void Loop::Impl::add_tick(const void* owner, OnTick on_tick) {
  ticks.emplace_back(owner, std::move(on_tick));
}

void Loop::Impl::remove_tick(const void* owner) {
  std::erase_if(ticks, [&](const auto& entry) { return entry.first == owner; });
}

}  // namespace ambula::http

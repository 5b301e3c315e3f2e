#include "channel.hpp"

#include <mutex>
#include <optional>
#include <utility>

namespace ambula::http {

struct Channel::State {
  explicit State(std::size_t capacity) : capacity_bytes(capacity) {}

  const std::size_t capacity_bytes;
  mutable std::mutex mutex;
  std::string waiting;
  std::size_t taken_bytes{0};  ///< handed to the reader, which has not come back for more
  bool finished{false};
  bool aborted{false};
  bool reader_gone{false};
  std::function<void()> drained;
  std::function<void()> wake;
  std::optional<Watcher> watcher;  ///< until the end was told

  bool is_drained() const {
    return reader_gone || aborted || (waiting.empty() && taken_bytes == 0);
  }
  bool is_readable() const { return !waiting.empty() || finished || aborted; }
};

namespace {

/// Callbacks run without the lock, so that they may call the channel.
void call(const std::function<void()>& callback) {
  if (callback) callback();
}

}  // namespace

Channel::Channel(std::size_t capacity_bytes) : state_(std::make_unique<State>(capacity_bytes)) {}
Channel::~Channel() = default;

bool Channel::push(std::string_view bytes) {
  std::function<void()> wake;
  {
    const std::lock_guard lock(state_->mutex);
    State& state = *state_;
    if (state.finished || state.aborted || state.reader_gone) return false;
    if (bytes.size() > state.capacity_bytes - state.waiting.size() - state.taken_bytes)
      return false;
    if (bytes.empty()) return true;
    state.waiting.append(bytes);
    wake = std::exchange(state.wake, nullptr);
  }
  call(wake);
  return true;
}

void Channel::finish() {
  std::function<void()> wake;
  {
    const std::lock_guard lock(state_->mutex);
    state_->finished = true;
    wake = std::exchange(state_->wake, nullptr);
  }
  call(wake);
}

void Channel::abort() {
  std::function<void()> wake;
  std::function<void()> drained;
  {
    const std::lock_guard lock(state_->mutex);
    state_->aborted = true;
    state_->waiting.clear();
    wake = std::exchange(state_->wake, nullptr);
    drained = std::exchange(state_->drained, nullptr);
  }
  call(wake);
  call(drained);
}

bool Channel::closed() const {
  const std::lock_guard lock(state_->mutex);
  return state_->aborted || state_->reader_gone;
}

void Channel::on_drained(std::function<void()> callback) {
  {
    const std::lock_guard lock(state_->mutex);
    if (!state_->is_drained()) {
      state_->drained = std::move(callback);
      return;
    }
  }
  call(callback);
}

void Channel::watch(Watcher watcher) {
  const std::lock_guard lock(state_->mutex);
  state_->watcher = std::move(watcher);
}

Channel::Taken Channel::take() {
  Taken taken;
  std::function<void()> drained;
  std::optional<Watcher> watcher;
  {
    const std::lock_guard lock(state_->mutex);
    State& state = *state_;
    taken.bytes = std::exchange(state.waiting, {});
    state.taken_bytes = taken.bytes.size();
    taken.finished = state.finished;
    taken.aborted = state.aborted;
    if (state.is_drained()) drained = std::exchange(state.drained, nullptr);
    const bool last = taken.finished || taken.aborted;
    watcher = last ? std::exchange(state.watcher, std::nullopt) : state.watcher;
  }
  call(drained);
  if (watcher && !taken.bytes.empty()) watcher->taken(taken.bytes);
  if (watcher && (taken.finished || taken.aborted)) watcher->ended(!taken.aborted);
  return taken;
}

void Channel::on_readable(std::function<void()> wake) {
  {
    const std::lock_guard lock(state_->mutex);
    if (!state_->is_readable()) {
      state_->wake = std::move(wake);
      return;
    }
  }
  call(wake);
}

void Channel::close_reader() {
  std::function<void()> drained;
  std::function<void()> wake;  // may hold the reader: dropping it breaks the circle, after the lock
  std::optional<Watcher> watcher;
  {
    const std::lock_guard lock(state_->mutex);
    state_->reader_gone = true;
    state_->waiting.clear();
    state_->taken_bytes = 0;
    wake = std::exchange(state_->wake, nullptr);
    drained = std::exchange(state_->drained, nullptr);
    watcher = std::exchange(state_->watcher, std::nullopt);
  }
  call(drained);
  if (watcher) watcher->ended(false);
}

}  // namespace ambula::http

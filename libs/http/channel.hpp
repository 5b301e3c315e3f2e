#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace ambula::http {

/// A bounded pipe from any thread to the connection that answers. One reader, any number of
/// writers.
class Channel {
 public:
  /// `capacity_bytes` bounds what waits unsent; a slow reader never costs more memory than that.
  explicit Channel(std::size_t capacity_bytes);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  /// Appends bytes to be sent. False, and nothing is kept, when the capacity would be exceeded or
  /// the reader is gone.
  bool push(std::string_view bytes);
  /// No more will come: the answer ends properly after what waits.
  void finish();
  /// The answer cannot be completed: the connection is cut so that the client sees it is partial.
  void abort();
  /// The reader is gone (connection closed) or `abort` was called.
  bool closed() const;
  /// Calls `callback` once, from any thread, when nothing waits any more or the reader is gone.
  /// For producers that make the next piece when the last one is out.
  void on_drained(std::function<void()> callback);

  /// Sees what goes to the reader, on the reader's thread, and hears the end once: whether
  /// everything went. One at most, set before the reader begins.
  struct Watcher {
    std::function<void(std::string_view bytes)> taken;
    std::function<void(bool complete)> ended;
  };
  void watch(Watcher watcher);

  /// For the server only: takes what waits; calls `wake` once when there is something to take or an
  /// end.
  struct Taken {
    std::string bytes;
    bool finished{false};
    bool aborted{false};
  };
  Taken take();
  void on_readable(std::function<void()> wake);
  void close_reader();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ambula::http

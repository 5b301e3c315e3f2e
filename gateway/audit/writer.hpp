#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <vector>

#include <ambula/db/session.hpp>

#include "audit/domain/row.hpp"

namespace ambula::audit {

struct WriterOptions {
  std::size_t rows_max{20'000};  ///< that wait; more are refused
  std::size_t batch_rows_max{2'000};
  std::chrono::milliseconds deadline{2'000};  ///< from `submit` to the commit
  /// Commits begin at least this far apart: a commit costs the CPU of many rows, so that a busy
  /// gateway waits for more of them. A row that comes alone waits for nothing.
  std::chrono::milliseconds pace{3};
};

/// Writes audit rows on a thread of its own, all that wait in one statement and one commit, so that
/// an audited answer costs a share of a commit and no worker.
class Writer {
 public:
  explicit Writer(WriterOptions options = {}) : options_(options) {}

  /// `done(true)` once the rows are committed, `done(false)` when they cannot be (then the answer
  /// must not leave). Called once: from the writer's thread, or here when the queue is full.
  void submit(std::vector<Row> rows, std::function<void(bool)> done);

  /// The thread's body. Ends when told to, after what waits.
  void run(const std::stop_token& stop, db::Options database);

 private:
  struct Entry {
    std::vector<Row> rows;
    std::function<void(bool)> done;
    std::chrono::steady_clock::time_point deadline;
  };
  std::vector<Entry> take(const std::stop_token& stop);
  bool is_full() const { return waiting_rows_ >= options_.batch_rows_max; }
  void write(db::Session& session, std::vector<Entry> batch);

  const WriterOptions options_;
  std::mutex mutex_;
  std::condition_variable_any ready_;
  std::vector<Entry> waiting_;
  std::size_t waiting_rows_{0};
  std::chrono::steady_clock::time_point began_;  ///< when the last group was taken
};

}  // namespace ambula::audit

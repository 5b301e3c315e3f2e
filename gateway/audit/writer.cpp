#include "writer.hpp"

#include <iterator>
#include <utility>

#include <ambula/observability/log.hpp>
#include <ambula/observability/metrics.hpp>

#include "audit/store/rows.hpp"

namespace ambula::audit {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// False: certainly or possibly not written.
bool commit(db::Session& session, std::span<const Row> rows) {
  try {
    if (store::insert(session, rows)) return true;
  } catch (const std::exception&) {
    // Written or not: the answer must not leave without knowing.
  }
  log::warn("audit_not_written", {{"rows", rows.size()}});
  return false;
}

}  // namespace

void Writer::submit(std::vector<Row> rows, std::function<void(bool)> done) {
  bool wakes = false;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_rows_ + rows.size() <= options_.rows_max) {
      waiting_rows_ += rows.size();
      waiting_.push_back(
          {std::move(rows), std::move(done), SteadyClock::now() + options_.deadline});
      done = nullptr;
      wakes = waiting_.size() == 1 || is_full();
    }
  }
  if (done) return done(false);
  // Those that come while a group is written or gathered are found without being woken for.
  if (wakes) ready_.notify_one();
}

std::vector<Writer::Entry> Writer::take(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  ready_.wait(lock, stop, [&] { return !waiting_.empty(); });
  ready_.wait_until(lock, stop, began_ + options_.pace, [&] { return is_full(); });
  began_ = SteadyClock::now();
  std::size_t rows = 0;
  std::size_t count = 0;
  while (count < waiting_.size() && (count == 0 || rows < options_.batch_rows_max)) {
    rows += waiting_[count++].rows.size();
  }
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<Entry> batch(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  waiting_rows_ -= rows;
  return batch;
}

void Writer::run(const std::stop_token& stop, db::Options database) {
  // An audited answer waits for this connection: it must not hang longer than the answer may.
  database.statement_timeout_ms = static_cast<int>(options_.deadline.count());
  database.connect_timeout_s = 2;
  db::Session session(std::move(database));
  while (true) {
    auto batch = take(stop);
    if (batch.empty()) return;
    write(session, std::move(batch));
  }
}

void Writer::write(db::Session& session, std::vector<Entry> batch) {
  static const auto group_rows =
      metrics::histogram("gateway_audit_group_rows", "Audit rows written by one commit.",
                         {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000});
  const auto now = SteadyClock::now();
  std::vector<Row> rows;
  for (auto& entry : batch) {
    if (now > entry.deadline) continue;
    rows.insert(rows.end(), std::make_move_iterator(entry.rows.begin()),
                std::make_move_iterator(entry.rows.end()));
  }
  const bool written = !rows.empty() && commit(session, rows);
  if (written) group_rows.observe(static_cast<double>(rows.size()));
  for (const auto& entry : batch)
    entry.done(written && now <= entry.deadline);
}

}  // namespace ambula::audit

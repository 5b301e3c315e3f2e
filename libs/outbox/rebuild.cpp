#include <algorithm>
#include <map>
#include <optional>
#include <platform/sql.hpp>
#include <set>
#include <string>
#include <unordered_map>

#include <ambula/bus/consumer.hpp>
#include <ambula/bus/topics.hpp>
#include <ambula/outbox/apply.hpp>
#include <ambula/outbox/rebuild.hpp>

namespace ambula::outbox {
namespace {

using Steady = std::chrono::steady_clock;
constexpr std::chrono::milliseconds tail_wait{200};

Error refused(std::string_view code, std::string detail) {
  return Error{ErrorKind::conflict, code, detail};
}

/// The topic's projections, in their order.
Result<std::vector<Subscription>> projections(const std::vector<Subscription>& subscriptions,
                                              std::string_view topic) {
  std::vector<Subscription> found;
  bool subscribed = false;
  for (const auto& each : subscriptions) {
    if (each.topic != topic) continue;
    subscribed = true;
    if (each.kind == HandlerKind::projection && !each.tables.empty()) found.push_back(each);
  }
  if (!subscribed) return refused("not-subscribed", "This service does not read that topic.");
  if (found.empty()) {
    return refused("no-projection",
                   "The topic's events have effects only, which are never run "
                   "again.");
  }
  return found;
}

/// One run of the transaction's body.
class Rebuild {
 public:
  Rebuild(db::Transaction& tx, const std::vector<Subscription>& handlers,
          const RebuildOptions& options)
      : tx_(tx), handlers_(handlers), options_(options) {
    const auto* topic = bus::find_topic(options.topic);
    complete_ = topic && !topic->gaps_allowed();
  }

  Result<std::int64_t> run(const bus::Cluster& cluster) {
    stop_inbox();
    lock_tables();
    stop_inbox();  // once more: a partition's very first batch had no row to lock
    load_parked();
    empty();
    bus::Tail tail(cluster, {std::string(options_.topic)}, true);
    for (const auto deadline = Steady::now() + options_.limit; !tail.reached_end();) {
      if (Steady::now() > deadline) {
        return refused("topic-not-read", "The brokers did not give the whole topic in time.");
      }
      for (const auto& record : tail.poll(tail_wait)) {
        if (auto done = take(record); !done) return std::move(done).error();
      }
    }
    return applied_;
  }

 private:
  /// Its batches begin with these rows, so none of this topic is under way; what it has applied is
  /// what will be applied here.
  void stop_inbox() {
    for (const auto row :
         tx_.exec(platform::sql::lock_offsets, options_.consumer, options_.topic)) {
      ends_[row.get<int>("partition")] = row.get<std::int64_t>("next_offset");
    }
  }

  void load_parked() {
    for (const auto row :
         tx_.exec(platform::sql::parked_offsets, options_.consumer, options_.topic)) {
      parked_.emplace(row.get<int>("partition"), row.get<std::int64_t>("kafka_offset"));
    }
  }

  /// Keeps out who else writes to them: batches of other topics.
  void lock_tables() {
    std::set<std::string_view> tables;
    for (const auto& each : handlers_) {
      for (const auto& filled : each.tables)
        tables.insert(filled.table);
    }
    for (const auto table : tables)
      tx_.lock_table(table);
  }

  void empty() {
    for (const auto& each : handlers_) {
      for (const auto& [table, rows] : each.tables)
        tx_.empty_table(table, rows);
    }
  }

  Result<void> take(const bus::Record& record) {
    const auto& event = record.event;
    const auto end = ends_.find(event.partition);
    if (end == ends_.end() || event.offset >= end->second) return {};
    if (!record.problem.empty() || parked_.contains({event.partition, event.offset})) return {};
    if (std::ranges::find(options_.skip, event.id) != options_.skip.end()) {
      versions_[event.key] = event.aggregate_version;
      return {};
    }
    auto& version = versions_[event.key];
    if (event.aggregate_version <= version) return {};
    if (complete_ && version == 0 && event.aggregate_version > 1) {
      return refused("topic-truncated", "The topic begins at " + format_instant(event.time) +
                                            "; what was before cannot be rebuilt.");
    }
    Delivery delivery{tx_, event, options_.now};
    if (auto handled = handle(handlers_, delivery); !handled) {
      return refused(handled.error().code, "Event " + event.id.str() + " (" + event.type +
                                               ") cannot be applied; if it " +
                                               "was dropped, skip it here too.");
    }
    version = event.aggregate_version;
    ++applied_;
    return {};
  }

  db::Transaction& tx_;
  const std::vector<Subscription>& handlers_;
  const RebuildOptions& options_;
  bool complete_{false};
  std::map<int, std::int64_t> ends_;
  std::set<std::pair<int, std::int64_t>> parked_;
  std::unordered_map<std::string, std::int64_t> versions_;
  std::int64_t applied_{0};
};

}  // namespace

std::vector<std::string> rebuildable(const std::vector<Subscription>& subscriptions) {
  std::set<std::string> topics;
  for (const auto& each : subscriptions) {
    if (projections(subscriptions, each.topic)) topics.insert(each.topic);
  }
  return {topics.begin(), topics.end()};
}

Result<std::int64_t> rebuild(db::Session& session, const bus::Cluster& cluster,
                             const std::vector<Subscription>& subscriptions,
                             const RebuildOptions& options) {
  const auto handlers = projections(subscriptions, options.topic);
  if (!handlers) return handlers.error();
  return session.transact(
      [&](db::Transaction& tx) { return Rebuild(tx, *handlers, options).run(cluster); });
}

}  // namespace ambula::outbox

#include <platform/sql.hpp>
#include <set>
#include <string>
#include <unordered_map>

#include <ambula/bus/consumer.hpp>
#include <ambula/outbox/apply.hpp>
#include <ambula/outbox/rebuild.hpp>

namespace ambula::outbox {
namespace {

using Steady = std::chrono::steady_clock;
constexpr std::chrono::milliseconds poll_wait{200};

Error refused(std::string_view code, std::string_view detail) {
  return Error{ErrorKind::conflict, std::string(code), std::string(detail), {}, {}};
}

/// The topic's handlers, each a projection of known tables.
Result<std::vector<Subscription>> projections(const std::vector<Subscription>& subscriptions,
                                              std::string_view topic) {
  std::vector<Subscription> found;
  for (const auto& each : subscriptions) {
    if (each.topic != topic) continue;
    if (each.kind != HandlerKind::projection || each.tables.empty()) {
      return refused("has-effects", "The topic's handlers do more than fill tables.");
    }
    found.push_back(each);
  }
  if (found.empty()) return refused("not-subscribed", "This service does not read that topic.");
  return found;
}

/// Locks out the live inbox, then empties.
void empty(db::Transaction& tx, const std::vector<Subscription>& handlers) {
  std::set<std::string_view> tables;
  for (const auto& each : handlers)
    tables.insert(each.tables.begin(), each.tables.end());
  std::string script;
  for (const auto table : tables)
    script.append("LOCK TABLE ")
        .append(table)
        .append(" IN EXCLUSIVE MODE; DELETE FROM ")
        .append(table)
        .append("; ");
  tx.run_script(script);
}

/// Applies one record unless it is a repetition; whether it was.
Result<bool> apply_one(db::Transaction& tx, const std::vector<Subscription>& handlers,
                       const bus::Record& record, Instant now,
                       std::unordered_map<std::string, std::int64_t>& versions) {
  const auto& event = record.event;
  if (!record.problem.empty()) return false;
  auto& version = versions[event.key];
  if (event.aggregate_version <= version) return false;
  Delivery delivery{tx, event, now};
  if (auto handled = handle(handlers, delivery); !handled) return handled.error();
  version = event.aggregate_version;
  return true;
}

/// The live inbox skips what was applied here.
void save_positions(db::Transaction& tx, std::string_view consumer, std::string_view topic,
                    const std::unordered_map<std::string, std::int64_t>& versions) {
  std::vector<std::string> topics(versions.size(), std::string(topic));
  std::vector<std::string> keys;
  std::vector<std::int64_t> numbers;
  for (const auto& [key, version] : versions) {
    keys.push_back(key);
    numbers.push_back(version);
  }
  tx.exec(platform::sql::save_positions, consumer, topics, keys, numbers);
}

}  // namespace

Result<std::int64_t> rebuild(db::Session& session, const bus::Cluster& cluster,
                             const std::vector<Subscription>& subscriptions,
                             std::string_view consumer, std::string_view topic, Instant now,
                             std::chrono::milliseconds limit) {
  const auto handlers = projections(subscriptions, topic);
  if (!handlers) return handlers.error();
  return session.transact([&](db::Transaction& tx) -> Result<std::int64_t> {
    empty(tx, *handlers);
    // Only now: what the live inbox has applied so far is in front of the end that this finds.
    bus::Tail tail(cluster, {std::string(topic)}, true);
    std::unordered_map<std::string, std::int64_t> versions;
    std::int64_t applied = 0;
    for (const auto deadline = Steady::now() + limit; !tail.reached_end();) {
      if (Steady::now() > deadline) {
        return refused("topic-not-read", "The brokers did not give the whole topic in time.");
      }
      for (const auto& record : tail.poll(poll_wait)) {
        const auto done = apply_one(tx, *handlers, record, now, versions);
        if (!done) return done.error();
        if (*done) ++applied;
      }
    }
    save_positions(tx, consumer, topic, versions);
    return applied;
  });
}

}  // namespace ambula::outbox

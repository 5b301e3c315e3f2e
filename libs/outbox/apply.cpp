#include <chrono>
#include <exception>
#include <optional>
#include <platform/sql.hpp>
#include <set>
#include <string_view>
#include <unordered_set>

#include <ambula/bus/topics.hpp>
#include <ambula/observability/log.hpp>
#include <ambula/observability/metrics.hpp>
#include <ambula/observability/span.hpp>
#include <ambula/outbox/apply.hpp>
#include <ambula/outbox/parked.hpp>

namespace ambula::outbox {
namespace {

using TopicKey = std::pair<std::string, std::string>;

struct KeyState {
  std::int64_t version{0};
  bool parked{false};
  bool moved{false};
};

/// What a handler does, says and causes belongs to the trace that caused the event.
class TraceOf {
 public:
  explicit TraceOf(const bus::Event& event) : event_(event) {
    if (event.traceparent.empty()) return;
    if (const auto context = trace::parse(event.traceparent)) scope_.emplace(context->child(), "");
  }
  ~TraceOf() {
    if (!scope_ || !trace::wants(*trace::current())) return;
    trace::record({.context = *trace::current(),
                   .kind = trace::Kind::consumer,
                   .name = "process " + event_.topic,
                   .begun = begun_,
                   .failed = std::uncaught_exceptions() > exceptions_,
                   .attributes = {{"messaging.system", "kafka"},
                                  {"messaging.destination.name", event_.topic},
                                  {"messaging.message.id", event_.id.str()},
                                  {"cloudevents.event_type", event_.type}}});
  }
  TraceOf(const TraceOf&) = delete;
  TraceOf& operator=(const TraceOf&) = delete;

 private:
  const bus::Event& event_;
  const int exceptions_{std::uncaught_exceptions()};
  const std::chrono::steady_clock::time_point begun_{std::chrono::steady_clock::now()};
  std::optional<trace::Scope> scope_;
};

/// One run of the transaction's body; it may be run again from the start after a deadlock.
class Pass {
 public:
  Pass(db::Transaction& tx, const InboxOptions& options, std::span<const bus::Record> records,
       const std::string* park_reason)
      : tx_(tx), options_(options), records_(records), park_reason_(park_reason) {}

  Result<std::vector<Disposition>> run(const Offsets& known) {
    if (!claim(known)) {
      return conflict(offsets_moved, "Another member of the group has gone on from here.");
    }
    add_to_inbox();
    load_states();
    std::vector<Disposition> dispositions;
    dispositions.reserve(records_.size());
    for (const auto& record : records_) {
      auto disposition = take(record);
      if (!disposition) return std::move(disposition).error();
      dispositions.push_back(*disposition);
    }
    save_positions();
    return dispositions;
  }

 private:
  /// First, because it locks the partitions against a member that believes it still owns them.
  bool claim(const Offsets& known) {
    std::vector<std::string> topics;
    std::vector<int> partitions;
    std::vector<std::int64_t> expected;
    std::vector<std::int64_t> next;
    for (const auto& [where, offset] : offsets_after(records_)) {
      const auto found = known.find(where);
      topics.push_back(where.first);
      partitions.push_back(where.second);
      expected.push_back(found == known.end() ? -1 : found->second);
      next.push_back(offset);
    }
    const auto rows =
        tx_.exec(platform::sql::claim_offsets, options_.group, topics, partitions, expected, next);
    return rows.front().get<std::int64_t>("claimed") == static_cast<std::int64_t>(topics.size());
  }

  void add_to_inbox() {
    std::vector<Uuid> ids;
    for (const auto& record : records_) {
      if (record.problem.empty()) ids.push_back(record.event.id);
    }
    if (ids.empty()) return;
    for (const auto row : tx_.exec(platform::sql::add_to_inbox, options_.group, ids)) {
      fresh_.insert(row.get<Uuid>("event_id"));
    }
  }

  void load_states() {
    std::set<TopicKey> keys;
    for (const auto& record : records_) {
      if (record.problem.empty()) keys.emplace(record.event.topic, record.event.key);
    }
    if (keys.empty()) return;
    std::vector<std::string> topics;
    std::vector<std::string> names;
    for (const auto& [topic, key] : keys) {
      topics.push_back(topic);
      names.push_back(key);
    }
    for (const auto row : tx_.exec(platform::sql::key_states, options_.group, topics, names)) {
      states_[{row.get<std::string>("topic"), row.get<std::string>("key")}] = {
          row.get<std::int64_t>("version"), row.get<bool>("parked"), false};
    }
  }

  Result<Disposition> take(const bus::Record& record) {
    if (!record.problem.empty()) return park(record, "envelope: " + record.problem);
    const auto& event = record.event;
    // Erased, so that an event that is in the batch twice is fresh once.
    if (fresh_.erase(event.id) == 0) return Disposition::duplicate;
    auto& state = states_[{event.topic, event.key}];
    if (event.aggregate_version <= state.version) return Disposition::duplicate;
    if (state.parked) {
      outbox::park(tx_, options_.group, record, true, "held");
      return Disposition::held;
    }
    if (park_reason_) return park(record, *park_reason_);
    const auto* topic = bus::find_topic(event.topic);
    if (event.aggregate_version > state.version + 1 && !(topic && topic->gaps_allowed())) {
      return park(record, "gap");
    }
    const TraceOf trace(event);
    Delivery delivery{tx_, event, options_.clock()};
    if (auto handled = handle(options_.subscriptions, delivery); !handled) {
      return std::move(handled).error();
    }
    state.version = event.aggregate_version;
    state.moved = true;
    return Disposition::applied;
  }

  Disposition park(const bus::Record& record, const std::string& reason) {
    const auto* topic = bus::find_topic(record.event.topic);
    const bool secret = topic && topic->secret;
    log::error(secret ? "event_given_up" : "event_parked", {{"topic", record.event.topic},
                                                            {"event_id", record.event.id},
                                                            {"event_type", record.event.type},
                                                            {"reason", reason}});
    if (secret) return Disposition::given_up;  // a single-use token must not lie about in a table
    outbox::park(tx_, options_.group, record, false, reason);
    states_[{record.event.topic, record.event.key}].parked = true;
    return Disposition::parked;
  }

  void save_positions() {
    std::vector<std::string> topics;
    std::vector<std::string> keys;
    std::vector<std::int64_t> versions;
    for (const auto& [where, state] : states_) {
      if (!state.moved) continue;
      topics.push_back(where.first);
      keys.push_back(where.second);
      versions.push_back(state.version);
    }
    if (topics.empty()) return;
    tx_.exec(platform::sql::save_positions, options_.group, topics, keys, versions);
  }

  db::Transaction& tx_;
  const InboxOptions& options_;
  std::span<const bus::Record> records_;
  const std::string* park_reason_;
  std::unordered_set<Uuid> fresh_;
  std::map<TopicKey, KeyState> states_;
};

metrics::Histogram handler_seconds(const std::string& topic) {
  thread_local std::map<std::string, metrics::Histogram> known;
  const auto found = known.find(topic);
  if (found != known.end()) return found->second;
  return known
      .emplace(topic, metrics::histogram("kafka_consumer_process_duration_seconds",
                                         "Time the handlers took for one event.",
                                         metrics::statement_seconds(), {{"topic", topic}}))
      .first->second;
}

}  // namespace

Cause Delivery::cause() const {
  const auto* const step = trace::current();
  return {event.actor_id, event.id, step != nullptr ? step->traceparent() : event.traceparent};
}

void Delivery::meet(std::string_view what, const Uuid& id) const {
  tx.exec(platform::sql::lock_meeting, what, id);
}

Result<void> ignored() {
  static const auto counter =
      metrics::counter("events_ignored_total", "Events of a type that the handler does not know.");
  counter.add();
  return {};
}

Result<void> handle(const std::vector<Subscription>& subscriptions, Delivery& delivery) {
  const auto started = std::chrono::steady_clock::now();
  for (const auto& subscription : subscriptions) {
    if (subscription.topic != delivery.event.topic) continue;
    if (auto handled = subscription.handle(delivery); !handled) return handled;
  }
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - started;
  handler_seconds(delivery.event.topic).observe(taken.count());
  return {};
}

Offsets offsets_after(std::span<const bus::Record> records) {
  Offsets offsets;
  for (const auto& record : records) {
    offsets[{record.event.topic, record.event.partition}] = record.event.offset + 1;
  }
  return offsets;
}

Result<std::vector<Disposition>> apply(db::Session& session, const InboxOptions& options,
                                       std::span<const bus::Record> records, const Offsets& known,
                                       const std::string* park_reason) {
  return session.transact(
      [&](db::Transaction& tx) { return Pass(tx, options, records, park_reason).run(known); });
}

}  // namespace ambula::outbox

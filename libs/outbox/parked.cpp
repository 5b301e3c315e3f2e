#include <algorithm>
#include <array>
#include <optional>
#include <platform/sql.hpp>

#include <ambula/base/text.hpp>
#include <ambula/bus/topics.hpp>
#include <ambula/observability/log.hpp>
#include <ambula/outbox/apply.hpp>
#include <ambula/outbox/parked.hpp>

namespace ambula::outbox {
namespace {

constexpr std::string_view gap_reason = "gap";

/// What can stand in a text column; bytes that cannot are of no use for a replay either.
std::string storable(const std::string& text) {
  const bool fine = is_utf8(text) && text.find('\0') == std::string::npos;
  return fine ? text : std::string();
}

struct Key {
  std::string topic;
  std::string key;
  int partition;
};

struct ParkedRow {
  bus::Event event;
  bool decoded;
  std::string reason;
};

ParkedRow read_parked(const db::Row& row) {
  ParkedRow parked;
  auto& event = parked.event;
  const auto time = row.get<std::optional<Instant>>("event_time");
  parked.decoded = time.has_value();
  parked.reason = row.get<std::string>("reason");
  event.id = row.get<Uuid>("event_id");
  event.time = time.value_or(Instant{});
  event.topic = row.get<std::string>("topic");
  event.key = row.get<std::string>("key");
  event.type = row.get<std::string>("type");
  event.source = row.get<std::string>("source");
  event.facility_id = row.get<std::optional<Uuid>>("facility_id");
  event.aggregate_version = row.get<std::int64_t>("aggregate_version");
  event.traceparent = row.get<std::string>("traceparent");
  event.causation_id = row.get<std::optional<Uuid>>("causation_id");
  event.actor_id = row.get<std::optional<Uuid>>("actor_id");
  event.tombstone = row.get<bool>("tombstone");
  event.data = row.get<std::optional<std::string>>("payload").value_or("");
  event.partition = row.get<int>("partition");
  event.offset = row.get<std::int64_t>("kafka_offset");
  return parked;
}

Error cannot_replay(std::string_view reason) {
  return Error{ErrorKind::conflict, "replay-refused",
               "The event cannot be applied: " + std::string(reason) + "."};
}

void remember_position(db::Transaction& tx, std::string_view consumer, const bus::Event& event) {
  tx.exec(platform::sql::save_positions, consumer, std::vector<std::string>{event.topic},
          std::vector<std::string>{event.key}, std::vector<std::int64_t>{event.aggregate_version});
}

/// One key's replay. Each event is a transaction of its own, so that what works stays.
class Replay {
 public:
  Replay(db::Session& session, const std::vector<Subscription>& subscriptions,
         std::string_view consumer, const std::optional<Uuid>& asked_for, Instant now)
      : session_(session),
        subscriptions_(subscriptions),
        consumer_(consumer),
        asked_for_(asked_for),
        now_(now) {}

  /// How many were applied; stops at the first that cannot be.
  Result<int> run(const Key& key) {
    int applied = 0;
    for (;;) {
      auto done = try_next(key);
      if (!done) {
        if (applied == 0) return std::move(done).error();
        return applied;
      }
      if (!*done) return applied;
      ++applied;
    }
  }

 private:
  /// True: one more applied; false: none left.
  Result<bool> try_next(const Key& key) {
    last_.reset();
    try {
      auto done = session_.transact([&](db::Transaction& tx) { return next(tx, key); });
      if (!done && last_) note_reason(done.error().code);
      return done;
    } catch (const db::StatementFailed& failed) {
      if (is_transient(failed)) throw;
      if (last_) note_reason(reason_of(failed));
      return cannot_replay(reason_of(failed));
    }
  }

  Result<bool> next(db::Transaction& tx, const Key& key) {
    tx.exec(platform::sql::lock_partition, consumer_, key.topic, key.partition);
    const auto rows = tx.exec(platform::sql::first_parked, consumer_, key.topic, key.key);
    if (rows.empty()) return false;
    auto parked = read_parked(rows.front());
    if (!parked.decoded) return cannot_replay(parked.reason);
    const auto& event = last_.emplace(std::move(parked.event));
    if (auto applied = apply(tx, event); !applied) return std::move(applied).error();
    tx.exec(platform::sql::delete_parked, consumer_, event.topic, event.partition, event.offset);
    return true;
  }

  Result<void> apply(db::Transaction& tx, const bus::Event& event) {
    const auto states =
        tx.exec(platform::sql::key_states, consumer_, std::vector<std::string>{event.topic},
                std::vector<std::string>{event.key});
    const auto version = states.front().get<std::int64_t>("version");
    if (event.aggregate_version <= version) return {};  // a duplicate: just not parked any more
    const auto* topic = bus::find_topic(event.topic);
    const bool gap = event.aggregate_version > version + 1 && !(topic && topic->gaps_allowed());
    // Who names the event means it: what is missing before it is known to be lost.
    if (gap && asked_for_ != event.id) return cannot_replay(gap_reason);
    Delivery delivery{tx, event, now_};
    if (auto handled = handle(subscriptions_, delivery); !handled) return handled;
    remember_position(tx, consumer_, event);
    return {};
  }

  void note_reason(std::string_view reason) {
    auto noted = session_.execute(platform::sql::set_parked_reason, consumer_, last_->topic,
                                  last_->partition, last_->offset, reason);
    if (!noted) log::warn("parked_reason_not_noted");
  }

  db::Session& session_;
  const std::vector<Subscription>& subscriptions_;
  std::string_view consumer_;
  std::optional<Uuid> asked_for_;
  Instant now_;
  std::optional<bus::Event> last_;
};

}  // namespace

void park(db::Transaction& tx, std::string_view consumer, const bus::Record& record, bool held,
          std::string_view reason) {
  const auto& event = record.event;
  const bool decoded = record.problem.empty();
  const auto id = event.id.is_nil() ? Uuid::make() : event.id;
  const auto time = decoded ? std::optional(event.time) : std::nullopt;
  const auto payload = event.tombstone ? std::nullopt : std::optional(storable(event.data));
  tx.exec(platform::sql::park_event, consumer, event.topic, event.partition, event.offset, id,
          storable(event.key), event.type, storable(event.source), time, event.facility_id,
          event.aggregate_version, storable(event.traceparent), event.causation_id, event.actor_id,
          payload, event.tombstone, held, reason);
}

std::string reason_of(const db::StatementFailed& failed) {
  return failed.constraint.empty() ? failed.sqlstate : failed.sqlstate + " " + failed.constraint;
}

bool is_transient(const db::StatementFailed& failed) {
  // 25 transaction state, 40 rollback, 42 schema and rights, 53 resources, 55 locks, 57 operator,
  // 58 system, XX internal.
  constexpr std::array<std::string_view, 8> classes{"25", "40", "42", "53", "55", "57", "58", "XX"};
  return std::any_of(classes.begin(), classes.end(),
                     [&](std::string_view each) { return failed.sqlstate.starts_with(each); });
}

std::vector<ParkedEvent> list_parked(db::Session& session, std::string_view consumer, int limit) {
  std::vector<ParkedEvent> found;
  for (const auto row : session.read(platform::sql::list_parked, consumer, limit)) {
    found.push_back({row.get<Uuid>("event_id"), row.get<std::string>("topic"),
                     row.get<std::string>("key"), row.get<std::string>("type"),
                     row.get<std::int64_t>("aggregate_version"), row.get<bool>("held"),
                     row.get<std::string>("reason"), row.get<Instant>("parked_at")});
  }
  return found;
}

Result<int> replay_parked(db::Session& session, const std::vector<Subscription>& subscriptions,
                          std::string_view consumer, const std::optional<Uuid>& event_id,
                          Instant now) {
  const auto rows = session.read(platform::sql::parked_keys, consumer, event_id);
  if (rows.empty() && event_id) return not_found("parked-event");
  Replay replay(session, subscriptions, consumer, event_id, now);
  int applied = 0;
  for (const auto row : rows) {
    const Key key{row.get<std::string>("topic"), row.get<std::string>("key"),
                  row.get<int>("partition")};
    auto done = replay.run(key);
    if (!done && event_id) return done;
    if (done) applied += *done;
  }
  return applied;
}

Result<int> drop_parked(db::Session& session, std::string_view consumer, const Uuid& event_id) {
  return session.transact([&](db::Transaction& tx) -> Result<int> {
    auto rows = tx.exec(platform::sql::find_parked, consumer, event_id);
    if (rows.empty()) return not_found("parked-event");
    const auto event = read_parked(rows.front()).event;
    tx.exec(platform::sql::lock_partition, consumer, event.topic, event.partition);
    // Giving up one that is held would give up what holds it too, unsaid.
    const auto first = tx.exec(platform::sql::first_parked, consumer, event.topic, event.key);
    if (first.front().get<Uuid>("event_id") != event_id) {
      return conflict("not-the-first", "Earlier events of the same key are parked; begin with " +
                                           first.front().get<std::string>("event_id") + ".");
    }
    const auto deleted =
        tx.exec(platform::sql::delete_parked, consumer, event.topic, event.partition, event.offset);
    // What comes behind it is no gap: the event was given up on purpose.
    if (deleted.affected() == 1) remember_position(tx, consumer, event);
    return static_cast<int>(deleted.affected());
  });
}

}  // namespace ambula::outbox

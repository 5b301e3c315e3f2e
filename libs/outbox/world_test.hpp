#pragma once

// What the tests of this folder share: a database with the platform's tables and two of a service,
// a Kafka, and the check that nothing was lost or reordered.

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <ambula/bus/consumer.hpp>
#include <ambula/bus/producer.hpp>
#include <ambula/db/session.hpp>
#include <ambula/outbox/inbox.hpp>
#include <ambula/outbox/outbox.hpp>
#include <ambula/outbox/relay.hpp>
#include <ambula/testing/eventually.hpp>
#include <ambula/testing/kafka.hpp>
#include <ambula/testing/postgres.hpp>
#include <gtest/gtest.h>

namespace ambula::outbox::world_test {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""h;

inline const std::string topic = "ambula.appointment.v1";    // no gaps
inline const std::string compacted = "ambula.patient.v1";    // gaps are normal
inline const std::string secret = "ambula.account-mail.v1";  // never parked

/// As a service's command does it: lock and change the aggregate, insert its events from the
/// RETURNING.
inline constexpr db::Statement append_events{"append_events", R"(
  WITH changed AS (
    UPDATE aggregate SET event_seq = event_seq + cardinality($3::uuid[])
    WHERE id = $1 RETURNING id, event_seq
  )
  INSERT INTO outbox (event_id, topic, key, type, aggregate_version, payload, actor_id,
                      causation_id, traceparent)
  SELECT e.event_id, $2, c.id, e.type, c.event_seq - cardinality($3::uuid[]) + e.n, e.payload,
         $6::uuid, $7::uuid, $8
  FROM changed AS c, unnest($3::uuid[], $4::text[], $5::text[])
    WITH ORDINALITY AS e (event_id, type, payload, n)
  ORDER BY e.n)"};
inline constexpr db::Statement note_applied{
    "note_applied",
    "INSERT INTO applied (event_id, key, version, kafka_offset) VALUES ($1::uuid, $2, $3::bigint, "
    "$4::bigint)"};

class World {
 public:
  explicit World(int partitions = 4) : session(options()) {
    prepare_tables();
    kafka.create_topic(topic, partitions);
    kafka.create_topic(compacted, partitions);
    kafka.create_topic(secret, 1);
  }

  static testing::Postgres& postgres() {
    static testing::Postgres shared("outbox_test");
    return shared;
  }

  static db::Options options() {
    db::Options made;
    made.url = postgres().url();
    made.application_name = "outbox_test";
    made.schema = "outbox_test";
    return made;
  }

  RelayOptions relay_options() const {
    RelayOptions made;
    made.database = options();
    made.cluster = kafka.brokers();
    made.source = "/services/test";
    made.lease_duration = 2000ms;
    return made;
  }

  InboxOptions inbox_options(std::vector<Subscription> subscriptions) const {
    InboxOptions made;
    made.database = options();
    made.cluster = kafka.brokers();
    made.group = group;
    made.subscriptions = std::move(subscriptions);
    made.session_timeout = 6000ms;
    made.fetch_wait = 50ms;
    made.backoff_max = 500ms;
    return made;
  }

  std::int64_t number(std::string_view sql) {
    const auto name = "number_" + std::to_string(std::hash<std::string_view>{}(sql));
    return session.read(db::Statement{name, sql}).front().get<std::int64_t>("n");
  }
  std::string text(std::string_view sql) {
    const auto name = "text_" + std::to_string(std::hash<std::string_view>{}(sql));
    const auto rows = session.read(db::Statement{name, sql});
    return rows.empty() ? "(none)" : rows.front().get<std::string>("t");
  }

  /// Appends events 1… of one aggregate, in one command.
  void append(const std::string& key, int count = 1, const std::string& on = topic,
              const std::string& payload = "{}") {
    Events events({Uuid::make(), std::nullopt, ""});
    for (int i = 0; i < count; ++i)
      events.add("AppointmentBooked", payload);
    session.run_script("INSERT INTO aggregate (id) VALUES ('" + key + "') ON CONFLICT DO NOTHING");
    ASSERT_TRUE(session.execute(append_events, key, on, events));
  }

  std::int64_t unsent() { return number("SELECT count(*) AS n FROM outbox WHERE sent_at IS NULL"); }
  bool all_sent(std::chrono::milliseconds limit = 20s) {
    return testing::eventually([this] { return unsent() == 0; }, limit);
  }

  /// Everything in a topic, from its beginning.
  std::vector<bus::Event> read_topic(const std::string& name = topic) const {
    bus::Tail tail(kafka.brokers(), {name}, true);
    std::vector<bus::Event> events;
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!tail.reached_end() && std::chrono::steady_clock::now() < deadline) {
      for (auto& record : tail.poll(100ms, 5000)) {
        EXPECT_EQ(record.problem, "");
        events.push_back(std::move(record.event));
      }
    }
    EXPECT_TRUE(tail.reached_end());
    return events;
  }

  /// An event as a neighbour would send it.
  static bus::Event event(const std::string& key, std::int64_t version,
                          const std::string& on = topic) {
    bus::Event made;
    made.id = Uuid::make();
    made.type = "AppointmentBooked";
    made.source = "/services/other";
    made.topic = on;
    made.key = key;
    made.time = system_now();
    made.aggregate_version = version;
    made.data = "{}";
    return made;
  }

  void send(const std::vector<bus::Event>& events) {
    bus::Producer producer(kafka.brokers(), "test");
    const auto written = producer.send(events, 10s);
    ASSERT_EQ(std::count(written.begin(), written.end(), true),
              static_cast<std::ptrdiff_t>(events.size()));
  }

  std::int64_t applied() { return number("SELECT count(*) AS n FROM applied"); }
  std::int64_t parked() { return number("SELECT count(*) AS n FROM parked_event"); }
  bool applied_are(std::int64_t count, std::chrono::milliseconds limit = 20s) {
    return testing::eventually([&] { return applied() >= count; }, limit) && applied() == count;
  }
  /// Keys whose events were not applied in the order 1, 2, 3…
  std::int64_t disordered() {
    return number(R"(SELECT count(*) AS n FROM (
        SELECT version, row_number() OVER (PARTITION BY key ORDER BY id) AS expected
        FROM applied) AS a
      WHERE version <> expected)");
  }

  testing::MockKafka kafka;
  db::Session session;
  const std::string group = "test-" + Uuid::make().str();

 private:
  void prepare_tables() {
    static const bool migrated =
        static_cast<bool>(db::migrate(options(), "platform", migrations()));
    ASSERT_TRUE(migrated);
    session.run_script(R"(
      CREATE TABLE IF NOT EXISTS aggregate (
        id text PRIMARY KEY, event_seq bigint NOT NULL DEFAULT 0);
      CREATE TABLE IF NOT EXISTS applied (
        id bigint GENERATED ALWAYS AS IDENTITY (CACHE 1) PRIMARY KEY, event_id uuid NOT NULL,
        key text NOT NULL, version bigint NOT NULL, kafka_offset bigint NOT NULL,
        CONSTRAINT applied_once UNIQUE (event_id));
      TRUNCATE aggregate, applied, outbox, inbox, inbox_position, consumer_offset, parked_event
        RESTART IDENTITY;
      UPDATE relay_lease SET holder = NULL, expires_at = '-infinity';)");
  }
};

/// What is wrong with an order of events, given the number of each key's; empty when nothing was
/// lost, nothing was reordered, and what is there twice has the same id.
inline std::string find_fault(const std::vector<bus::Event>& events,
                              const std::map<std::string, std::int64_t>& expected) {
  std::map<std::string, std::vector<Uuid>> seen;
  for (const auto& event : events) {
    auto& ids = seen[event.key];
    const auto version = static_cast<std::size_t>(event.aggregate_version);
    if (version > ids.size() + 1) return event.key + ": reordered at " + std::to_string(version);
    if (version == ids.size() + 1) {
      ids.push_back(event.id);
    } else if (ids[version - 1] != event.id) {
      return event.key + ": two events " + std::to_string(version);
    }
  }
  for (const auto& [key, count] : expected) {
    if (std::cmp_not_equal(seen[key].size(), count)) return key + ": lost";
  }
  return seen.size() == expected.size() ? "" : "an unknown key";
}

inline Result<void> note(Delivery& delivery) {
  const auto& event = delivery.event;
  delivery.tx.exec(note_applied, event.id, event.key, event.aggregate_version, event.offset);
  return {};
}

}  // namespace ambula::outbox::world_test

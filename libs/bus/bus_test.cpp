#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>
#include <thread>

#include <ambula/base/text.hpp>
#include <ambula/bus/client.hpp>
#include <ambula/bus/consumer.hpp>
#include <ambula/bus/producer.hpp>
#include <ambula/bus/topics.hpp>
#include <ambula/observability/log.hpp>
#include <ambula/testing/eventually.hpp>
#include <ambula/testing/kafka.hpp>
#include <gtest/gtest.h>

namespace ambula::bus_test {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;
using bus::Consumer;
using bus::Event;
using bus::Producer;
using bus::Record;
using bus::Tail;
using bus::TopicPartition;
using testing::MockKafka;

const std::string topic = "ambula.appointment.v1";

Event make_event(const std::string& key, std::int64_t version) {
  Event event;
  event.id = Uuid::make();
  event.type = "AppointmentBooked";
  event.source = "/services/scheduling";
  event.topic = topic;
  event.key = key;
  event.time = system_now();
  event.aggregate_version = version;
  event.data = R"({"n":)" + std::to_string(version) + "}";
  return event;
}

std::vector<Event> make_events(int keys, int each) {
  std::vector<Event> events;
  for (int version = 1; version <= each; ++version) {
    for (int key = 0; key < keys; ++key) {
      events.push_back(make_event("key-" + std::to_string(key), version));
    }
  }
  return events;
}

bool all(const std::vector<bool>& written) {
  return std::find(written.begin(), written.end(), false) == written.end();
}

bool none(const std::vector<bool>& written) {
  return std::find(written.begin(), written.end(), true) == written.end();
}

std::vector<Record> read_all(const MockKafka& kafka, const std::string& of = topic) {
  Tail tail(kafka.brokers(), {of}, true);
  std::vector<Record> records;
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (!tail.reached_end() && std::chrono::steady_clock::now() < deadline) {
    for (auto& record : tail.poll(100ms))
      records.push_back(std::move(record));
  }
  EXPECT_TRUE(tail.reached_end());
  return records;
}

/// Per key the versions in the order of their first arrival.
std::map<std::string, std::vector<std::int64_t>> first_arrivals(
    const std::vector<Record>& records) {
  std::map<std::string, std::vector<std::int64_t>> order;
  std::set<Uuid> seen;
  for (const auto& record : records) {
    if (seen.insert(record.event.id).second) {
      order[record.event.key].push_back(record.event.aggregate_version);
    }
  }
  return order;
}

std::vector<std::int64_t> one_to(std::int64_t last) {
  std::vector<std::int64_t> numbers;
  for (std::int64_t n = 1; n <= last; ++n)
    numbers.push_back(n);
  return numbers;
}

void from_beginning(std::vector<TopicPartition>&) {}

Consumer::Options options_for(const MockKafka& kafka, const std::string& group) {
  Consumer::Options options;
  options.cluster = kafka.brokers();
  options.group = group;
  options.topics = {topic};
  options.session_timeout = 6000ms;
  return options;
}

std::string fresh_group() {
  return "test-" + Uuid::make().str();
}

/// Polls until `count` records are there or ten seconds have passed.
std::vector<Record> poll_until(Consumer& consumer, std::size_t count) {
  std::vector<Record> records;
  const auto deadline = std::chrono::steady_clock::now() + 15s;
  while (records.size() < count && std::chrono::steady_clock::now() < deadline) {
    for (auto& record : consumer.poll(100ms))
      records.push_back(std::move(record));
  }
  return records;
}

// INT-3: what is produced comes back, field by field.
TEST(Bus, AnEventTravelsUnchanged) {
  MockKafka kafka;
  kafka.create_topic(topic, 3);
  Producer producer(kafka.brokers(), "test");
  auto event = make_event("a", 1);
  event.facility_id = Uuid::make();
  event.causation_id = Uuid::make();
  event.actor_id = Uuid::make();
  event.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  event.data = R"({"name":"Zoë 語"})";
  ASSERT_TRUE(all(producer.send({event}, 10s)));
  EXPECT_TRUE(producer.healthy());

  const auto records = read_all(kafka);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].problem, "");
  const auto& read = records[0].event;
  EXPECT_EQ(read.id, event.id);
  EXPECT_EQ(read.type, event.type);
  EXPECT_EQ(read.topic, topic);
  EXPECT_EQ(read.key, event.key);
  EXPECT_EQ(read.time, event.time);
  EXPECT_EQ(read.facility_id, event.facility_id);
  EXPECT_EQ(read.causation_id, event.causation_id);
  EXPECT_EQ(read.actor_id, event.actor_id);
  EXPECT_EQ(read.traceparent, event.traceparent);
  EXPECT_EQ(read.data, event.data);
  EXPECT_FALSE(read.tombstone);
  EXPECT_EQ(read.offset, 0);
}

TEST(Bus, ATombstoneHasNoValue) {
  MockKafka kafka;
  kafka.create_topic(topic, 1);
  Producer producer(kafka.brokers(), "test");
  auto event = make_event("a", 1);
  event.tombstone = true;
  event.type.clear();
  event.data.clear();
  ASSERT_TRUE(all(producer.send({event}, 10s)));
  const auto records = read_all(kafka);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].problem, "");
  EXPECT_TRUE(records[0].event.tombstone);
  EXPECT_EQ(records[0].event.type, "");
}

TEST(Bus, KeepsTheOrderOfEachKey) {
  MockKafka kafka;
  kafka.create_topic(topic, 4);
  Producer producer(kafka.brokers(), "test");
  ASSERT_TRUE(all(producer.send(make_events(20, 100), 20s)));
  const auto order = first_arrivals(read_all(kafka));
  ASSERT_EQ(order.size(), 20U);
  for (const auto& [key, versions] : order)
    EXPECT_EQ(versions, one_to(100)) << key;
}

TEST(Bus, SendsNothingBehindARefusedEventOfItsKey) {
  MockKafka kafka;
  kafka.create_topic(topic, 1);
  Producer producer(kafka.brokers(), "test");
  std::vector<Event> events{make_event("a", 1), make_event("a", 2), make_event("a", 3),
                            make_event("b", 1)};
  events[1].data.assign(2'000'000, 'x');  // larger than a message may be
  EXPECT_EQ(producer.send(events, 10s), (std::vector<bool>{true, false, false, true}));
  EXPECT_TRUE(producer.refused());
  const auto order = first_arrivals(read_all(kafka));
  EXPECT_EQ(order.at("a"), one_to(1));
  EXPECT_EQ(order.at("b"), one_to(1));
}

TEST(Bus, SurvivesBrokersThatAreAwayWithoutLossOrDisorder) {
  MockKafka kafka;
  if (!kafka.is_mock()) GTEST_SKIP() << "needs fault injection";
  kafka.create_topic(topic, 2);
  Producer producer(kafka.brokers(), "test");
  const auto events = make_events(5, 20);
  ASSERT_TRUE(all(producer.send({events[0]}, 10s)));
  kafka.set_down(true);
  const auto started = std::chrono::steady_clock::now();
  EXPECT_TRUE(none(producer.send(events, 500ms)));
  EXPECT_LT(std::chrono::steady_clock::now() - started, 3s);
  EXPECT_FALSE(producer.healthy());
  EXPECT_FALSE(producer.refused());
  kafka.set_down(false);
  EXPECT_TRUE(testing::eventually([&] { return all(producer.send(events, 2s)); }, 20s));
  EXPECT_TRUE(producer.healthy());
  const auto order = first_arrivals(read_all(kafka));
  ASSERT_EQ(order.size(), 5U);
  for (const auto& [key, versions] : order)
    EXPECT_EQ(versions, one_to(20)) << key;
}

TEST(Bus, BecomesHealthyAgainWithoutAnythingToSend) {
  MockKafka kafka;
  if (!kafka.is_mock()) GTEST_SKIP() << "needs fault injection";
  kafka.create_topic(topic, 1);
  Producer producer(kafka.brokers(), "test");
  EXPECT_FALSE(producer.healthy());
  producer.send({}, 0ms);
  EXPECT_TRUE(producer.healthy());
  kafka.set_down(true);
  producer.send({make_event("a", 1)}, 300ms);
  EXPECT_FALSE(producer.healthy());
  kafka.set_down(false);
  EXPECT_TRUE(testing::eventually(
      [&] {
        producer.send({}, 0ms);
        return producer.healthy();
      },
      15s));
}

// A refusal that would leave a hole is fatal for a producer; it must heal, and what follows may not
// overtake.
TEST(Bus, HealsAFatalErrorAndKeepsTheOrder) {
  MockKafka kafka;
  if (!kafka.is_mock()) GTEST_SKIP() << "needs fault injection";
  kafka.create_topic(topic, 1);
  Producer producer(kafka.brokers(), "test");
  constexpr int invalid_record = 87;
  ASSERT_TRUE(all(producer.send({make_event("a", 1)}, 10s)));
  kafka.refuse_produce(invalid_record, 1);
  std::vector<Event> events{make_event("a", 2), make_event("a", 3), make_event("a", 4)};
  auto written = producer.send(events, 5s);
  ASSERT_FALSE(written[0]);
  EXPECT_TRUE(none(written));
  EXPECT_TRUE(producer.refused());
  EXPECT_TRUE(testing::eventually([&] { return all(producer.send(events, 5s)); }, 20s));
  EXPECT_EQ(first_arrivals(read_all(kafka)).at("a"), one_to(4));
}

TEST(Bus, AnInterruptedSendReturnsAtOnce) {
  MockKafka kafka;
  if (!kafka.is_mock()) GTEST_SKIP() << "needs fault injection";
  kafka.create_topic(topic, 1);
  kafka.set_down(true);
  Producer producer(kafka.brokers(), "test");
  std::jthread other([&] { producer.interrupt(); });
  const auto started = std::chrono::steady_clock::now();
  EXPECT_TRUE(none(producer.send({make_event("a", 1)}, 60s)));
  EXPECT_LT(std::chrono::steady_clock::now() - started, 5s);
}

// Nothing of a message may reach a log line, whatever goes wrong.
TEST(Bus, ErrorsAreLoggedWithoutData) {
  MockKafka kafka;
  kafka.create_topic(topic, 1);
  std::string lines;
  bus::reset_log_limit();
  log::capture(&lines);
  {
    Producer producer(kafka.brokers(), "test");
    auto event = make_event("Ann Example", 1);
    event.data.assign(2'000'000, 'x');
    event.type = "Secret";
    producer.send({event}, 5s);
  }
  log::capture(nullptr);
  EXPECT_NE(lines.find("\"MSG_SIZE_TOO_LARGE\""), std::string::npos) << lines.substr(0, 500);
  EXPECT_EQ(lines.find("Ann"), std::string::npos);
  EXPECT_EQ(lines.find("xxx"), std::string::npos);
}

TEST(Bus, AGroupReadsFromItsOwnStore) {
  MockKafka kafka;
  kafka.create_topic(topic, 1);
  Producer producer(kafka.brokers(), "test");
  ASSERT_TRUE(all(producer.send(make_events(1, 10), 10s)));
  const auto at_seven = [](std::vector<TopicPartition>& partitions) {
    for (auto& each : partitions)
      each.offset = 7;
  };
  Consumer consumer(options_for(kafka, fresh_group()), at_seven);
  const auto records = poll_until(consumer, 3);
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records.front().event.offset, 7);
  EXPECT_TRUE(consumer.joined());
  EXPECT_TRUE(consumer.healthy());
}

TEST(Bus, LeavesWhileFetchedRecordsWait) {  // I2: a drain under load
  MockKafka kafka;
  kafka.create_topic(topic, 1);
  Producer producer(kafka.brokers(), "test");
  ASSERT_TRUE(all(producer.send(make_events(10, 100), 10s)));
  for (int round = 0; round < 3; ++round) {
    auto options = options_for(kafka, fresh_group());
    options.batch_max = 10;
    Consumer consumer(options, from_beginning);
    ASSERT_FALSE(poll_until(consumer, 1).empty());
    // Its destructor leaves the group with the rest of the records fetched and unread.
  }
}

TEST(Bus, ReadsFromTheBeginningGoesBackAndKnowsItsLag) {
  MockKafka kafka;
  kafka.create_topic(topic, 2);
  Producer producer(kafka.brokers(), "test");
  ASSERT_TRUE(all(producer.send(make_events(4, 25), 10s)));
  auto options = options_for(kafka, fresh_group());
  options.batch_max = 30;
  Consumer consumer(std::move(options), from_beginning);
  EXPECT_FALSE(consumer.assigned());
  auto records = poll_until(consumer, 1);
  EXPECT_LE(records.size(), 30U);
  EXPECT_GT(consumer.lag(), 0);
  while (records.size() < 100) {
    auto more = poll_until(consumer, 1);
    ASSERT_FALSE(more.empty());
    EXPECT_LE(more.size(), 30U);
    std::move(more.begin(), more.end(), std::back_inserter(records));
  }
  EXPECT_EQ(first_arrivals(records).size(), 4U);
  EXPECT_TRUE(testing::eventually(
      [&] { return consumer.poll(50ms).empty() && consumer.assigned() && consumer.lag() == 0; }));

  consumer.seek({{topic, 0, 3}, {topic, 1, -1}});
  const auto again = poll_until(consumer, 97);
  ASSERT_EQ(again.size(), 97U);
  std::map<std::int32_t, std::int64_t> first;
  for (const auto& record : again)
    first.try_emplace(record.event.partition, record.event.offset);
  EXPECT_EQ(first.at(0), 3);
  EXPECT_EQ(first.at(1), 0);
  consumer.commit({{topic, 0, 50}, {topic, 1, 50}});
}

TEST(Bus, AsksForTheOffsetsAgainWhenTheStoreWasAway) {
  MockKafka kafka;
  kafka.create_topic(topic, 1);
  Producer producer(kafka.brokers(), "test");
  ASSERT_TRUE(all(producer.send(make_events(1, 5), 10s)));
  int asked = 0;
  Consumer consumer(options_for(kafka, fresh_group()), [&](std::vector<TopicPartition>& list) {
    if (++asked < 3) throw std::runtime_error("store away");
    for (auto& each : list)
      each.offset = 2;
  });
  int thrown = 0;
  std::vector<Record> records;
  const auto deadline = std::chrono::steady_clock::now() + 15s;
  while (records.size() < 3 && std::chrono::steady_clock::now() < deadline) {
    try {
      for (auto& record : consumer.poll(100ms))
        records.push_back(std::move(record));
    } catch (const std::runtime_error&) {
      ++thrown;
      EXPECT_FALSE(consumer.joined());
    }
  }
  EXPECT_EQ(thrown, 2);
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records.front().event.offset, 2);
}

TEST(Bus, PartitionsMoveBetweenMembersWithoutLoss) {
  MockKafka kafka;
  kafka.create_topic(topic, 4);
  Producer producer(kafka.brokers(), "test");
  const auto group = fresh_group();
  // The store that both members share, as the database does it.
  std::map<std::int32_t, std::int64_t> stored;
  const auto load = [&](std::vector<TopicPartition>& list) {
    for (auto& each : list) {
      if (stored.contains(each.partition)) each.offset = stored.at(each.partition);
    }
  };
  std::multiset<Uuid> seen;
  const auto apply = [&](const std::vector<Record>& records) {
    for (const auto& record : records) {
      if (record.event.offset < stored[record.event.partition]) continue;
      EXPECT_EQ(record.event.offset, stored[record.event.partition]) << "skipped";
      stored[record.event.partition] = record.event.offset + 1;
      seen.insert(record.event.id);
    }
  };
  ASSERT_TRUE(all(producer.send(make_events(20, 10), 10s)));
  Consumer first(options_for(kafka, group), load);
  const auto deadline = std::chrono::steady_clock::now() + 40s;
  while (seen.size() < 200 && std::chrono::steady_clock::now() < deadline)
    apply(first.poll(100ms));
  EXPECT_EQ(seen.size(), 200U);
  {
    Consumer second(options_for(kafka, group), load);
    while (!second.joined() && std::chrono::steady_clock::now() < deadline) {
      apply(first.poll(50ms));
      apply(second.poll(50ms));
    }
    EXPECT_TRUE(second.joined());
    ASSERT_TRUE(all(producer.send(make_events(20, 10), 10s)));
    while (seen.size() < 400 && std::chrono::steady_clock::now() < deadline) {
      apply(first.poll(50ms));
      apply(second.poll(50ms));
    }
    EXPECT_EQ(seen.size(), 400U);
  }
  ASSERT_TRUE(all(producer.send(make_events(20, 10), 10s)));
  while (seen.size() < 600 && std::chrono::steady_clock::now() < deadline)
    apply(first.poll(100ms));
  EXPECT_EQ(seen.size(), 600U);
  EXPECT_EQ(std::set<Uuid>(seen.begin(), seen.end()).size(), 600U);
}

TEST(Bus, AConsumerRecoversWhenTheBrokersComeBackAndClosesWhileTheyAreAway) {
  MockKafka kafka;
  if (!kafka.is_mock()) GTEST_SKIP() << "needs fault injection";
  kafka.create_topic(topic, 1);
  Producer producer(kafka.brokers(), "test");
  ASSERT_TRUE(all(producer.send({make_event("a", 1)}, 10s)));
  auto consumer = std::make_unique<Consumer>(options_for(kafka, fresh_group()), from_beginning);
  ASSERT_EQ(poll_until(*consumer, 1).size(), 1U);
  kafka.set_down(true);
  EXPECT_TRUE(testing::eventually(
      [&] {
        consumer->poll(50ms);
        return !consumer->healthy();
      },
      10s));
  kafka.set_down(false);
  EXPECT_TRUE(
      testing::eventually([&] { return all(producer.send({make_event("a", 2)}, 2s)); }, 20s));
  EXPECT_GE(poll_until(*consumer, 1).size(), 1U);
  EXPECT_TRUE(consumer->healthy());
  kafka.set_down(true);
  const auto started = std::chrono::steady_clock::now();
  consumer.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - started, 8s);
}

TEST(Bus, ATailStartsAtTheEndOrTheBeginning) {
  MockKafka kafka;
  kafka.create_topic(topic, 2);
  Producer producer(kafka.brokers(), "test");
  ASSERT_TRUE(all(producer.send(make_events(6, 5), 10s)));
  Tail from_end(kafka.brokers(), {topic}, false);
  EXPECT_TRUE(testing::eventually(
      [&] {
        EXPECT_TRUE(from_end.poll(20ms).empty());
        return from_end.assigned();
      },
      10s));
  EXPECT_TRUE(from_end.reached_end());
  ASSERT_TRUE(all(producer.send({make_event("new", 1)}, 10s)));
  std::vector<Record> seen;
  EXPECT_TRUE(testing::eventually(
      [&] {
        for (auto& record : from_end.poll(20ms))
          seen.push_back(std::move(record));
        return seen.size() == 1;
      },
      10s));
  EXPECT_EQ(seen.front().event.key, "new");
  EXPECT_EQ(read_all(kafka).size(), 31U);
}

TEST(Bus, ATailWaitsForATopicThatIsNotThereYet) {
  MockKafka kafka;
  if (!kafka.is_mock()) GTEST_SKIP() << "needs fault injection";
  kafka.set_down(true);
  Tail tail(kafka.brokers(), {topic}, true);
  EXPECT_TRUE(tail.poll(10ms).empty());
  EXPECT_FALSE(tail.reached_end());
  EXPECT_FALSE(tail.assigned());
}

TEST(Client, TakesEverySecuritySetting) {
  bus::Cluster cluster(std::string("127.0.0.1:1"));
  cluster.security_protocol = "SASL_PLAINTEXT";
  cluster.sasl_mechanism = "SCRAM-SHA-512";
  cluster.sasl_user = "ambula-test";
  cluster.sasl_password = "not a real one";
  bus::destroy_bounded(bus::make_handle(RD_KAFKA_PRODUCER, bus::common_conf(cluster, "test")));
  cluster.security_protocol = "SSL";
  cluster.ca_file = "/nowhere/ca.pem";
  EXPECT_THROW(bus::make_handle(RD_KAFKA_PRODUCER, bus::common_conf(cluster, "test")),
               std::runtime_error);
}

TEST(Topics, CreationNamesItsFailure) {
  const std::string_view names[] = {"ambula.patient.v1"};
  const auto away = bus::create_topics(std::string("127.0.0.1:1"), names, 1, 1, 300ms);
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().code, "kafka-unavailable");
  const std::string_view unknown[] = {"ambula.nothing.v1"};
  const auto refused = bus::create_topics(std::string("127.0.0.1:1"), unknown, 1, 1, 300ms);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "unknown-topic");
}

TEST(Topics, AreCreatedOnceOnRealBrokers) {
  const char* brokers = std::getenv("AMBULA_TEST_KAFKA_BROKERS");
  if (!brokers) GTEST_SKIP() << "needs real brokers: set AMBULA_TEST_KAFKA_BROKERS";
  std::vector<std::string_view> names;
  for (const auto& each : bus::topics())
    names.push_back(each.name);
  for (int round = 0; round < 2; ++round) {
    const auto made = bus::create_topics(std::string(brokers), names, 2, 1, 30s);
    EXPECT_TRUE(made) << made.error().detail;
  }
}

}  // namespace ambula::bus_test

#include <atomic>
#include <cstdlib>
#include <memory>
#include <platform/sql.hpp>
#include <random>
#include <semaphore>
#include <thread>

#include <ambula/outbox/crash_point.hpp>
#include <ambula/outbox/world_test.hpp>
#include <gmock/gmock.h>

namespace ambula::outbox::relay_test {

using world_test::append_events;
using world_test::compacted;
using world_test::find_fault;
using world_test::secret;
using world_test::topic;
using world_test::World;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""h;
using Steady = std::chrono::steady_clock;

bus::Event simple(const std::string& key, std::int64_t version) {
  return World::event(key, version);
}

// The judge of the proofs below must be able to say no.
TEST(FindFault, SeesLossDisorderAndForeignDuplicates) {
  const auto first = simple("a", 1);
  const auto second = simple("a", 2);
  const auto third = simple("a", 3);
  EXPECT_EQ(find_fault({first, second, third}, {{"a", 3}}), "");
  EXPECT_EQ(find_fault({first, second, first, second, third}, {{"a", 3}}), "");
  EXPECT_NE(find_fault({first, third, second}, {{"a", 3}}), "");
  EXPECT_NE(find_fault({first, second}, {{"a", 3}}), "");
  EXPECT_NE(find_fault({first, simple("a", 1)}, {{"a", 1}}), "");
  EXPECT_NE(find_fault({first}, {}), "");
}

/// Commits events of a few contended aggregates, as many commands as it is allowed to.
class Writers {
 public:
  Writers(World& world, int writers, int aggregates) {
    for (int i = 0; i < aggregates; ++i) {
      world.session.run_script("INSERT INTO aggregate (id) VALUES ('agg-" + std::to_string(i) +
                               "')");
    }
    for (int i = 0; i < writers; ++i) {
      threads_.emplace_back([this, i, aggregates] { write(i, aggregates); });
    }
  }
  ~Writers() { end(); }
  Writers(const Writers&) = delete;
  Writers& operator=(const Writers&) = delete;

  void allow(int commands) { allowed_.release(commands); }
  void end() {
    ended_ = true;
    allowed_.release(static_cast<std::ptrdiff_t>(threads_.size()));
    threads_.clear();
  }

 private:
  void write(int seed, int aggregates) {
    db::Session session(World::options());
    std::minstd_rand random(static_cast<unsigned>(seed + 1));
    for (allowed_.acquire(); !ended_; allowed_.acquire()) {
      Events events({});
      const int count = static_cast<int>(random() % 3) + 1;
      for (int i = 0; i < count; ++i)
        events.add("AppointmentBooked", R"({"some":"data"})");
      const auto key = "agg-" + std::to_string(random() % static_cast<unsigned>(aggregates));
      try {
        EXPECT_TRUE(session.execute(append_events, key, topic, events));
      } catch (const db::Unavailable&) {
        // A test cut the connection: whether it committed is told by the outbox.
      }
    }
  }

  std::atomic<bool> ended_{false};
  std::counting_semaphore<> allowed_{0};
  std::vector<std::jthread> threads_;
};

std::map<std::string, std::int64_t> expected_of(World& world) {
  std::map<std::string, std::int64_t> expected;
  static constexpr db::Statement counts{
      "counts", "SELECT key, count(*) AS n FROM outbox WHERE topic = $1 GROUP BY key"};
  for (const auto row : world.session.read(counts, topic)) {
    expected[row.get<std::string>("key")] = row.get<std::int64_t>("n");
  }
  return expected;
}

void expire_lease(World& world) {
  world.session.run_script("UPDATE relay_lease SET expires_at = '-infinity'");
}

/// The holder goes on in the belief that it holds it, until it marks.
void steal_lease(World& world) {
  world.session.run_script("UPDATE relay_lease SET holder = NULL");
}

// The proof of docs/architecture.md, "Events": two relays whose lease is taken away from under them
// again and again, a third that dies, 24 writers; nothing is lost, and no aggregate is reordered.
TEST(Relay, LosesNothingAndReordersNothingUnderFightingRelays) {
  World world;
  const auto epoch_before = world.number("SELECT epoch AS n FROM relay_lease");
  Writers writers(world, 24, 6);
  auto options = world.relay_options();
  options.batch_max = 50;  // many small passes: many chances to go wrong
  options.lease_duration = 200ms;
  Relay one(options);
  Relay two(options);
  auto doomed = std::make_unique<Relay>(options);
  doomed->start();
  one.start();
  two.start();
  constexpr int rounds = 1000;
  for (int round = 0; round < rounds; ++round) {
    writers.allow(3);
    steal_lease(world);
    if (round == rounds / 2) doomed.reset();  // dies holding whatever it holds
    one.wake();
    two.wake();
  }
  writers.end();
  ASSERT_TRUE(world.all_sent(30s)) << world.unsent();
  one.stop(5s);
  two.stop(5s);
  const auto takeovers = world.number("SELECT epoch AS n FROM relay_lease") - epoch_before;
  EXPECT_GE(takeovers, 5) << "they did not fight";
  const auto events = world.read_topic();
  const auto expected = expected_of(world);
  std::int64_t committed = 0;
  for (const auto& [key, count] : expected)
    committed += count;
  EXPECT_GT(committed, 1000);
  EXPECT_EQ(find_fault(events, expected), "");
  std::printf("[ PROOF    ] %lld committed, %zu sent, %lld takeovers\n",
              static_cast<long long>(committed), events.size(), static_cast<long long>(takeovers));
}

TEST(Relay, SurvivesCutConnectionsAndBrokersAwayUnderLoad) {
  World world;
  if (!world.kafka.is_mock()) GTEST_SKIP() << "needs fault injection";
  Writers writers(world, 8, 4);
  Relay relay(world.relay_options());
  relay.start();
  for (int round = 0; round < 3; ++round) {
    writers.allow(300);
    const auto sent = world.number("SELECT count(*) AS n FROM outbox WHERE sent_at IS NOT NULL");
    World::postgres().terminate_connections();
    world.kafka.set_down(true);
    writers.allow(300);  // committed while nothing can be sent
    EXPECT_TRUE(testing::eventually([&] { return !relay.healthy(); }, 10s));
    EXPECT_TRUE(testing::eventually([&] { return world.unsent() > 50; }, 10s));
    world.kafka.set_down(false);
    EXPECT_TRUE(testing::eventually(
        [&] {
          return relay.healthy() &&
                 world.number("SELECT count(*) AS n FROM outbox WHERE sent_at IS NOT NULL") > sent;
        },
        20s));
  }
  writers.end();
  ASSERT_TRUE(world.all_sent(30s));
  EXPECT_EQ(find_fault(world.read_topic(), expected_of(world)), "");
}

TEST(Relay, IsWokenByACommit) {
  World world;
  auto options = world.relay_options();
  options.poll_interval = 60s;
  options.lease_duration = 120s;
  Relay relay(options);
  relay.start();
  ASSERT_TRUE(testing::eventually([&] { return relay.healthy(); }, 10s));
  world.append("a", 2);
  relay.wake();
  EXPECT_TRUE(world.all_sent(10s));
  EXPECT_EQ(find_fault(world.read_topic(), {{"a", 2}}), "");
}

TEST(Relay, FindsTheRowsOfItsSisters) {
  World world;
  Relay relay(world.relay_options());
  relay.start();
  ASSERT_TRUE(testing::eventually([&] { return relay.healthy(); }, 10s));
  world.append("a");
  EXPECT_TRUE(world.all_sent(5s));
}

TEST(Relay, WhereOneRowOfASisterIsMoreAreSoonFound) {
  World world;
  auto options = world.relay_options();
  options.poll_interval = 3s;
  Relay relay(options);
  relay.start();
  // Committed by somebody who cannot wake it. The first may be there at its first look, the second
  // is found by the clock.
  for (int i = 0; i < 6; ++i) {
    world.append("a");
    ASSERT_TRUE(world.all_sent());
  }
  // Four more: on a busy machine it may have stopped looking closely before one came, not before
  // all.
  EXPECT_LE(world.number("SELECT count(*) AS n FROM (SELECT id, sent_at - lag(sent_at) OVER (ORDER "
                         "BY id) AS gap FROM outbox) AS o WHERE id > 2 AND gap > interval '2 s'"),
            2);
}

// INT-3: every column of the outbox arrives in the envelope.
TEST(Relay, CarriesTheWholeEnvelope) {
  World world;
  const auto facility = Uuid::make();
  const auto actor = Uuid::make();
  const auto cause = Uuid::make();
  const std::string traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  Events events({actor, cause, traceparent});
  events.add("AppointmentBooked", R"({"name":"Zoë"})").add_tombstone();
  EXPECT_EQ(events.size(), 2U);
  world.session.run_script("INSERT INTO aggregate (id) VALUES ('a')");
  ASSERT_TRUE(world.session.execute(append_events, "a", compacted, events));
  world.session.run_script("UPDATE outbox SET facility_id = '" + facility.str() + "'");
  Relay relay(world.relay_options());
  relay.start();
  ASSERT_TRUE(world.all_sent());
  const auto read = world.read_topic(compacted);
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0].type, "AppointmentBooked");
  EXPECT_EQ(read[0].source, "/services/test");
  EXPECT_EQ(read[0].data, R"({"name":"Zoë"})");
  EXPECT_EQ(read[0].facility_id, facility);
  EXPECT_EQ(read[0].actor_id, actor);
  EXPECT_EQ(read[0].causation_id, cause);
  EXPECT_EQ(read[0].traceparent, traceparent);
  EXPECT_EQ(read[0].aggregate_version, 1);
  EXPECT_EQ(read[0].id.str(),
            world.text("SELECT event_id::text AS t FROM outbox ORDER BY id LIMIT 1"));
  EXPECT_LT(std::chrono::abs(read[0].time - system_now()), 60s);
  EXPECT_TRUE(read[1].tombstone);
  EXPECT_EQ(read[1].aggregate_version, 2);
}

TEST(Relay, AnotherTakesOverWhenTheHolderDied) {
  World world;
  auto options = world.relay_options();
  auto first = std::make_unique<Relay>(options);
  first->start();
  world.append("a");
  ASSERT_TRUE(world.all_sent());
  Relay second(options);
  second.start();
  first.reset();  // as a crash: the lease is not given up
  EXPECT_EQ(world.number("SELECT count(*) AS n FROM relay_lease WHERE holder IS NOT NULL"), 1);
  const auto died_at = Steady::now();
  world.append("a");
  ASSERT_TRUE(world.all_sent());
  EXPECT_LT(Steady::now() - died_at, options.lease_duration + 1s);
  EXPECT_EQ(find_fault(world.read_topic(), {{"a", 2}}), "");
}

TEST(Relay, StopSendsWhatIsThereAndGivesTheLeaseUp) {
  World world;
  for (int i = 0; i < 30; ++i)
    world.append("agg-" + std::to_string(i), 100);
  Relay relay(world.relay_options());
  relay.start();
  relay.stop(20s);
  EXPECT_EQ(world.unsent(), 0);
  EXPECT_FALSE(relay.healthy());
  EXPECT_EQ(world.number("SELECT count(*) AS n FROM relay_lease WHERE holder IS NULL"), 1);
  EXPECT_EQ(world.read_topic().size(), 3000U);
}

TEST(Relay, StopEndsInTimeWhenBrokersAreAway) {
  World world;
  if (!world.kafka.is_mock()) GTEST_SKIP() << "needs fault injection";
  world.kafka.set_down(true);
  world.append("a");
  Relay relay(world.relay_options());
  relay.start();
  const auto started = Steady::now();
  relay.stop(500ms);
  EXPECT_LT(Steady::now() - started, 5s);
  EXPECT_EQ(world.unsent(), 1);
}

TEST(Relay, DeletesTheRowsOfSecretTopics) {
  World world;
  world.append("mail", 2, secret);
  world.append("other", 1, compacted);
  world.append("kept", 1, topic);
  auto options = world.relay_options();
  options.delete_after_send = {compacted};
  Relay relay(options);
  relay.start();
  ASSERT_TRUE(world.all_sent());
  EXPECT_EQ(world.text("SELECT string_agg(key, ',') AS t FROM outbox"), "kept");
  EXPECT_EQ(world.read_topic(secret).size(), 2U);
  EXPECT_EQ(world.read_topic(compacted).size(), 1U);
}

TEST(Relay, OneKeyThatCannotBeSentHoldsUpNoOther) {
  World world;
  world.append("big", 1);
  world.append("big", 1, topic, "\"" + std::string(2'000'000, 'x') + "\"");
  world.append("big", 1);
  Relay relay(world.relay_options());
  relay.start();
  for (int i = 0; i < 5; ++i)
    world.append("small", 1);
  EXPECT_TRUE(testing::eventually([&] { return world.unsent() == 2; }, 10s)) << world.unsent();
  world.session.run_script("UPDATE outbox SET payload = '{}' WHERE sent_at IS NULL");
  EXPECT_TRUE(world.all_sent(20s));
  EXPECT_EQ(find_fault(world.read_topic(), {{"big", 3}, {"small", 5}}), "");
}

TEST(Relay, AnEventThatBrokersRefuseIsFoundAndSetAside) {
  World world(1);
  if (!world.kafka.is_mock()) GTEST_SKIP() << "needs fault injection";
  for (int i = 0; i < 10; ++i)
    world.append("agg-" + std::to_string(i), 3);
  constexpr int invalid_record = 87;
  world.kafka.refuse_produce(invalid_record, 2);  // the batch, then the first event alone
  Relay relay(world.relay_options());
  relay.start();
  EXPECT_TRUE(world.all_sent(30s)) << world.unsent();
  std::map<std::string, std::int64_t> expected;
  for (int i = 0; i < 10; ++i)
    expected["agg-" + std::to_string(i)] = 3;
  EXPECT_EQ(find_fault(world.read_topic(), expected), "");
}

// The fence: a relay whose lease was taken marks and deletes nothing.
TEST(Relay, AnOldEpochMarksNothing) {
  World world;
  world.append("a", 2);
  const auto old_holder = Uuid::make();
  const auto old_epoch =
      world.session.execute(platform::sql::take_lease, old_holder, std::int64_t{60000})
          ->front()
          .get<std::int64_t>("epoch");
  expire_lease(world);
  const auto next =
      world.session.execute(platform::sql::take_lease, Uuid::make(), std::int64_t{60000});
  ASSERT_EQ(next->size(), 1U);
  EXPECT_EQ(next->front().get<std::int64_t>("epoch"), old_epoch + 1);
  const auto marked =
      world.session.execute(platform::sql::mark_sent, old_holder, old_epoch, std::int64_t{60000},
                            std::vector<std::int64_t>{1}, std::vector<std::int64_t>{2});
  EXPECT_TRUE(marked->empty());
  EXPECT_EQ(world.unsent(), 2);
  EXPECT_TRUE(
      world.session.execute(platform::sql::keep_lease, old_holder, old_epoch, std::int64_t{60000})
          ->empty());
  EXPECT_TRUE(
      world.session.execute(platform::sql::take_lease, old_holder, std::int64_t{60000})->empty());
}

TEST(Relay, ForgetsOldSentRowsOnly) {
  World world;
  world.append("old", 3);
  world.append("young", 2);
  world.session.run_script(
      "UPDATE outbox SET sent_at = now() - CASE key WHEN 'old' THEN interval '8 days' ELSE "
      "interval '6 days' END");
  world.append("unsent", 1, topic, "\"" + std::string(2'000'000, 'x') + "\"");
  Relay relay(world.relay_options());
  relay.start();
  EXPECT_TRUE(testing::eventually(
      [&] { return world.number("SELECT count(*) AS n FROM outbox WHERE key = 'old'") == 0; },
      10s));
  EXPECT_EQ(world.number("SELECT count(*) AS n FROM outbox"), 3);
}

// A plan is kept for the life of a connection. One made while the outbox was empty read the whole
// of it for each pass (4 000 of 50 000 rows were marked in 1.7 s).
TEST(Relay, ReadsABacklogByItsIndexThoughItsPlansAreOlder) {
  World world;
  world.session.run_script("SET enable_seqscan = off");  // so that only the relay could
  const auto read_in_sequence = [&] {
    return world.number(
        "SELECT seq_tup_read AS n FROM pg_stat_user_tables WHERE relid = 'outbox'::regclass");
  };
  const auto before = read_in_sequence();
  {
    Relay relay(world.relay_options());
    relay.start();
    for (int i = 0; i < 8; ++i) {  // PostgreSQL settles on a plan after five
      world.append("a");
      relay.wake();
      ASSERT_TRUE(world.all_sent());
    }
    world.append("b", 20'000);
    relay.wake();
    ASSERT_TRUE(world.all_sent());
    relay.stop(5s);
  }
  ASSERT_TRUE(testing::eventually([&] {  // an ended session has told its figures
    return world.number(
               "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = "
               "current_database() AND pid <> pg_backend_pid()") == 0;
  }));
  EXPECT_EQ(read_in_sequence(), before);
}

// G13: how fast a backlog is sent. The floor here is far below the goal, because tests share the
// machine.
TEST(Relay, DrainsABacklogQuickly) {
  World world;
  constexpr int total = 20'000;
  Relay relay(world.relay_options());
  relay.start();
  ASSERT_TRUE(testing::eventually([&] { return relay.healthy(); }, 10s));
  world.session.run_script(R"(
    INSERT INTO outbox (event_id, topic, key, type, aggregate_version, payload)
    SELECT gen_random_uuid(), 'ambula.appointment.v1', 'agg-' || (n % 200), 'AppointmentBooked',
           1 + n / 200,
           '{"patient_id":"0192f7c0-0000-7000-8000-000000000000","status":"BOOKED","reason":"'
             || repeat('x', 150) || '"}'
    FROM generate_series(0, 19999) AS n ORDER BY n)");
  ASSERT_TRUE(world.all_sent(60s));
  const auto took_ms = world.number(
      "SELECT (extract(epoch FROM max(sent_at) - max(created_at)) * 1000)::bigint AS n FROM "
      "outbox");
  std::printf("[ MEASURED ] drain %.0f events/s\n", total * 1000.0 / static_cast<double>(took_ms));
  EXPECT_LT(took_ms, 20'000);
}

TEST(CrashPoint, KillsOnceAtItsName) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto file = ::testing::TempDir() + "crash-point-" + Uuid::make().str();
  EXPECT_EXIT(
      {
        setenv("AMBULA_CRASH_POINT", "relay-after-produce", 1);
        unsetenv("AMBULA_CRASH_POINT_FILE");
        crash_point("relay-before-produce");
        crash_point("relay-after-produce");
      },
      ::testing::KilledBySignal(SIGKILL), "");
  EXPECT_EXIT(
      {
        setenv("AMBULA_CRASH_POINT", "relay-after-produce", 1);
        setenv("AMBULA_CRASH_POINT_FILE", file.c_str(), 1);
        std::fclose(std::fopen(file.c_str(), "w"));
        crash_point("relay-after-produce");
        std::exit(7);
      },
      ::testing::ExitedWithCode(7), "");
  std::remove(file.c_str());
}

}  // namespace ambula::outbox::relay_test

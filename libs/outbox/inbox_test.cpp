#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <thread>

#include <ambula/observability/log.hpp>
#include <ambula/outbox/world_test.hpp>
#include <gmock/gmock.h>

namespace ambula::outbox::inbox_test {

using world_test::append_events;
using world_test::compacted;
using world_test::note;
using world_test::secret;
using world_test::topic;
using world_test::World;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""h;
using Steady = std::chrono::steady_clock;

Subscription on(const std::string& name, Handle handle) {
  return {name, HandlerKind::projection, std::move(handle)};
}

/// Refuses events of the key "bad" as long as `refusing`, in one of several ways.
struct Picky {
  std::atomic<bool> refusing{true};
  std::atomic<int> calls{0};
  std::function<Result<void>(Delivery&)> refuse = [](Delivery&) -> Result<void> {
    return rule_broken("unknown-doctor", "There is no such doctor.");
  };

  Result<void> operator()(Delivery& delivery) {
    ++calls;
    auto noted = note(delivery);  // an effect that must not stay when the event is refused
    if (delivery.event.key == "bad" && refusing) return refuse(delivery);
    return noted;
  }
  Handle handle() {
    return [this](Delivery& delivery) { return (*this)(delivery); };
  }
};

std::vector<bus::Event> run_of(const std::string& key, std::int64_t from, std::int64_t to,
                               const std::string& name = topic) {
  std::vector<bus::Event> events;
  for (auto version = from; version <= to; ++version) {
    events.push_back(World::event(key, version, name));
  }
  return events;
}

bool at_end(const Inbox& inbox) {
  return testing::eventually([&] { return inbox.healthy() && inbox.lag() == 0ms; }, 20s);
}

std::string reasons(World& world) {
  return world.text(
      "SELECT coalesce(string_agg(key || ':' || aggregate_version || ':' || reason, ' ' "
      "ORDER BY key, aggregate_version), '') AS t FROM parked_event");
}

TEST(Inbox, AppliesEachEventOnceInOrderAndTellsItsLag) {
  World world;
  for (const auto* key : {"a", "b", "c"})
    world.send(run_of(key, 1, 100));
  std::atomic<int> batches{0};
  auto options = world.inbox_options({on(topic, note)});
  options.applied = [&] { ++batches; };
  Inbox inbox(options);
  EXPECT_FALSE(inbox.healthy());
  inbox.start();
  EXPECT_GT(inbox.lag(), 0ms);
  EXPECT_TRUE(world.applied_are(300));
  EXPECT_EQ(world.disordered(), 0);
  EXPECT_TRUE(at_end(inbox));
  EXPECT_GE(batches, 2);  // batch_max is 200
  EXPECT_LT(batches, 50) << "one transaction a batch";
  EXPECT_EQ(world.number("SELECT sum(next_offset)::bigint AS n FROM consumer_offset"), 300);
  EXPECT_EQ(world.parked(), 0);
  inbox.stop();
  EXPECT_FALSE(inbox.healthy());
}

TEST(Inbox, ReadingTheWholeTopicAgainChangesNothing) {
  World world;
  for (const auto* key : {"a", "b"})
    world.send(run_of(key, 1, 50));
  const auto twice = World::event("twice", 1);
  world.send({twice, twice});  // also twice in one batch
  const auto expected = 101;
  for (int round = 0; round < 3; ++round) {
    Inbox inbox(world.inbox_options({on(topic, note)}));
    inbox.start();
    ASSERT_TRUE(world.applied_are(expected)) << round;
    ASSERT_TRUE(at_end(inbox));
    EXPECT_EQ(world.number("SELECT sum(next_offset)::bigint AS n FROM consumer_offset"), 102);
    EXPECT_EQ(world.applied(), expected);
    EXPECT_EQ(world.parked(), 0);
    inbox.stop();
    // The second round knows the event ids, the third only the versions.
    world.session.run_script("TRUNCATE consumer_offset");
    if (round == 1) world.session.run_script("TRUNCATE inbox");
  }
}

TEST(Inbox, ParksWhatCannotBeAppliedAndHoldsItsKey) {
  World world;
  Picky picky;
  auto events = run_of("good", 1, 10);
  for (auto& event : run_of("bad", 1, 3))
    events.push_back(std::move(event));
  world.send(events);
  Inbox inbox(world.inbox_options({on(topic, picky.handle())}));
  inbox.start();
  ASSERT_TRUE(world.applied_are(10));
  ASSERT_TRUE(at_end(inbox));
  EXPECT_EQ(reasons(world), "bad:1:unknown-doctor bad:2:held bad:3:held");
  EXPECT_EQ(world.number("SELECT count(*) AS n FROM parked_event WHERE held"), 2);

  // Across batches, too.
  world.send(run_of("bad", 4, 4));
  ASSERT_TRUE(testing::eventually([&] { return world.parked() == 4; }, 10s));

  // A replay that is refused again changes nothing.
  const std::vector<Subscription> subscriptions{on(topic, picky.handle())};
  const auto again =
      replay_parked(world.session, subscriptions, world.group, std::nullopt, system_now());
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, 0);
  EXPECT_EQ(world.parked(), 4);
  EXPECT_EQ(world.applied(), 10);

  picky.refusing = false;
  const auto healed =
      replay_parked(world.session, subscriptions, world.group, std::nullopt, system_now());
  ASSERT_TRUE(healed);
  EXPECT_EQ(*healed, 4);
  EXPECT_EQ(world.parked(), 0);
  EXPECT_EQ(world.applied(), 14);
  EXPECT_EQ(world.disordered(), 0);
  world.send(run_of("bad", 5, 5));
  EXPECT_TRUE(world.applied_are(15));
}

TEST(Inbox, EveryKindOfRefusalParksWithAReasonThatHasNoData) {
  World world;
  Picky picky;
  std::string lines;
  log::capture(&lines);
  int version = 0;
  const auto park_one = [&](std::function<Result<void>(Delivery&)> refuse) {
    picky.refuse = std::move(refuse);
    world.session.run_script("TRUNCATE parked_event");
    Inbox inbox(world.inbox_options({on(topic, picky.handle())}));
    inbox.start();
    auto event = World::event("bad", ++version);
    event.data = R"({"name":"Ann Example"})";
    world.send({event});
    EXPECT_TRUE(testing::eventually([&] { return world.parked() == 1; }, 15s));
    world.session.run_script(
        "INSERT INTO inbox_position SELECT consumer, topic, key, aggregate_version "
        "FROM parked_event ON CONFLICT (consumer, topic, key) DO UPDATE "
        "SET version = excluded.version");
    return world.text("SELECT reason AS t FROM parked_event");
  };
  EXPECT_EQ(park_one([](Delivery& delivery) -> Result<void> {
              delivery.tx.exec(world_test::note_applied, delivery.event.id, "Ann Example",
                               std::int64_t{1}, std::int64_t{1});
              return {};
            }),
            "23505 applied_once");
  EXPECT_EQ(park_one([](Delivery&) -> Result<void> { throw std::runtime_error("Ann Example"); }),
            "exception");
  log::capture(nullptr);
  EXPECT_EQ(world.applied(), 0);
  EXPECT_NE(lines.find("event_parked"), std::string::npos);
  EXPECT_EQ(lines.find("Ann"), std::string::npos);
}

TEST(Inbox, AGapIsParkedUntilItIsFilled) {
  World world;
  auto later = World::event("a", 3);
  world.send({World::event("a", 1), later});
  world.send({World::event("p", 5, compacted), World::event("p", 9, compacted)});
  Inbox inbox(world.inbox_options({on(topic, note), on(compacted, note)}));
  inbox.start();
  ASSERT_TRUE(world.applied_are(3));
  ASSERT_TRUE(testing::eventually([&] { return world.parked() == 1; }, 10s));
  EXPECT_EQ(reasons(world), "a:3:gap");
  const std::vector<Subscription> subscriptions{on(topic, note)};
  auto early = replay_parked(world.session, subscriptions, world.group, std::nullopt, system_now());
  ASSERT_TRUE(early);
  EXPECT_EQ(*early, 0);

  world.send({World::event("a", 2)});
  ASSERT_TRUE(testing::eventually([&] { return world.parked() == 2; }, 10s));
  const auto filled =
      replay_parked(world.session, subscriptions, world.group, std::nullopt, system_now());
  ASSERT_TRUE(filled);
  EXPECT_EQ(*filled, 2);
  EXPECT_EQ(
      world.text(
          "SELECT string_agg(version::text, ',' ORDER BY id) AS t FROM applied WHERE key = 'a'"),
      "1,2,3");
}

TEST(Inbox, AnOperatorCanAcceptAGapOrGiveAnEventUp) {
  World world;
  const auto lost = World::event("a", 3);
  const auto given_up = World::event("b", 1);
  Picky picky;
  picky.refuse = [](Delivery&) -> Result<void> { return conflict("no", "No."); };
  world.send({World::event("a", 1), lost, World::event("a", 4)});
  auto bad = run_of("bad", 1, 2);
  world.send(bad);
  {
    Inbox inbox(world.inbox_options({on(topic, picky.handle())}));
    inbox.start();
    ASSERT_TRUE(testing::eventually([&] { return world.parked() == 4; }, 15s));
  }
  const std::vector<Subscription> subscriptions{on(topic, note)};
  const auto unknown =
      replay_parked(world.session, subscriptions, world.group, Uuid::make(), system_now());
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, "parked-event-not-found");
  const auto accepted =
      replay_parked(world.session, subscriptions, world.group, lost.id, system_now());
  ASSERT_TRUE(accepted);
  EXPECT_EQ(*accepted, 2);

  const std::vector<Subscription> refusing{on(topic, picky.handle())};
  const auto refused = replay_parked(world.session, refusing, world.group, bad[0].id, system_now());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "no");
  const auto dropped = drop_parked(world.session, world.group, bad[0].id);
  ASSERT_TRUE(dropped);
  EXPECT_EQ(*dropped, 1);
  EXPECT_FALSE(drop_parked(world.session, world.group, bad[0].id));
  const auto rest =
      replay_parked(world.session, subscriptions, world.group, std::nullopt, system_now());
  ASSERT_TRUE(rest);
  EXPECT_EQ(*rest, 1);
  EXPECT_EQ(world.parked(), 0);
  EXPECT_EQ(world.text("SELECT string_agg(key || version, ',' ORDER BY id) AS t FROM applied"),
            "a1,a3,a4,bad2");
}

TEST(Inbox, ARecordThatIsNoCloudEventIsParked) {
  World world;
  auto odd = World::event("a", 1);
  odd.type = "Not A Type";
  world.send({odd, World::event("b", 1)});
  Inbox inbox(world.inbox_options({on(topic, note)}));
  inbox.start();
  ASSERT_TRUE(world.applied_are(1));
  ASSERT_TRUE(testing::eventually([&] { return world.parked() == 1; }, 10s));
  EXPECT_THAT(reasons(world), ::testing::HasSubstr("envelope: ce_type is malformed"));
  const auto replayed =
      replay_parked(world.session, {on(topic, note)}, world.group, odd.id, system_now());
  ASSERT_FALSE(replayed);
  EXPECT_EQ(replayed.error().code, "replay-refused");
  EXPECT_TRUE(drop_parked(world.session, world.group, odd.id));
}

TEST(Inbox, ASecretIsNeverParked) {
  World world;
  auto event = World::event("account", 1, secret);
  event.data = R"({"token":"hunter2"})";
  world.send({event, World::event("account", 2, secret)});
  std::atomic<int> calls{0};
  Inbox inbox(world.inbox_options({on(secret, [&](Delivery& delivery) -> Result<void> {
    ++calls;
    if (delivery.event.aggregate_version == 1) return conflict("no", "No.");
    return note(delivery);
  })}));
  inbox.start();
  EXPECT_TRUE(world.applied_are(1));
  EXPECT_EQ(world.parked(), 0);
  EXPECT_EQ(world.number("SELECT next_offset AS n FROM consumer_offset"), 2);
}

TEST(Inbox, WhatIsNotReadyYetIsTriedAgainAndNeverParked) {
  World world;
  world.send(run_of("a", 1, 5));
  std::atomic<int> calls{0};
  Inbox inbox(world.inbox_options({on(topic, [&](Delivery& delivery) -> Result<void> {
    const int call = ++calls;
    if (call == 1) throw db::Unavailable("away");
    if (call == 2) return Error{ErrorKind::unavailable, "not-ready", ""};
    if (call == 3) throw db::StatementFailed("s", "55P03", "");
    return note(delivery);
  })}));
  inbox.start();
  EXPECT_TRUE(world.applied_are(5));
  EXPECT_EQ(world.disordered(), 0);
  EXPECT_EQ(world.parked(), 0);
  EXPECT_TRUE(at_end(inbox));
}

TEST(Inbox, IsBehindWhileAnEffectHangs) {
  World world;
  std::atomic<bool> hangs{false};
  Inbox inbox(world.inbox_options({on(topic, [&](Delivery& delivery) {
    hangs.wait(true);
    return note(delivery);
  })}));
  inbox.start();
  ASSERT_TRUE(at_end(inbox));
  hangs = true;
  world.send(run_of("a", 1, 1));
  EXPECT_TRUE(testing::eventually([&] { return inbox.lag() > 100ms; }, 20s));
  hangs = false;
  hangs.notify_all();
  EXPECT_TRUE(world.applied_are(1));
  EXPECT_TRUE(at_end(inbox));
}

TEST(Inbox, AHandlersOwnEventsCommitWithItsEffectOrNotAtAll) {
  World world;
  world.session.run_script("INSERT INTO aggregate (id) VALUES ('own')");
  Picky picky;
  const auto handle = [&](Delivery& delivery) -> Result<void> {
    Events own(delivery.cause());
    own.add("QueueEntryCreated", "{}");
    delivery.tx.exec(append_events, "own", topic, own);
    return picky(delivery);
  };
  auto bad = World::event("bad", 1);
  auto good = World::event("good", 1);
  good.actor_id = Uuid::make();
  good.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  world.send({bad, good});
  Inbox inbox(world.inbox_options({on(topic, handle)}));
  inbox.start();
  ASSERT_TRUE(world.applied_are(1));
  ASSERT_TRUE(testing::eventually([&] { return world.parked() == 1; }, 10s));
  EXPECT_EQ(world.number("SELECT count(*) AS n FROM outbox"), 1);
  EXPECT_EQ(world.text("SELECT causation_id::text AS t FROM outbox"), good.id.str());
  EXPECT_EQ(world.text("SELECT actor_id::text AS t FROM outbox"), good.actor_id->str());
  const auto step = world.text("SELECT traceparent AS t FROM outbox");
  EXPECT_EQ(step.substr(0, 36), good.traceparent.substr(0, 36)) << "the same trace";
  EXPECT_NE(step, good.traceparent) << "a step of its own";
}

TEST(Inbox, SeveralHandlersOfATopicAndUnknownTypes) {
  World world;
  world.send(run_of("a", 1, 2));
  std::atomic<int> others{0};
  Inbox inbox(world.inbox_options({on(topic, note), on(topic, [&](Delivery&) {
                                     ++others;
                                     return ignored();
                                   })}));
  inbox.start();
  EXPECT_TRUE(world.applied_are(2));
  EXPECT_EQ(others, 2);
}

// The fence: a member that lost its partitions, or whose commit was in doubt, applies nothing
// twice.
TEST(Inbox, GoesOnFromWhereAnotherMemberCameTo) {
  World world(1);
  world.send({World::event("a", 1, compacted)});
  Inbox inbox(world.inbox_options({on(compacted, note)}));
  inbox.start();
  ASSERT_TRUE(world.applied_are(1));
  ASSERT_TRUE(at_end(inbox));
  // As if another member had applied a:2 to a:4; only the offset tells, so only the fence can keep
  // them out.
  world.session.run_script("UPDATE consumer_offset SET next_offset = 4");
  world.send(run_of("a", 2, 6, compacted));
  ASSERT_TRUE(testing::eventually([&] { return world.applied() >= 3; }, 20s));
  EXPECT_EQ(world.text("SELECT string_agg(version::text, ',' ORDER BY id) AS t FROM applied"),
            "1,5,6");
  EXPECT_EQ(world.number("SELECT next_offset AS n FROM consumer_offset"), 6);
}

// A topic that was lost and made anew is read from its beginning; what was parked of the old one
// does not hide what has its offset now.
TEST(Inbox, ReadsALogThatIsShorterThanWhatWasAppliedFromItsBeginning) {
  World world(1);
  auto before = run_of("a", 1, 8);
  before.insert(before.begin(), World::event("bad", 1));
  world.send(before);
  Picky picky;
  {
    Inbox inbox(world.inbox_options({on(topic, picky.handle())}));
    inbox.start();
    ASSERT_TRUE(world.applied_are(8));
    ASSERT_TRUE(at_end(inbox));
  }
  ASSERT_EQ(world.parked(), 1);
  testing::MockKafka fresh;
  fresh.create_topic(topic, 1);
  bus::Producer producer(fresh.brokers(), "test");
  producer.send({World::event("bad", 2), before.back(), World::event("a", 9)}, 10s);
  auto options = world.inbox_options({on(topic, picky.handle())});
  options.cluster = fresh.brokers();
  std::string lines;
  log::capture(&lines);
  {
    Inbox inbox(std::move(options));
    inbox.start();
    EXPECT_TRUE(world.applied_are(9));
    EXPECT_TRUE(at_end(inbox));
  }
  log::capture(nullptr);
  EXPECT_EQ(world.parked(), 2);
  EXPECT_EQ(world.number("SELECT next_offset AS n FROM consumer_offset"), 3);
  EXPECT_THAT(lines, ::testing::HasSubstr("kafka_log_lost"));
}

TEST(Inbox, SaysThatEventsExpiredUnreadAndGoesOnWithTheRest) {
  World world(1);
  if (!world.kafka.is_mock()) GTEST_SKIP() << "needs the mock's small log";
  world.send({World::event("a", 1, compacted)});
  const auto options = [&] { return world.inbox_options({on(compacted, note)}); };
  {
    Inbox inbox(options());
    inbox.start();
    ASSERT_TRUE(world.applied_are(1));
  }
  auto many = run_of("a", 2, 9, compacted);  // the mock brokers keep 5 MB of a partition
  for (auto& event : many)
    event.data = std::string(900'000, ' ') + "{}";
  world.send(many);
  const auto left = static_cast<std::int64_t>(world.read_topic(compacted).size());
  ASSERT_LT(left, 8);
  std::string lines;
  log::capture(&lines);
  {
    Inbox inbox(options());
    inbox.start();
    EXPECT_TRUE(world.applied_are(1 + left));
    EXPECT_TRUE(at_end(inbox));
  }
  log::capture(nullptr);
  EXPECT_THAT(lines, ::testing::HasSubstr("kafka_events_expired"));
}

TEST(Inbox, AppliesExactlyOnceWhileConnectionsAreCutAndBrokersComeAndGo) {
  World world;
  Inbox inbox(world.inbox_options({on(topic, note)}));
  inbox.start();
  std::int64_t version = 0;
  for (int round = 0; round < 4; ++round) {
    std::vector<bus::Event> events;
    for (int i = 0; i < 50; ++i) {
      ++version;
      for (const auto* key : {"a", "b", "c", "d"})
        events.push_back(World::event(key, version));
    }
    world.send(events);
    // Cut while it applies: connections at every stage of a batch.
    for (int cut = 0; cut < 10; ++cut)
      World::postgres().terminate_connections();
    if (world.kafka.is_mock() && round % 2 == 1) {
      world.kafka.set_down(true);
      EXPECT_TRUE(testing::eventually([&] { return !inbox.healthy(); }, 15s));
      EXPECT_TRUE(testing::eventually([&] { return inbox.lag() > 0ms; }, 15s));
      world.kafka.set_down(false);
    }
    ASSERT_TRUE(testing::eventually(
        [&] {
          try {
            return world.applied() == 4 * version;
          } catch (const db::Unavailable&) {
            return false;
          }
        },
        30s));
  }
  EXPECT_EQ(world.disordered(), 0);
  EXPECT_EQ(world.parked(), 0);
  EXPECT_TRUE(at_end(inbox));
}

TEST(Inbox, TwoMembersShareTheWorkAndApplyOnce) {
  World world;
  auto first = std::make_unique<Inbox>(world.inbox_options({on(topic, note)}));
  first->start();
  std::int64_t version = 0;
  const auto send_some = [&] {
    std::vector<bus::Event> events;
    for (int i = 0; i < 20; ++i) {
      ++version;
      for (int key = 0; key < 10; ++key) {
        events.push_back(World::event("key-" + std::to_string(key), version));
      }
    }
    world.send(events);
  };
  send_some();
  ASSERT_TRUE(world.applied_are(10 * version));
  Inbox second(world.inbox_options({on(topic, note)}));
  second.start();
  for (int i = 0; i < 5; ++i)
    send_some();
  ASSERT_TRUE(testing::eventually([&] { return second.healthy(); }, 30s));
  send_some();
  ASSERT_TRUE(world.applied_are(10 * version, 40s)) << world.applied();
  first.reset();
  send_some();
  ASSERT_TRUE(world.applied_are(10 * version, 40s)) << world.applied();
  EXPECT_EQ(world.disordered(), 0);
  EXPECT_EQ(world.parked(), 0);
}

// Two replicas handle two topics' facts about one thing at the same moment: one of them sees the
// other's row.
TEST(Inbox, FactsThatMeetDoNotMissEachOther) {
  World world;
  const auto id = Uuid::make();
  static constexpr db::Statement seen{"seen", "SELECT count(*) AS n FROM applied WHERE key = $1"};
  const auto arrive = [&](db::Session& session, const std::function<void()>& before_the_end) {
    std::int64_t others = -1;
    auto done = session.transact([&](db::Transaction& tx) -> Result<void> {
      const auto event = World::event(id.str(), 1);
      Delivery delivery{tx, event, system_now()};
      delivery.meet("visit", id);
      others = tx.exec(seen, id.str()).front().get<std::int64_t>("n");
      if (auto noted = note(delivery); !noted) return noted;
      before_the_end();
      return {};
    });
    EXPECT_TRUE(done);
    return others;
  };
  std::atomic<std::int64_t> second{-1};
  std::thread later;
  db::Session first_replica(World::options());
  const auto first = arrive(first_replica, [&] {
    later = std::thread([&] {
      db::Session session(World::options());
      second = arrive(session, [] {});
    });
    EXPECT_TRUE(testing::eventually([&] {
      return world.number(
                 "SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND NOT "
                 "granted") == 1;
    }));
  });
  later.join();
  EXPECT_EQ(first, 0);
  EXPECT_EQ(second, 1);
}

// From a command's commit to the consumer's commit, with everything in between.
TEST(Inbox, ReceivesWhatTheRelaySends) {
  World world;
  Inbox inbox(world.inbox_options({on(topic, note)}));
  inbox.start();
  Relay relay(world.relay_options());
  relay.start();
  ASSERT_TRUE(testing::eventually([&] { return inbox.healthy() && relay.healthy(); }, 20s));
  std::vector<double> taken_ms;
  for (int i = 1; i <= 100; ++i) {
    const auto started = Steady::now();
    world.append("a");
    relay.wake();
    while (world.applied() < i && Steady::now() < started + 10s) {
    }
    taken_ms.push_back(std::chrono::duration<double, std::milli>(Steady::now() - started).count());
  }
  EXPECT_EQ(world.applied(), 100);
  EXPECT_EQ(world.disordered(), 0);
  std::sort(taken_ms.begin(), taken_ms.end());
  std::printf("[ MEASURED ] commit to consumer's commit p50 %.1f ms, p95 %.1f ms\n", taken_ms[50],
              taken_ms[95]);
  EXPECT_LT(taken_ms[50], 1000);
}

}  // namespace ambula::outbox::inbox_test

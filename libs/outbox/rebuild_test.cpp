#include <ambula/outbox/rebuild.hpp>
#include <ambula/outbox/world_test.hpp>
#include <gtest/gtest.h>

namespace ambula::outbox::rebuild_test {

using world_test::note;
using world_test::topic;
using world_test::World;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;

std::vector<Subscription> projecting() {
  return {{topic, HandlerKind::projection, note, {"applied"}}};
}

Result<std::int64_t> rebuilt(World& world, const std::vector<Subscription>& subscriptions,
                             std::string_view of = topic, std::vector<Uuid> skip = {}) {
  return rebuild(world.session, world.kafka.brokers(), subscriptions,
                 {.consumer = world.group,
                  .topic = of,
                  .skip = std::move(skip),
                  .now = system_now(),
                  .limit = 20s});
}

/// The live inbox applies all that is there.
void consume(World& world, const std::vector<Subscription>& subscriptions, std::int64_t count) {
  Inbox inbox(world.inbox_options(subscriptions));
  inbox.start();
  ASSERT_TRUE(world.applied_are(count));
  inbox.stop();
}

std::string rows(World& world) {
  return world.text(
      "SELECT string_agg(event_id || key || version || '@' || kafka_offset, ' ' ORDER BY event_id) "
      "AS t FROM applied");
}

TEST(Rebuild, RestoresTheTablesExactly) {
  World world;
  std::vector<bus::Event> events;
  for (std::int64_t version = 1; version <= 50; ++version) {
    events.push_back(World::event("a", version));
    events.push_back(World::event("b", version));
  }
  world.send(events);
  world.send({events.front()});  // a relay that died after producing sends again
  consume(world, projecting(), 100);
  const auto before = rows(world);
  world.session.run_script(
      "DELETE FROM applied WHERE version > 10; UPDATE applied SET kafka_offset = -1; "
      "INSERT INTO applied (event_id, key, version, kafka_offset) "
      "VALUES (gen_random_uuid(), 'bogus', 1, 0)");
  const auto done = rebuilt(world, projecting());
  ASSERT_TRUE(done);
  EXPECT_EQ(*done, 100);
  EXPECT_EQ(rows(world), before);
  EXPECT_EQ(world.disordered(), 0);
}

TEST(Rebuild, OnlyTheRowsThatTheTopicFills) {
  World world;
  world.send({World::event("a", 1)});
  const std::vector<Subscription> mine = {
      {topic, HandlerKind::projection, note, {{"applied", "key <> 'kept'"}}}};
  consume(world, mine, 1);
  world.session.run_script(
      "INSERT INTO applied (event_id, key, version, kafka_offset) "
      "VALUES (gen_random_uuid(), 'kept', 1, 0), (gen_random_uuid(), 'bogus', 1, 0)");
  ASSERT_TRUE(rebuilt(world, mine));
  EXPECT_EQ(world.text("SELECT string_agg(key, ' ' ORDER BY key) AS t FROM applied"), "a kept");
}

TEST(Rebuild, EffectsAreNotRunAgain) {
  World world;
  int effects = 0;
  const std::vector<Subscription> both = {
      {topic, HandlerKind::projection, note, {"applied"}},
      {topic, HandlerKind::effect, [&effects](Delivery&) -> Result<void> {
         ++effects;
         return {};
       }}};
  world.send({World::event("a", 1), World::event("a", 2)});
  consume(world, both, 2);
  world.send(
      {World::event("a", 3)});  // the inbox has not seen it: it is left to it, with its effect
  ASSERT_EQ(effects, 2);
  EXPECT_EQ(*rebuilt(world, both), 2);
  EXPECT_EQ(effects, 2);
  consume(world, both, 3);
  EXPECT_EQ(effects, 3);
}

TEST(Rebuild, BesideALiveInboxNothingIsLostOrDoubled) {
  World world;
  Inbox inbox(world.inbox_options(projecting()));
  inbox.start();
  for (std::int64_t version = 1; version <= 200;) {
    std::vector<bus::Event> some;
    for (int i = 0; i < 25; ++i, ++version) {
      some.push_back(World::event("a", version));
      some.push_back(World::event("b" + std::to_string(version), 1));
    }
    world.send(some);
    if (version % 50 == 1) {
      EXPECT_TRUE(rebuilt(world, projecting()));
    }
  }
  EXPECT_TRUE(world.applied_are(400));
  EXPECT_EQ(world.disordered(), 0);
  EXPECT_EQ(world.parked(), 0);
  inbox.stop();
}

TEST(Rebuild, ParkedEventsStayParkedAndDroppedOnesAreSkipped) {
  World world;
  const auto picky = [](Delivery& delivery) -> Result<void> {
    if (delivery.event.data == "bad") return rule_broken("no-such", "Refused.");
    return note(delivery);
  };
  const std::vector<Subscription> mine = {{topic, HandlerKind::projection, picky, {"applied"}}};
  auto bad = World::event("a", 2);
  bad.data = "bad";
  world.send({World::event("a", 1), bad, World::event("a", 3), World::event("b", 1)});
  consume(world, mine, 2);
  ASSERT_TRUE(testing::eventually([&] { return world.parked() == 2; }, 10s));
  EXPECT_EQ(*rebuilt(world, mine), 2);
  EXPECT_EQ(world.parked(), 2);

  ASSERT_TRUE(drop_parked(world.session, world.group, bad.id));
  const auto refused = rebuilt(world, mine);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "no-such");
  EXPECT_NE(refused.error().detail.find(bad.id.str()), std::string::npos);
  EXPECT_EQ(world.applied(), 2);
  EXPECT_EQ(*rebuilt(world, mine, topic, {bad.id}), 2);
}

TEST(Rebuild, RefusalsChangeNothing) {
  World world;
  world.session.run_script(
      "INSERT INTO applied (event_id, key, version, kafka_offset) "
      "VALUES (gen_random_uuid(), 'kept', 1, 0)");
  const auto effects = rebuilt(world, {{topic, HandlerKind::effect, note}});
  ASSERT_FALSE(effects);
  EXPECT_EQ(effects.error().code, "no-projection");
  const auto unknown = rebuilt(world, projecting(), world_test::compacted);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, "not-subscribed");
  EXPECT_EQ(rebuildable(projecting()), std::vector<std::string>{topic});

  world.send({World::event("a", 7)});  // what came before it is not in the topic any more
  world.session.run_script("INSERT INTO consumer_offset SELECT '" + world.group + "', '" + topic +
                           "', p, 1000 FROM generate_series(0, 3) AS p");
  const auto truncated = rebuilt(world, projecting());
  ASSERT_FALSE(truncated);
  EXPECT_EQ(truncated.error().code, "topic-truncated");
  EXPECT_EQ(world.applied(), 1);
}

}  // namespace ambula::outbox::rebuild_test

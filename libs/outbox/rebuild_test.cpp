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
                             std::string_view of = topic) {
  return rebuild(world.session, world.kafka.brokers(), subscriptions, world.group, of, system_now(),
                 20s);
}

TEST(Rebuild, FillsTheTablesAgainFromTheBeginning) {
  World world;
  std::vector<bus::Event> events;
  for (std::int64_t version = 1; version <= 50; ++version) {
    events.push_back(World::event("a", version));
    events.push_back(World::event("b", version));
  }
  world.send(events);
  world.send({events.front()});  // a relay that died after producing sends again
  {
    Inbox inbox(world.inbox_options(projecting()));
    inbox.start();
    ASSERT_TRUE(world.applied_are(100));
    inbox.stop();
  }
  world.session.run_script("DELETE FROM applied WHERE version > 10");
  const auto done = rebuilt(world, projecting());
  ASSERT_TRUE(done);
  EXPECT_EQ(*done, 100);
  EXPECT_EQ(world.applied(), 100);
  EXPECT_EQ(world.disordered(), 0);
}

TEST(Rebuild, BesideALiveInboxNothingIsLostOrDoubled) {
  World world;
  for (std::int64_t version = 1; version <= 200; ++version)
    world.send({World::event("a", version)});
  Inbox inbox(world.inbox_options(projecting()));
  inbox.start();
  ASSERT_TRUE(rebuilt(world, projecting()));
  world.send({World::event("a", 201)});
  EXPECT_TRUE(world.applied_are(201));
  EXPECT_EQ(world.disordered(), 0);
  inbox.stop();
}

TEST(Rebuild, EffectsAndUnknownTopicsAreRefusedAndNothingChanges) {
  World world;
  world.send({World::event("a", 1)});
  world.session.run_script(
      "INSERT INTO applied (event_id, key, version, kafka_offset) "
      "VALUES (gen_random_uuid(), 'kept', 1, 0)");
  const auto effects = rebuilt(world, {{topic, HandlerKind::effect, note, {"applied"}}});
  ASSERT_FALSE(effects);
  EXPECT_EQ(effects.error().code, "has-effects");
  const auto unknown = rebuilt(world, projecting(), world_test::compacted);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, "not-subscribed");
  const auto failing =
      rebuilt(world, {{topic,
                       HandlerKind::projection,
                       [](Delivery&) -> Result<void> { return rule_broken("no-such", "Refused."); },
                       {"applied"}}});
  ASSERT_FALSE(failing);
  EXPECT_EQ(failing.error().code, "no-such");
  EXPECT_EQ(world.applied(), 1);
}

}  // namespace ambula::outbox::rebuild_test

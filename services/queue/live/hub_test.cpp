#include "hub.hpp"

#include <queue/migrations.hpp>

#include <ambula/db/migrate.hpp>
#include <ambula/outbox/outbox.hpp>
#include <ambula/testing/postgres.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "queue/events/handlers.hpp"
#include "queue/events/recording.hpp"
#include "queue/jobs.hpp"
#include "queue/store/queues.hpp"

// Live views: every change once and in order, resuming exactly, slow readers coalesced and dropped
// [QUE-8].
namespace ambula::queue::live::hub_test {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using Steady = std::chrono::steady_clock;

testing::Postgres& postgres() {
  static testing::Postgres instance("queue");
  return instance;
}

const Instant now = *parse_instant("2026-06-01T09:00:00Z");

class Live : public ::testing::Test {
 protected:
  static db::Options options() {
    return {.url = postgres().url(), .application_name = "test", .schema = "queue"};
  }
  static void SetUpTestSuite() {
    ASSERT_TRUE(db::migrate(options(), "platform", outbox::migrations()));
    ASSERT_TRUE(db::migrate(options(), "queue", migrations));
  }
  void SetUp() override {
    fact("FacilityRegistered", events::on_facility,
         R"({"facility_id":")" + facility.str() +
             R"(","zone":"UTC","settings":{"max_calls":3,"staging_factor":6,"visitor_days":90}})");
    fact("DepartmentRegistered", events::open_queues,
         R"({"department_id":")" + Uuid::make().str() +
             R"(","code":"GM","name":"General","active":true})");
    queue = store::list_queues(session, facility, std::nullopt, domain::Kind::regular, std::nullopt,
                               1)[0];
  }
  void fact(std::string_view type, Result<void> (*handle)(outbox::Delivery&),
            const std::string& data) {
    bus::Event event;
    event.id = Uuid::make();
    event.type = type;
    event.facility_id = facility;
    event.time = now;
    event.data = data;
    ASSERT_TRUE(session.transact([&](db::Transaction& tx) {
      outbox::Delivery delivery{tx, event, now};
      return handle(delivery);
    }));
  }

  events::Act act() const { return {outbox::Cause{}, now, facility}; }
  Uuid walk_in() {
    domain::Entry entry;
    entry.id = Uuid::make();
    entry.facility_id = facility;
    entry.queue_id = entry.origin_queue_id = queue.id;
    entry.department_id = queue.department_id;
    entry.day = *parse_date("2026-06-01");
    entry.patient_id = Uuid::make();
    entry.seniority = entry.created_at = entry.updated_at = now;
    entry.tracking_token = entry.id.str();
    EXPECT_TRUE(session.transact([&](db::Transaction& tx) -> Result<bool> {
      events::enter(tx, entry, queue, act());
      return true;
    }));
    return entry.id;
  }
  template <class Command>
  void run(const Uuid& id, const Command& command) {
    EXPECT_TRUE(session.transact([&](db::Transaction& tx) -> Result<bool> {
      const auto locked = store::lock(tx, facility, id);
      events::record(tx, locked->entry, *decide(locked->entry, command), act());
      return true;
    }));
  }

  Reader reader(std::size_t bytes = channel_bytes) const {
    return {.facility_id = facility,
            .queue_id = queue.id,
            .audience = "test",
            .show =
                [](const store::Named& named) {
                  return named.entry.ticket.label + " " +
                         std::string(to_string(named.entry.status));
                },
            .channel = std::make_shared<http::Channel>(bytes)};
  }
  static std::string waiting_in(const std::shared_ptr<http::Channel>& channel) {
    auto taken = channel->take();
    (void)channel->take();  // the reader comes back for more
    return taken.bytes;
  }

  db::Session session{options()};
  Uuid facility = Uuid::make();
  domain::Queue queue;
  Steady::time_point at = Steady::now();
};

TEST_F(Live, ABeginningIsTheLineAsItStands) {
  const auto first = walk_in();
  walk_in();
  run(first, domain::Leave{"tired"});
  const auto beginning = begin(session, reader(), std::nullopt, now);
  ASSERT_TRUE(beginning);
  EXPECT_EQ(beginning->frames, "id: 3\nevent: snapshot\ndata: {\"entries\":[GM-2 WAITING]}\n\n");
  EXPECT_EQ(beginning->last, 3);
  auto unknown = reader();
  unknown.queue_id = Uuid::make();
  EXPECT_FALSE(begin(session, unknown, std::nullopt, now));
  unknown = reader();
  unknown.facility_id = Uuid::make();
  EXPECT_FALSE(begin(session, unknown, std::nullopt, now)) << "another facility's [OPS-6]";
}

TEST_F(Live, WhoComesBackIsToldEachChangeAsItWasThen) {
  const auto first = walk_in();
  run(first, domain::Call{3, std::nullopt});
  run(first, domain::Start{});
  const auto beginning = begin(session, reader(), 1, now);
  ASSERT_TRUE(beginning);
  EXPECT_EQ(beginning->frames,
            "id: 2\nevent: entry\ndata: GM-1 CALLED\n\n"
            "id: 3\nevent: entry\ndata: GM-1 IN_SERVICE\n\n");
  EXPECT_EQ(begin(session, reader(), 3, now)->frames, "") << "nothing was missed";
  EXPECT_THAT(begin(session, reader(), 99, now)->frames, ::testing::HasSubstr("snapshot"))
      << "a number of another life";
}

TEST_F(Live, WhatIsNoLongerKeptIsTakenFromTheLine) {
  walk_in();
  walk_in();
  store::number_changes(session, facility, queue.id);
  session.run_script("DELETE FROM live_change WHERE queue_id = '" + queue.id.str() +
                     "' AND number = 1");
  EXPECT_THAT(begin(session, reader(), 0, now)->frames, ::testing::HasSubstr("snapshot"));
  EXPECT_THAT(begin(session, reader(), 1, now)->frames, ::testing::StartsWith("id: 2\n"));
}

TEST_F(Live, EveryChangeIsToldOnceAndInOrder) {
  Hub hub;
  auto mine = reader();
  const auto channel = mine.channel;
  ASSERT_TRUE(hub.add(std::move(mine)));
  const auto first = walk_in();  // before the hub has heard of anything
  hub.tell(session, at);
  EXPECT_EQ(waiting_in(channel), "id: 1\nevent: entry\ndata: GM-1 WAITING\n\n");
  run(first, domain::Call{3, std::nullopt});
  walk_in();
  hub.moved(queue.id);
  hub.tell(session, at);
  EXPECT_EQ(waiting_in(channel),
            "id: 2\nevent: entry\ndata: GM-1 CALLED\n\n"
            "id: 3\nevent: entry\ndata: GM-2 WAITING\n\n");
  hub.moved(queue.id);  // a repetition
  hub.tell(session, at);
  EXPECT_EQ(waiting_in(channel), "");
}

TEST_F(Live, AChangeStillBeingWrittenHoldsNobodyUpAndIsToldWhenItIsThere) {
  Hub hub;
  const auto slow = walk_in();
  const auto quick = walk_in();
  auto mine = reader();
  mine.last = begin(session, mine, std::nullopt, now)->last;
  const auto channel = mine.channel;
  ASSERT_TRUE(hub.add(std::move(mine)));
  db::Session other(options());
  ASSERT_TRUE(other.transact([&](db::Transaction& tx) -> Result<bool> {
    const auto locked = store::lock(tx, facility, slow);
    events::record(tx, locked->entry, *decide(locked->entry, domain::Leave{"tired"}), act());
    run(quick, domain::Call{3, std::nullopt});
    hub.tell(session, at);
    EXPECT_EQ(waiting_in(channel), "id: 3\nevent: entry\ndata: GM-2 CALLED\n\n");
    return true;
  }));
  hub.moved(queue.id);
  hub.tell(session, at);
  EXPECT_EQ(waiting_in(channel), "id: 4\nevent: entry\ndata: GM-1 LEFT\n\n");
}

TEST_F(Live, WhatNobodyWatchedIsNumberedBeforeItIsForgotten) {
  walk_in();
  walk_in();
  jobs::forget(session, now + 27h, [] {});
  EXPECT_THAT(begin(session, reader(), 0, now)->frames,
              ::testing::StartsWith("id: 2\nevent: snapshot"))
      << "who knew nothing of it must not believe that nothing happened";
}

TEST_F(Live, WithoutKafkaTheDatabaseIsAsked) {
  Hub hub;
  auto mine = reader();
  const auto channel = mine.channel;
  ASSERT_TRUE(hub.add(std::move(mine)));
  hub.tell(session, at);
  walk_in();
  hub.tell(session, at + 500ms);
  EXPECT_EQ(waiting_in(channel), "");
  hub.tell(session, at + 1s);
  EXPECT_THAT(waiting_in(channel), ::testing::StartsWith("id: 1\n"));
}

TEST_F(Live, ACommentShowsThatTheViewIsAlive) {
  Hub hub;
  auto mine = reader();
  const auto channel = mine.channel;
  ASSERT_TRUE(hub.add(std::move(mine)));
  hub.tell(session, Steady::now() + 14s);
  EXPECT_EQ(waiting_in(channel), "");
  hub.tell(session, Steady::now() + 16s);
  EXPECT_EQ(waiting_in(channel), ": still here\n\n");
}

TEST_F(Live, ASlowReaderIsToldOnlyWhereEntriesHaveComeToAndIsDroppedAtLast) {
  Hub hub;
  auto slow = reader(60);  // room for one frame
  const auto channel = slow.channel;
  ASSERT_TRUE(hub.add(std::move(slow)));
  const auto first = walk_in();
  run(first, domain::Call{3, std::nullopt});
  run(first, domain::Start{});
  hub.tell(session, at);
  EXPECT_EQ(channel->take().bytes, "id: 1\nevent: entry\ndata: GM-1 WAITING\n\n");
  hub.tell(session, at);
  (void)channel->take();  // it is on its way: there is room again
  hub.tell(session, at);
  EXPECT_EQ(waiting_in(channel), "id: 3\nevent: entry\ndata: GM-1 IN_SERVICE\n\n")
      << "being called is past";
  run(first, domain::Complete{});
  walk_in();
  hub.moved(queue.id);
  hub.tell(session, at);
  EXPECT_FALSE(channel->closed());
  hub.tell(session, at + 31s);
  EXPECT_TRUE(channel->closed()) << "took nothing for too long";
  EXPECT_EQ(hub.size(), 0U);
}

TEST_F(Live, ReadersAreBoundedAndStreamsEndWithTheProcess) {
  Hub hub({.readers_max = 1});
  auto mine = reader();
  const auto channel = mine.channel;
  ASSERT_TRUE(hub.add(std::move(mine)));
  EXPECT_FALSE(hub.add(reader()));
  hub.tell(session, at);
  hub.close();
  hub.tell(session, at);
  EXPECT_TRUE(channel->take().finished);
  EXPECT_FALSE(hub.add(reader()));
}

TEST_F(Live, WhoIsGoneFreesTheirSeat) {
  Hub hub({.readers_max = 1});
  auto mine = reader();
  const auto channel = mine.channel;
  ASSERT_TRUE(hub.add(std::move(mine)));
  hub.tell(session, at);
  channel->close_reader();
  hub.tell(session, at);
  EXPECT_EQ(hub.size(), 0U);
  EXPECT_TRUE(hub.add(reader()));
}

}  // namespace ambula::queue::live::hub_test

#include <thread>

#include <ambula/db/migrate.hpp>
#include <ambula/db/session.hpp>
#include <ambula/testing/postgres.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace migrate_test {

using ambula::Result;
using ambula::db::migrate;
using ambula::db::Migration;
using ambula::db::Options;
using ambula::db::Session;
using ambula::db::Statement;
using ambula::testing::Postgres;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Migration first{1, "first", "create table a (n int); insert into a values (1);"};
constexpr Migration second{2, "second",
                           "alter table a add column m int; insert into a values (2);"};
constexpr Statement count_a{"count_a", "select count(*)::int as n from a"};
constexpr Statement steps{"steps",
                          "select count(*)::int as n from schema_migration where component = $1"};

class DbMigrate : public ::testing::Test {
 protected:
  Options options() const {
    Options made;
    made.url = postgres_.url();
    made.schema = "app";
    return made;
  }
  int number(const Statement& statement) {
    return Session(options()).read(statement).front().get<int>("n");
  }
  int steps_of(std::string_view component) {
    return Session(options()).read(steps, component).front().get<int>("n");
  }

  Postgres postgres_{"app"};
};

TEST_F(DbMigrate, AppliesWhatIsMissingOnce) {
  constexpr Migration one[] = {first};
  constexpr Migration both[] = {first, second};
  ASSERT_TRUE(migrate(options(), "shop", one));
  EXPECT_EQ(number(count_a), 1);
  ASSERT_TRUE(migrate(options(), "shop", both));
  ASSERT_TRUE(migrate(options(), "shop", both));
  EXPECT_EQ(number(count_a), 2);
  EXPECT_EQ(steps_of("shop"), 2);
  // A database that is ahead of this binary is no error.
  EXPECT_TRUE(migrate(options(), "shop", one));
}

TEST_F(DbMigrate, ComponentsKeepTheirOwnNumbers) {
  constexpr Migration one[] = {first};
  constexpr Migration other[] = {{1, "other", "create table b (n int)"}};
  ASSERT_TRUE(migrate(options(), "shop", one));
  ASSERT_TRUE(migrate(options(), "outbox", other));
  EXPECT_EQ(steps_of("shop"), 1);
  EXPECT_EQ(steps_of("outbox"), 1);
}

/// OPS-5
TEST_F(DbMigrate, ReplicasMayStartTogether) {
  constexpr Migration both[] = {first, second};
  {
    std::vector<std::jthread> replicas;
    for (int i = 0; i < 4; ++i) {
      replicas.emplace_back([&] { EXPECT_TRUE(migrate(options(), "shop", both)); });
    }
  }
  EXPECT_EQ(number(count_a), 2);
  EXPECT_EQ(steps_of("shop"), 2);
}

TEST_F(DbMigrate, AChangedStepIsRefused) {
  constexpr Migration one[] = {first};
  ASSERT_TRUE(migrate(options(), "shop", one));
  constexpr Migration changed[] = {{1, "first", "create table a (n bigint);"}, second};
  const Result<void> refused = migrate(options(), "shop", changed);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "migration-changed");
  EXPECT_THAT(refused.error().detail, HasSubstr("Step 1 first of shop"));
  EXPECT_EQ(steps_of("shop"), 1);
}

TEST_F(DbMigrate, AStepThatFailsLeavesNothingAndStopsTheRest) {
  constexpr Migration broken[] = {
      first,
      {2, "broken", "insert into a values (7); create table c (n int); select 'Canary'::int"},
      {3, "never", "create table d (n int)"}};
  const Result<void> refused = migrate(options(), "shop", broken);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "migration-failed");
  EXPECT_THAT(refused.error().detail, HasSubstr("Step 2 broken of shop"));
  EXPECT_THAT(refused.error().detail, HasSubstr("22P02"));
  EXPECT_THAT(refused.error().detail, Not(HasSubstr("Canary")));
  EXPECT_EQ(number(count_a), 1);
  constexpr Statement left{"left",
                           "select count(*)::int as n from pg_class where relname in ('c', 'd')"};
  EXPECT_EQ(number(left), 0);
  EXPECT_EQ(steps_of("shop"), 1);

  constexpr Migration repaired[] = {first, second};
  EXPECT_TRUE(migrate(options(), "shop", repaired));
}

/// The checksum stands in databases for years: it may never change by itself.
TEST_F(DbMigrate, TheChecksumIsStable) {
  constexpr Migration one[] = {{1, "letter", "select 'a'"}};
  ASSERT_TRUE(migrate(options(), "shop", one));
  constexpr Statement sum{"sum", "select checksum from schema_migration"};
  EXPECT_EQ(Session(options()).read(sum).front().text("checksum"), "fnv1a64:9908a181ea3c348c");
}

}  // namespace migrate_test

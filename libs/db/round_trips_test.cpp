#include <dlfcn.h>
#include <sys/socket.h>

#include <ambula/db/session.hpp>
#include <ambula/testing/postgres.hpp>
#include <gtest/gtest.h>

namespace round_trips_test {

/// What this thread has handed to the network. libpq flushes once per round trip.
thread_local int sends = 0;

}  // namespace round_trips_test

/// Stands before libc's for the whole executable, so also for libpq.
extern "C" ssize_t send(int socket, const void* data, size_t size, int flags) {
  using Send = ssize_t (*)(int, const void*, size_t, int);
  static const Send real = reinterpret_cast<Send>(::dlsym(RTLD_NEXT, "send"));
  ++round_trips_test::sends;
  return real(socket, data, size, flags);
}

namespace round_trips_test {

using ambula::Result;
using ambula::db::Options;
using ambula::db::Rows;
using ambula::db::Session;
using ambula::db::Statement;
using ambula::db::Transaction;
using ambula::testing::Postgres;

constexpr Statement note{"note", "insert into note values ($1) returning text"};
constexpr Statement notes{"notes", "select text from note where text <> $1"};

template <class Act>
int sends_of(Act&& act) {
  const int before = sends;
  act();
  return sends - before;
}

/// Round trips are what a statement costs (architecture.md §4), so each call is held to its number.
TEST(DbRoundTrips, AreAsFewAsPromised) {
  const Postgres postgres("app");
  Options options;
  options.url = postgres.url();
  options.schema = "app";
  Session db(options);
  db.run_script("create table note (text text)");
  constexpr Statement all[] = {note, notes};
  EXPECT_EQ(sends_of([&] { db.prepare_all(all); }), 2);

  EXPECT_EQ(sends_of([&] { (void)db.read(notes, "x"); }), 1);
  EXPECT_EQ(sends_of([&] { EXPECT_TRUE(db.execute(note, "x")); }), 1);
  EXPECT_EQ(sends_of([&] { EXPECT_TRUE(db.ping()); }), 1);
  const auto two_statements = [](Transaction& tx) -> Result<void> {
    (void)tx.exec(notes, "x");
    (void)tx.exec(note, "y");
    return {};
  };
  EXPECT_EQ(sends_of([&] { EXPECT_TRUE(db.transact(two_statements)); }), 2 + 2);
  const auto refused = [](Transaction& tx) -> Result<void> {
    (void)tx.exec(note, "z");
    return ambula::conflict("no", "No.");
  };
  EXPECT_EQ(sends_of([&] { EXPECT_FALSE(db.transact(refused)); }), 1 + 2);

  // A statement that was not prepared at the start costs one more, once.
  constexpr Statement late{"late", "select 1 as one"};
  EXPECT_EQ(sends_of([&] { (void)db.read(late); }), 2);
  EXPECT_EQ(sends_of([&] { (void)db.read(late); }), 1);
}

TEST(DbRoundTrips, SettingsOfAConnectionCostNone) {
  const Postgres postgres("app");
  Options options;
  options.url = postgres.url();
  Session probe(options);
  ASSERT_TRUE(probe.ping());
  Session bare(options);
  options.schema = "app";
  options.application_name = "with settings";
  Session with_settings(options);
  const int plain = sends_of([&] { EXPECT_TRUE(bare.ping()); });
  EXPECT_EQ(sends_of([&] { EXPECT_TRUE(with_settings.ping()); }), plain);
  // On a socket that trusts us: the start-up packet and the query.
  if (postgres.url().starts_with("postgresql:///")) {
    EXPECT_EQ(plain, 2);
  }
}

}  // namespace round_trips_test

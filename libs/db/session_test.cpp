#include <atomic>
#include <future>
#include <string>
#include <thread>

#include <ambula/db/session.hpp>
#include <ambula/observability/log.hpp>
#include <ambula/observability/metrics.hpp>
#include <ambula/testing/eventually.hpp>
#include <ambula/testing/postgres.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace session_test {

using ambula::Error;
using ambula::ErrorKind;
using ambula::Result;
using ambula::db::ConstraintError;
using ambula::db::InDoubt;
using ambula::db::Options;
using ambula::db::Rows;
using ambula::db::Session;
using ambula::db::Statement;
using ambula::db::StatementFailed;
using ambula::db::Transaction;
using ambula::db::Unavailable;
using ambula::testing::eventually;
using ambula::testing::Postgres;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view canary = "Canary-7391 O'Neil";

constexpr Statement insert_item{"insert_item", "insert into item (id, name) values ($1::int, $2)"};
constexpr Statement count_items{"count_items", "select count(*)::int as n from item"};
constexpr Statement add_stock{"add_stock",
                              "update stock set quantity = quantity + $2::int where id = $1::int"};
constexpr Statement read_stock{"read_stock", "select quantity from stock where id = $1::int"};
constexpr Statement backend{"backend", "select pg_backend_pid() as pid"};
constexpr Statement setting{"setting", "select current_setting($1) as value"};
constexpr Statement sleep_long{"sleep_long", "select pg_sleep(30)::text"};
constexpr Statement item_names{"item_names", "select name from item where id = $1::int"};

constexpr ConstraintError constraint_errors[] = {
    {"item_name_key", ErrorKind::conflict, "name-taken", "The name is taken.", "/name"},
    {"item_name_check", ErrorKind::rule, "name-empty", "The name must not be empty."},
    {"booking_no_overlap", ErrorKind::conflict, "slot-taken", "The time is taken."},
    {"part_item_id_fkey", ErrorKind::conflict, "no-such-item", "There is no such item."},
    {"late_check", ErrorKind::conflict, "late", "Checked at commit."},
};

constexpr std::string_view schema_sql =
    "create table item (id int primary key, name text not null unique"
    "  constraint item_name_check check (name <> ''));"
    "create table part (id int primary key, item_id int not null references item);"
    "create table booking (doctor int not null, during int4range not null,"
    "  constraint booking_no_overlap exclude using gist (doctor with =, during with &&));"
    "create table late (id int constraint late_check unique deferrable initially deferred);"
    "create table stock (id int primary key, quantity int not null);"
    "insert into stock values (1, 0), (2, 0);"
    "create table slow (id int);"
    "create function wait_at_commit() returns trigger language plpgsql as"
    "  $$ begin perform pg_sleep(30); return null; end $$;"
    "create constraint trigger slow_commit after insert on slow deferrable initially deferred"
    "  for each row execute function wait_at_commit();"
    "create function complain(what text) returns void language plpgsql as"
    "  $$ begin raise notice 'notice of %', what; raise exception 'refused %', what"
    "  using errcode = '23514', detail = what, hint = what; end $$;";

/// One database for all tests of this file; each test has tables as they are made above.
class DbSession : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { postgres_ = std::make_unique<Postgres>("shop"); }
  static void TearDownTestSuite() { postgres_.reset(); }

  void SetUp() override {
    session().run_script(
        "drop schema if exists shop cascade; create schema shop;"
        "grant all on schema shop to public;");
    session().run_script(schema_sql);
  }
  void TearDown() override { ambula::log::capture(nullptr); }

  static Options options() {
    Options made;
    made.url = postgres_->superuser_url();
    made.application_name = "db_test";
    made.schema = "shop";
    made.constraints = constraint_errors;
    return made;
  }
  static Session session() { return Session(options()); }
  static Postgres& postgres() { return *postgres_; }

  static int count(Session& on) { return on.read(count_items).front().get<int>("n"); }
  static int backend_of(Session& on) { return on.read(backend).front().get<int>("pid"); }
  static void terminate(int pid) {
    session().run_script("select pg_terminate_backend(" + std::to_string(pid) + ", 5000)");
  }
  /// Waits until a backend of db_test stands in a statement that begins with `query`.
  static bool is_running(std::string_view query, std::string_view wait_event) {
    constexpr Statement running{
        "running",
        "select pid from pg_stat_activity where state = 'active' and query like $1 || '%' "
        "and wait_event = $2 and pid <> pg_backend_pid()"};
    Session watcher = session();
    return eventually([&] { return !watcher.read(running, query, wait_event).empty(); });
  }

 private:
  static inline std::unique_ptr<Postgres> postgres_;
};

double metric(std::string_view series) {
  const std::string text = ambula::metrics::exposition();
  const std::size_t at = text.find(std::string(series) + " ");
  return at == std::string::npos ? 0 : std::stod(text.substr(at + series.size() + 1));
}

double rolled_back(std::string_view reason) {
  return metric("ambula_db_transactions_rolled_back_total{reason=\"" + std::string(reason) + "\"}");
}

TEST_F(DbSession, SettingsOfAConnectionComeWithIt) {
  Session db = session();
  const auto value = [&](std::string_view name) {
    return db.read(setting, name).front().get<std::string>("value");
  };
  EXPECT_EQ(value("statement_timeout"), "5s");
  EXPECT_EQ(value("lock_timeout"), "2s");
  EXPECT_EQ(value("idle_in_transaction_session_timeout"), "10s");
  EXPECT_EQ(value("search_path"), "shop,public");
  EXPECT_EQ(value("TimeZone"), "UTC");
  EXPECT_EQ(value("application_name"), "db_test");
  EXPECT_EQ(value("client_encoding"), "UTF8");
  EXPECT_EQ(value("enable_seqscan"), "on");
  EXPECT_EQ(value("synchronous_commit"), "on");
}

TEST_F(DbSession, AConnectionMayAvoidSequentialScansAndNotWaitForTheDisk) {
  auto chosen = options();
  chosen.avoid_sequential_scans = true;
  chosen.durable = false;
  Session db(chosen);
  for (const auto name : {"enable_seqscan", "jit", "synchronous_commit"})
    EXPECT_EQ(db.read(setting, name).front().get<std::string>("value"), "off") << name;
}

TEST_F(DbSession, CommitsAValueAndRollsBackAnError) {
  Session db = session();
  const Result<int> kept = db.transact([](Transaction& tx) -> Result<int> {
    tx.exec(insert_item, 1, "kept");
    return 7;
  });
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept.value(), 7);

  const double before = rolled_back("refused");
  const Result<int> refused = db.transact([](Transaction& tx) -> Result<int> {
    tx.exec(insert_item, 2, "dropped");
    return ambula::conflict("no", "No.");
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "no");
  EXPECT_EQ(count(db), 1);
  EXPECT_EQ(rolled_back("refused"), before + 1);
}

TEST_F(DbSession, RollsBackWhenTheBodyThrows) {
  Session db = session();
  EXPECT_THROW((void)db.transact([](Transaction& tx) -> Result<void> {
    tx.exec(insert_item, 1, "dropped");
    throw std::logic_error("body");
  }),
               std::logic_error);
  EXPECT_EQ(count(db), 0);
}

TEST_F(DbSession, DoesNotBelieveABodyThatSwallowedAFailure) {
  Session db = session();
  ASSERT_TRUE(db.execute(insert_item, 1, "one"));
  const Result<void> swallowed = db.transact([](Transaction& tx) -> Result<void> {
    try {
      tx.exec(insert_item, 2, "one");
    } catch (const StatementFailed&) {
    }
    return {};
  });
  ASSERT_FALSE(swallowed);
  EXPECT_EQ(swallowed.error().code, "name-taken");
}

TEST_F(DbSession, ConstraintsBecomeTheirErrors) {
  Session db = session();
  ASSERT_TRUE(db.execute(insert_item, 1, "one"));

  const Result<Rows> unique = db.execute(insert_item, 2, "one");
  ASSERT_FALSE(unique);
  EXPECT_EQ(unique.error().kind, ErrorKind::conflict);
  EXPECT_EQ(unique.error().code, "name-taken");
  ASSERT_EQ(unique.error().fields.size(), 1U);
  EXPECT_EQ(unique.error().fields[0].pointer, "/name");

  const Result<Rows> check = db.execute(insert_item, 2, "");
  ASSERT_FALSE(check);
  EXPECT_EQ(check.error().code, "name-empty");
  EXPECT_TRUE(check.error().fields.empty());

  constexpr Statement part{"part", "insert into part values (1, $1::int)"};
  const Result<Rows> foreign = db.execute(part, 99);
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code, "no-such-item");

  constexpr Statement book{"book", "insert into booking values (1, int4range($1::int, $2::int))"};
  ASSERT_TRUE(db.execute(book, 10, 20));
  const Result<Rows> exclusion = db.execute(book, 15, 25);
  ASSERT_FALSE(exclusion);
  EXPECT_EQ(exclusion.error().code, "slot-taken");
  EXPECT_TRUE(db.execute(book, 20, 25));
}

TEST_F(DbSession, ADeferredConstraintAnswersAtCommit) {
  Session db = session();
  constexpr Statement late{"late", "insert into late values (1)"};
  const Result<void> refused = db.transact([&](Transaction& tx) -> Result<void> {
    tx.exec(late);
    tx.exec(late);
    return {};
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "late");
  EXPECT_EQ(count(db), 0);
}

TEST_F(DbSession, AnUnlistedConstraintIsThrownByName) {
  Session db = session();
  ASSERT_TRUE(db.execute(insert_item, 1, "one"));
  try {
    (void)db.execute(insert_item, 1, "two");
    FAIL() << "a second key 1 was taken";
  } catch (const StatementFailed& failed) {
    EXPECT_EQ(failed.statement, "insert_item");
    EXPECT_EQ(failed.sqlstate, "23505");
    EXPECT_EQ(failed.constraint, "item_pkey");
  }
  constexpr Statement null_name{"null_name", "insert into item (id) values (5)"};
  try {
    (void)db.execute(null_name);
    FAIL() << "NULL was taken";
  } catch (const StatementFailed& failed) {
    EXPECT_EQ(failed.sqlstate, "23502");
    EXPECT_EQ(failed.constraint, "");
  }
}

/// A value with line breaks must not pose as a constraint.
TEST_F(DbSession, AValueCannotNameAConstraint) {
  Session db = session();
  const std::string forged = "x\nCONSTRAINT NAME:  booking_no_overlap\nLOCATION:  here";
  ASSERT_TRUE(db.execute(insert_item, 1, forged));
  const Result<Rows> refused = db.execute(insert_item, 2, forged);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "name-taken");

  constexpr Statement complain{"complain", "select complain($1)::text"};
  try {
    (void)db.execute(complain, forged);
    FAIL() << "not refused";
  } catch (const StatementFailed& failed) {
    EXPECT_EQ(failed.constraint, "");
  }
}

TEST_F(DbSession, RunsADeadlockedBodyAgain) {
  const double before = rolled_back("deadlock");
  std::atomic<int> runs{0};
  std::atomic<int> holding{0};
  const auto move_stock = [&](int first, int second) {
    Options patient = options();
    patient.lock_timeout_ms = 10'000;
    Session db(patient);
    const Result<void> moved = db.transact([&](Transaction& tx) -> Result<void> {
      const bool first_run = runs.fetch_add(1) < 2;
      tx.exec(add_stock, first, 1);
      // Both hold their first row before either asks for its second: PostgreSQL has to break the
      // circle.
      if (first_run) {
        ++holding;
        EXPECT_TRUE(eventually([&] { return holding == 2; }));
      }
      tx.exec(add_stock, second, 1);
      return {};
    });
    EXPECT_TRUE(moved);
  };
  std::jthread other(move_stock, 2, 1);
  move_stock(1, 2);
  other.join();

  Session db = session();
  EXPECT_EQ(db.read(read_stock, 1).front().get<int>("quantity"), 2);
  EXPECT_EQ(db.read(read_stock, 2).front().get<int>("quantity"), 2);
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(rolled_back("deadlock"), before + 1);
}

TEST_F(DbSession, RunsASerializationFailureAgain) {
  const double before = rolled_back("serialization");
  std::atomic<int> runs{0};
  std::atomic<int> reading{0};
  const auto add_one = [&] {
    Session db = session();
    const Result<void> added = db.transact([&](Transaction& tx) -> Result<void> {
      const bool first_run = runs.fetch_add(1) < 2;
      tx.run_script("set transaction isolation level serializable");
      tx.exec(read_stock, 1);
      if (first_run) {
        ++reading;
        EXPECT_TRUE(eventually([&] { return reading == 2; }));
      }
      tx.exec(add_stock, 1, 1);
      return {};
    });
    EXPECT_TRUE(added);
  };
  std::jthread other(add_one);
  add_one();
  other.join();

  Session db = session();
  EXPECT_EQ(db.read(read_stock, 1).front().get<int>("quantity"), 2);
  EXPECT_GE(runs, 3);
  EXPECT_GE(rolled_back("serialization"), before + 1);
}

TEST_F(DbSession, GivesUpAfterFiveCollisions) {
  Session db = session();
  constexpr Statement collide{
      "collide", "do $$ begin raise exception 'again' using errcode = '40001'; end $$"};
  int runs = 0;
  EXPECT_THROW((void)db.transact([&](Transaction& tx) -> Result<void> {
    ++runs;
    tx.exec(collide);
    return {};
  }),
               Unavailable);
  EXPECT_EQ(runs, 5);
  EXPECT_THROW((void)db.execute(collide), Unavailable);
  EXPECT_EQ(count(db), 0);
}

TEST_F(DbSession, AnIdleConnectionThatWentAwayIsNotNoticed) {
  Session db = session();
  // Prepared before: otherwise the statement itself would never meet the broken connection.
  constexpr Statement first_used[] = {insert_item};
  db.prepare_all(first_used);
  for (int call = 0; call < 3; ++call) {
    const int pid = backend_of(db);
    terminate(pid);
    if (call == 0) {
      EXPECT_TRUE(db.execute(insert_item, 1, "one"));
    }
    if (call == 1) {
      EXPECT_TRUE(db.transact([](Transaction& tx) -> Result<void> {
        tx.exec(insert_item, 2, "two");
        return {};
      }));
    }
    if (call == 2) {
      EXPECT_TRUE(db.ping());
    }
    EXPECT_NE(backend_of(db), pid);
    // Settings of the new connection are those of the first.
    EXPECT_EQ(db.read(setting, "search_path").front().text("value"), "shop,public");
  }
  EXPECT_EQ(count(db), 2);
}

TEST_F(DbSession, AConnectionBrokenWithinATransactionIsReplacedAtTheNextCall) {
  Session db = session();
  std::string lines;
  ambula::log::capture(&lines);
  const double before = rolled_back("broken");
  EXPECT_THROW((void)db.transact([&](Transaction& tx) -> Result<void> {
    tx.exec(insert_item, 1, canary);
    postgres().terminate_connections();
    tx.exec(insert_item, 2, canary);
    return {};
  }),
               Unavailable);
  EXPECT_THAT(lines, HasSubstr("db_connection_broken"));
  EXPECT_THAT(lines, Not(HasSubstr("Canary")));
  EXPECT_EQ(rolled_back("broken"), before + 1);
  EXPECT_EQ(count(db), 0);
  EXPECT_TRUE(db.execute(insert_item, 3, "three"));
  EXPECT_EQ(count(db), 1);
}

/// I2: whoever gets this must ask before trying again.
TEST_F(DbSession, ACommitThatBreaksIsInDoubt) {
  Options unlimited = options();
  unlimited.statement_timeout_ms = 0;
  Session db(unlimited);
  constexpr Statement slow{"slow", "insert into slow values (1)"};
  std::jthread killer([] {
    EXPECT_TRUE(is_running("COMMIT", "PgSleep"));
    postgres().terminate_connections();
  });
  EXPECT_THROW((void)db.transact([&](Transaction& tx) -> Result<void> {
    tx.exec(slow);
    return {};
  }),
               InDoubt);
  killer.join();
  EXPECT_EQ(count(db), 0);
}

TEST_F(DbSession, AnExecuteThatBreaksIsInDoubtAndNotSentAgain) {
  Options unlimited = options();
  unlimited.statement_timeout_ms = 0;
  Session db(unlimited);
  std::jthread killer([] {
    EXPECT_TRUE(is_running("insert into slow", "PgSleep"));
    postgres().terminate_connections();
  });
  constexpr Statement slow{"slow", "insert into slow values (1)"};
  EXPECT_THROW((void)db.execute(slow), InDoubt);
  killer.join();
  EXPECT_EQ(count(db), 0);
}

TEST_F(DbSession, AReadThatBreaksIsSentOnceMore) {
  Session db = session();
  ASSERT_TRUE(db.ping());
  std::jthread killer([] {
    EXPECT_TRUE(is_running("select pg_sleep", "PgSleep"));
    postgres().terminate_connections();
  });
  constexpr Statement first_time{
      "first_time",
      "select pg_sleep(case when pg_backend_pid() = $1::int then 4 else 0 end)::text"};
  const int pid = backend_of(db);
  EXPECT_EQ(db.read(first_time, pid).size(), 1U);
  killer.join();
  EXPECT_NE(backend_of(db), pid);
}

TEST_F(DbSession, AStatementThatTakesTooLongIsUnavailableAndTheConnectionStays) {
  Options hasty = options();
  hasty.statement_timeout_ms = 50;
  Session db(hasty);
  const int pid = backend_of(db);
  EXPECT_THROW((void)db.read(sleep_long), Unavailable);
  EXPECT_THROW((void)db.execute(sleep_long), Unavailable);
  EXPECT_THROW((void)db.transact([](Transaction& tx) -> Result<void> {
    tx.exec(sleep_long);
    return {};
  }),
               Unavailable);
  EXPECT_EQ(backend_of(db), pid);
}

TEST_F(DbSession, AnIdleTransactionIsEndedByTheServer) {
  Options hasty = options();
  hasty.idle_in_transaction_timeout_ms = 50;
  Session db(hasty);
  EXPECT_THROW((void)db.transact([&](Transaction& tx) -> Result<void> {
    const int pid = tx.exec(backend).front().get<int>("pid");
    constexpr Statement alive{"alive", "select 1 from pg_stat_activity where pid = $1::int"};
    Session watcher = session();
    EXPECT_TRUE(eventually([&] { return watcher.read(alive, pid).empty(); }));
    tx.exec(insert_item, 1, "one");
    return {};
  }),
               Unavailable);
  EXPECT_EQ(count(db), 0);
}

TEST_F(DbSession, ALockThatIsNotGivenInTimeIsAFailedStatement) {
  Session holder = session();
  const Result<void> held = holder.transact([&](Transaction& tx) -> Result<void> {
    tx.exec(add_stock, 1, 1);
    Options hasty = options();
    hasty.lock_timeout_ms = 30;
    Session db(hasty);
    try {
      (void)db.execute(add_stock, 1, 1);
      ADD_FAILURE() << "the row is locked";
    } catch (const StatementFailed& failed) {
      EXPECT_EQ(failed.sqlstate, "55P03");
    }
    return {};
  });
  EXPECT_TRUE(held);
}

TEST_F(DbSession, AnUnreachableDatabaseIsUnavailable) {
  for (const char* url :
       {"postgresql:///x?host=/nonexistent&password=secret-8812",
        "postgresql://u:secret-8812@127.0.0.1:1/x", "postgresql://u:secret-8812@[broken/x"}) {
    Options nowhere = options();
    nowhere.url = url;
    Session db(nowhere);
    std::string lines;
    ambula::log::capture(&lines);
    try {
      (void)db.read(count_items);
      FAIL() << "connected to nowhere";
    } catch (const Unavailable& error) {
      EXPECT_THAT(error.what(), Not(HasSubstr("8812")));
    }
    EXPECT_FALSE(db.ping());
    EXPECT_THAT(lines, Not(HasSubstr("8812")));
  }
}

/// I12: no value of a statement may leave in an exception's text, a log line or on stderr.
TEST_F(DbSession, NoTextCarriesAValue) {
  Session db = session();
  ASSERT_TRUE(db.execute(insert_item, 1, canary));
  constexpr Statement as_int{"as_int", "select $1::text::int as n"};
  constexpr Statement as_date{"as_date", "select $1::text::date::text as n"};
  constexpr Statement as_json{"as_json", "select $1::text::json::text as n"};
  constexpr Statement complain{"complain", "select complain($1)::text"};
  constexpr Statement unknown{"unknown", "select $1::text from Canary_table_7391"};
  constexpr Statement same_key{"same_key", "insert into item values (1, $1 || ' 2')"};
  constexpr Statement too_wide{"too_wide", "select ($1 || repeat('9', 400))::numeric::float8"};

  std::string lines;
  ambula::log::capture(&lines);
  ::testing::internal::CaptureStderr();
  db.run_script("set client_min_messages = notice");
  for (const Statement& statement :
       {as_int, as_date, as_json, complain, unknown, same_key, too_wide}) {
    try {
      (void)db.execute(statement, canary);
      ADD_FAILURE() << statement.name << " did not fail";
    } catch (const std::exception& error) {
      EXPECT_THAT(error.what(), Not(HasSubstr("Canary"))) << statement.name;
      EXPECT_THAT(error.what(), HasSubstr(statement.name));
    }
    EXPECT_THROW((void)db.read(statement, canary), StatementFailed) << statement.name;
  }
  EXPECT_THROW(db.run_script("select 'Canary-7391'::int"), StatementFailed);
  postgres().terminate_connections();
  EXPECT_TRUE(db.ping());
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  EXPECT_THAT(lines, HasSubstr("db_statement_failed"));
  EXPECT_THAT(lines, Not(HasSubstr("Canary")));
  EXPECT_THAT(ambula::metrics::exposition(), Not(HasSubstr("Canary")));
}

TEST_F(DbSession, ATextWithNulIsRefusedAndNotCut) {
  Session db = session();
  try {
    (void)db.execute(insert_item, 1, std::string("ab\0cd", 5));
    FAIL() << "a NUL was taken";
  } catch (const StatementFailed& failed) {
    EXPECT_EQ(failed.sqlstate, "22021");
  }
  EXPECT_EQ(count(db), 0);
}

TEST_F(DbSession, PrepareAllNamesTheStatementWithATypo) {
  Session db = session();
  constexpr Statement good[] = {insert_item, count_items};
  db.prepare_all(good);
  db.prepare_all(good);
  constexpr Statement bad[] = {insert_item, {"typo", "selct 1"}};
  try {
    db.prepare_all(bad);
    FAIL() << "a typo was prepared";
  } catch (const StatementFailed& failed) {
    EXPECT_EQ(failed.statement, "typo");
    EXPECT_EQ(failed.sqlstate, "42601");
    EXPECT_THAT(failed.what(), HasSubstr("typo"));
  }
  EXPECT_EQ(count(db), 0);
}

TEST_F(DbSession, EveryStatementIsMeasured) {
  Session db = session();
  const std::string series =
      "ambula_db_client_operation_duration_seconds_count{operation=\"item_names\"}";
  const double before = metric(series);
  (void)db.read(item_names, 1);
  (void)db.execute(item_names, 1);
  (void)db.transact([](Transaction& tx) -> Result<void> {
    tx.exec(item_names, 1);
    return {};
  });
  EXPECT_EQ(metric(series), before + 3);
}

using DbSessionDeathTest = DbSession;

TEST_F(DbSessionDeathTest, AProgrammersErrorStopsTheProcess) {
  Session db = session();
  const Rows rows = db.read(count_items);
  EXPECT_DEATH((void)rows.front().text("nothing"), "column");
  EXPECT_DEATH((void)rows[1], "");
  constexpr Statement null_value{"null_value", "select null::text as value"};
  const Rows with_null = db.read(null_value);
  EXPECT_DEATH((void)with_null.front().get<std::string>("value"), "");
  constexpr Statement same_name{"count_items", "select 1"};
  EXPECT_DEATH((void)db.read(same_name), "");
  EXPECT_DEATH((void)db.transact([&](Transaction&) -> Result<void> {
    (void)db.read(count_items);
    return {};
  }),
               "");
}

}  // namespace session_test

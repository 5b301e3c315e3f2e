#include <cerrno>
#include <chrono>
#include <csignal>
#include <string>

#include <ambula/db/session.hpp>
#include <ambula/testing/postgres.hpp>
#include <gtest/gtest.h>

// A server that stands still: it holds its connections open and answers nothing [issue 3 §6].
namespace frozen_test {

using ambula::Result;
using ambula::db::InDoubt;
using ambula::db::Options;
using ambula::db::Rows;
using ambula::db::Session;
using ambula::db::Statement;
using ambula::db::Transaction;
using ambula::db::Unavailable;
using ambula::testing::Postgres;
using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

constexpr Statement backend{"backend", "select pg_backend_pid() as pid"};
constexpr Statement count_notes{"count_notes", "select count(*)::int as n from note"};
constexpr Statement add_note{"add_note", "insert into note (id) values ($1::int)"};
constexpr Statement nap{"nap", "select pg_sleep($1::float8)::text"};

/// Stops a server process; it goes on when this goes.
class Frozen {
 public:
  explicit Frozen(int pid) : pid_(pid), worked_(::kill(pid, SIGSTOP) == 0) {}
  ~Frozen() { ::kill(pid_, SIGCONT); }
  Frozen(const Frozen&) = delete;
  Frozen& operator=(const Frozen&) = delete;
  /// Not on a server of another machine or user.
  bool worked() const { return worked_; }

 private:
  int pid_;
  bool worked_;
};

class FrozenServer : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    postgres_ = std::make_unique<Postgres>("frozen");
    Session(options()).run_script("create table note (id int primary key)");
  }
  static void TearDownTestSuite() { postgres_.reset(); }

  void SetUp() override { Session(options()).run_script("delete from note"); }

  /// Answers are waited for 1.3 s.
  static Options options() {
    Options made;
    made.url = postgres_->superuser_url();
    made.application_name = "frozen_test";
    made.schema = "frozen";
    made.statement_timeout_ms = 300;
    return made;
  }
  static int backend_of(Session& on) { return on.read(backend).front().get<int>("pid"); }
  static int count(Session& on) { return on.read(count_notes).front().get<int>("n"); }
  static Result<Rows> add(Transaction& tx, int id) { return tx.exec(add_note, id); }

  std::chrono::duration<double> taken() const { return Steady::now() - begun_; }

 private:
  static inline std::unique_ptr<Postgres> postgres_;
  Steady::time_point begun_{Steady::now()};
};

TEST_F(FrozenServer, AReadIsAskedAgainOnANewConnection) {
  Session db(options());
  const int before = backend_of(db);
  const Frozen frozen(before);
  if (!frozen.worked()) GTEST_SKIP() << "the server is not ours to stop";
  EXPECT_EQ(count(db), 0);
  EXPECT_LT(taken(), 4s);
  EXPECT_NE(backend_of(db), before);
}

TEST_F(FrozenServer, WhatWasSentAndNotAnsweredIsInDoubt) {
  Session db(options());
  ASSERT_TRUE(db.execute(add_note, 1));
  {
    const Frozen frozen(backend_of(db));
    if (!frozen.worked()) GTEST_SKIP() << "the server is not ours to stop";
    EXPECT_THROW((void)db.execute(add_note, 2), InDoubt);
    EXPECT_LT(taken(), 4s);
  }
  ASSERT_TRUE(db.execute(add_note, 3)) << "the session goes on, on a new connection";
}

TEST_F(FrozenServer, ATransactionIsGivenUp) {
  Session db(options());
  const int pid = backend_of(db);
  {
    std::optional<Frozen> frozen;
    const auto body = [&](Transaction& tx) {
      (void)add(tx, 1);
      frozen.emplace(pid);
      return add(tx, 2);
    };
    try {
      (void)db.transact(body);
      ADD_FAILURE() << "it was answered";
    } catch (const InDoubt&) {
      ADD_FAILURE() << "commit was never sent, so there is no doubt";
    } catch (const Unavailable&) {
    }
    EXPECT_LT(taken(), 4s);
  }
  EXPECT_EQ(count(db), 0);
}

TEST_F(FrozenServer, ACommitThatIsNotAnsweredIsInDoubt) {
  Session db(options());
  const int pid = backend_of(db);
  std::optional<Frozen> frozen;
  EXPECT_THROW((void)db.transact([&](Transaction& tx) {
    auto added = add(tx, 1);
    frozen.emplace(pid);
    return added;
  }),
               InDoubt);
  EXPECT_LT(taken(), 4s);
}

TEST_F(FrozenServer, ADeadlineComesBeforeTheTimeOut) {
  auto patient = options();
  patient.statement_timeout_ms = 30'000;
  Session db(patient);
  const Frozen frozen(backend_of(db));
  if (!frozen.worked()) GTEST_SKIP() << "the server is not ours to stop";
  db.set_deadline(Steady::now() + 300ms);
  EXPECT_THROW((void)count(db), Unavailable);
  EXPECT_LT(taken(), 2s);
}

TEST_F(FrozenServer, NothingBeginsBehindTheDeadline) {
  Session db(options());
  ASSERT_EQ(count(db), 0);
  db.set_deadline(Steady::now() - 1ms);
  EXPECT_THROW((void)count(db), Unavailable);
  EXPECT_THROW((void)db.execute(add_note, 1), Unavailable);
  db.set_deadline(Steady::now() + 200ms);
  EXPECT_THROW((void)db.transact([&](Transaction& tx) {
    auto added = add(tx, 1);
    (void)tx.exec(nap, 0.25);
    return added;
  }),
               Unavailable);
  db.set_deadline(Steady::time_point::max());
  EXPECT_EQ(count(db), 0);
}

TEST_F(FrozenServer, WithoutATimeOutAnswersAreWaitedFor) {
  auto patient = options();
  patient.statement_timeout_ms = 0;
  Session db(patient);
  EXPECT_EQ(db.read(nap, 1.6).size(), 1U);
}

}  // namespace frozen_test

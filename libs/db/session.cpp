#include <algorithm>
#include <chrono>
#include <exception>
#include <map>
#include <random>
#include <thread>
#include <utility>

#include <ambula/base/check.hpp>
#include <ambula/db/connection.hpp>
#include <ambula/db/session.hpp>
#include <ambula/observability/log.hpp>
#include <ambula/observability/metrics.hpp>
#include <ambula/observability/span.hpp>
#include <fmt/format.h>

namespace ambula::db {
namespace {

constexpr int max_runs = 5;

/// Another transaction won; the same work may succeed when it is run again.
bool is_collision(const StatementFailed& failed) {
  return failed.sqlstate == "40001" || failed.sqlstate == "40P01";
}

/// Two that collided must not meet again: 2 to 6 ms, doubled with each run.
void back_off(int runs) {
  thread_local std::minstd_rand random{std::random_device{}()};
  std::uniform_int_distribution<int> spread(2000, 6000);
  std::this_thread::sleep_for(std::chrono::microseconds(spread(random) << (runs - 1)));
}

void count_rollback(std::string_view reason) {
  metrics::counter("db_transactions_rolled_back_total", "Transactions that did not commit.",
                   {{"reason", reason}})
      .add();
}

std::string_view rollback_reason(const StatementFailed& failed) {
  if (failed.sqlstate == "40001") return "serialization";
  if (failed.sqlstate == "40P01") return "deadlock";
  if (failed.sqlstate == "55P03") return "lock_timeout";
  return failed.constraint.empty() ? "statement" : "constraint";
}

class Stopwatch {
 public:
  explicit Stopwatch(metrics::Histogram histogram) : histogram_(histogram) {}
  ~Stopwatch() {
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - started_;
    histogram_.observe(taken.count());
  }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  metrics::Histogram histogram_;
  std::chrono::steady_clock::time_point started_{std::chrono::steady_clock::now()};
};

/// The time series of each statement, looked up once.
class Durations {
 public:
  Rows exec(Connection& on, const Statement& statement, const Params& params) {
    const Stopwatch stopwatch(of(statement.name));
    const trace::DatabaseCall span("postgresql", statement.name);
    return on.exec(statement, params);
  }

 private:
  metrics::Histogram of(std::string_view operation) {
    const auto known = known_.find(operation);
    if (known != known_.end()) return known->second;
    const metrics::Histogram histogram = metrics::histogram(
        "db_client_operation_duration_seconds", "Time a statement took, as its caller sees it.",
        metrics::statement_seconds(), {{"operation", operation}});
    known_.emplace(operation, histogram);
    return histogram;
  }

  std::map<std::string, metrics::Histogram, std::less<>> known_;
};

/// What a Transaction points to.
struct Work {
  Connection& connection;
  Durations& durations;
  /// The first failure: PostgreSQL answers COMMIT of a failed transaction with a rollback and no
  /// error, so a body that swallowed it must not be believed.
  std::exception_ptr failure{};

  template <class Act>
  auto run(Act&& act) -> decltype(act()) {
    try {
      return act();
    } catch (...) {
      if (!failure) failure = std::current_exception();
      throw;
    }
  }
};

}  // namespace

struct Session::Impl {
  explicit Impl(Options options_in) : options(std::move(options_in)) {}

  using TimePoint = std::chrono::steady_clock::time_point;

  Options options;
  TimePoint deadline{TimePoint::max()};
  std::unique_ptr<Connection> connection;
  Durations durations;

  /// A connection that is open as far as this side can know. Throws Unavailable.
  Connection& connected() {
    AMBULA_CHECK(!connection || !connection->in_transaction());
    if (connection && connection->is_stale()) drop("idle");
    if (!connection) connection = connect(until_deadline());
    connection->set_deadline(deadline);
    return *connection;
  }

  /// The options, with no more time to connect than is left.
  Options until_deadline() const {
    if (deadline == TimePoint::max()) return options;
    const auto left =
        std::chrono::ceil<std::chrono::seconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) throw Unavailable("the deadline has passed");
    auto made = options;
    made.connect_timeout_s = std::min(options.connect_timeout_s, static_cast<int>(left.count()));
    return made;
  }

  void drop(std::string_view during) {
    log::warn("db_connection_broken", {{"during", during}});
    connection.reset();
  }

  /// Runs what may be run twice: once more on a new connection when the old one broke.
  template <class Act>
  auto twice(std::string_view name, Act&& act) -> decltype(act(std::declval<Connection&>())) {
    try {
      return act(connected());
    } catch (const Broken&) {
      drop(name);
    }
    try {
      return act(connected());
    } catch (const Broken&) {
      drop(name);
      throw;
    }
  }

  void begin() {
    twice("begin", [](Connection& on) { on.begin(); });
  }

  void roll_back(std::string_view reason) {
    count_rollback(reason);
    if (!connection->rollback()) drop("rollback");
  }

  void lose(std::string_view during) {
    count_rollback(during);
    drop(during);
  }

  /// What the caller is told of a failed statement: an Error, nothing when it shall be run again,
  /// or the exception.
  std::optional<Error> answer(const StatementFailed& failed, int runs) const;
  std::optional<Error> constraint_error(const StatementFailed& failed) const;
  void commit_or_roll_back(const std::function<bool(Transaction&)>& body, Transaction& tx,
                           const Work& work);
  Rows execute_once(const Statement& statement, const Params& params);
};

std::optional<Error> Session::Impl::constraint_error(const StatementFailed& failed) const {
  if (failed.constraint.empty()) return std::nullopt;
  for (const ConstraintError& known : options.constraints) {
    if (known.constraint != failed.constraint) continue;
    Error error{known.kind, std::string(known.code), std::string(known.detail), {}, {}};
    if (!known.pointer.empty()) {
      error.fields.push_back(
          {std::string(known.pointer), std::string(known.code), std::string(known.detail)});
    }
    return error;
  }
  return std::nullopt;
}

std::optional<Error> Session::Impl::answer(const StatementFailed& failed, int runs) const {
  if (is_collision(failed)) {
    if (runs >= max_runs) {
      throw Unavailable(fmt::format("collided with other transactions {} times", max_runs));
    }
    return std::nullopt;
  }
  std::optional<Error> error = constraint_error(failed);
  if (error) return error;
  log::warn("db_statement_failed", {{"statement", failed.statement},
                                    {"sqlstate", failed.sqlstate},
                                    {"constraint", failed.constraint}});
  throw StatementFailed(failed);
}

void Session::Impl::commit_or_roll_back(const std::function<bool(Transaction&)>& body,
                                        Transaction& tx, const Work& work) {
  if (!body(tx)) {
    roll_back("refused");
    return;
  }
  if (work.failure) std::rethrow_exception(work.failure);
  connection->commit();
}

Rows Session::Impl::execute_once(const Statement& statement, const Params& params) {
  // Preparing has no effect on rows and may be repeated; the statement itself may not.
  Connection* ready = twice(statement.name, [&](Connection& on) {
    on.prepare(statement);
    return &on;
  });
  try {
    return durations.exec(*ready, statement, params);
  } catch (const Broken&) {
    drop(statement.name);
    throw InDoubt(fmt::format("{}: the connection broke after sending", statement.name));
  } catch (const InDoubt&) {
    drop(statement.name);
    throw;
  }
}

Rows Transaction::exec_params(const Statement& statement, const Params& params) {
  Work& work = *static_cast<Work*>(work_);
  return work.run([&] {
    work.connection.prepare(statement);
    return work.durations.exec(work.connection, statement, params);
  });
}

void Transaction::run_script(std::string_view sql) {
  Work& work = *static_cast<Work*>(work_);
  work.run([&] { work.connection.run_script(sql); });
}

void Transaction::lock_table(std::string_view table) {
  run_script(fmt::format("lock table {} in exclusive mode", table));
}

void Transaction::empty_table(std::string_view table, std::string_view condition) {
  run_script(fmt::format("delete from {} where {}", table, condition));
}

Session::Session(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

Rows Session::read_params(const Statement& statement, const Params& params) {
  return impl_->twice(statement.name, [&](Connection& on) {
    on.prepare(statement);
    return impl_->durations.exec(on, statement, params);
  });
}

Result<Rows> Session::execute_params(const Statement& statement, const Params& params) {
  for (int runs = 1;; ++runs) {
    try {
      return impl_->execute_once(statement, params);
    } catch (const StatementFailed& failed) {
      if (std::optional<Error> error = impl_->answer(failed, runs)) return *std::move(error);
    }
    back_off(runs);
  }
}

std::optional<Error> Session::run(const std::function<bool(Transaction&)>& body) {
  for (int runs = 1;; ++runs) {
    impl_->begin();
    Work work{*impl_->connection, impl_->durations};
    Transaction tx(&work);
    try {
      impl_->commit_or_roll_back(body, tx, work);
      return std::nullopt;
    } catch (const StatementFailed& failed) {
      impl_->roll_back(rollback_reason(failed));
      if (std::optional<Error> error = impl_->answer(failed, runs)) return error;
    } catch (const InDoubt&) {
      impl_->lose("in_doubt");
      throw;
    } catch (const Broken&) {
      impl_->lose("broken");
      throw;
    } catch (const Unavailable&) {
      impl_->roll_back("timeout");
      throw;
    } catch (...) {
      impl_->roll_back("exception");
      throw;
    }
    back_off(runs);
  }
}

void Session::prepare_all(std::span<const Statement> statements) {
  impl_->twice("prepare", [&](Connection& on) {
    for (const Statement& statement : statements)
      on.prepare(statement);
  });
}

void Session::run_script(std::string_view sql) {
  try {
    impl_->connected().run_script(sql);
  } catch (const Broken&) {
    impl_->drop("script");
    throw;
  }
}

void Session::set_deadline(std::chrono::steady_clock::time_point deadline) {
  impl_->deadline = deadline;
}

bool Session::ping() noexcept {
  try {
    impl_->twice("ping", [](Connection& on) { on.run_script("select 1"); });
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace ambula::db

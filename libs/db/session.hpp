#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

#include <ambula/base/result.hpp>
#include <ambula/db/params.hpp>
#include <ambula/db/rows.hpp>
#include <ambula/db/statement.hpp>

namespace ambula::db {

/// The database cannot be reached, went away, or did not answer in time. The message has no values.
struct Unavailable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// It will not get better by waiting: a URL that cannot be read, a wrong password, no such role or
/// database.
struct Refused : Unavailable {
  using Unavailable::Unavailable;
};

/// The connection broke during commit: the transaction may or may not have happened. Ask (by
/// idempotency key on a new connection) before doing it again.
struct InDoubt : Unavailable {
  using Unavailable::Unavailable;
};

/// Any other refusal of a statement. Carries SQLSTATE and constraint name only: PostgreSQL's own
/// text quotes rows.
struct StatementFailed : std::runtime_error {
  StatementFailed(std::string_view statement, std::string sqlstate, std::string constraint);
  std::string statement;
  std::string sqlstate;
  std::string constraint;  ///< empty when no constraint was involved

  /// `Options::lock_timeout_ms` ended the wait for what another transaction holds (55P03).
  bool waited_too_long() const { return sqlstate == "55P03"; }
};

/// What a violated constraint means to a client. One table per service (store/constraints.cpp).
struct ConstraintError {
  std::string_view constraint;
  ErrorKind kind;
  std::string_view code;
  std::string_view detail;
  std::string_view pointer{};  ///< JSON pointer of the field, when one is to blame
};

struct Options {
  std::string url;               ///< libpq connection string or URL
  std::string application_name;  ///< shown in pg_stat_activity
  std::string schema;            ///< set as search_path
  int statement_timeout_ms{5000};
  int lock_timeout_ms{2000};
  int idle_in_transaction_timeout_ms{10000};
  int connect_timeout_s{3};
  /// For tables that are empty one moment and long the next (outbox, inbox): a plan is kept for the
  /// life of the connection, and one made while a table was empty reads the whole of it.
  bool avoid_sequential_scans{false};
  /// false: a commit does not wait for the disk, and the last half second may be undone by a crash
  /// of the server. For what is simply done again.
  bool durable{true};
  std::span<const ConstraintError> constraints{};
};

/// An open transaction; only inside Session::transact.
class Transaction {
 public:
  template <class... Args>
  Rows exec(const Statement& statement, const Args&... args) {
    return exec_params(statement, Params::of(args...));
  }
  Rows exec_params(const Statement& statement, const Params& params);
  /// Several statements without parameters, for migrations. Not for values from outside.
  void run_script(std::string_view sql);
  // For rebuilds of projections. Table and condition are ours, never from outside.
  /// Keeps other writers out until the transaction ends.
  void lock_table(std::string_view table);
  /// Deletes the rows for which the condition holds.
  void empty_table(std::string_view table, std::string_view condition);

 private:
  friend class Session;
  explicit Transaction(void* work) : work_(work) {}
  void* work_;
};

/// One connection to PostgreSQL. Belongs to one thread. Connects when first used, prepares each
/// statement once, throws a broken connection away and connects anew at the next call.
class Session {
 public:
  explicit Session(Options options);
  ~Session();
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;

  /// One reading statement outside an explicit transaction (one round trip). Is sent once more on a
  /// new connection when the old one turned out broken.
  template <class... Args>
  Rows read(const Statement& statement, const Args&... args) {
    return read_params(statement, Params::of(args...));
  }
  Rows read_params(const Statement& statement, const Params& params);

  /// One changing statement that commits by itself (one round trip). Constraint violations come
  /// back as their Error. 40001 and 40P01 are run again. Throws InDoubt when the connection broke
  /// after sending.
  template <class... Args>
  Result<Rows> execute(const Statement& statement, const Args&... args) {
    return execute_params(statement, Params::of(args...));
  }
  Result<Rows> execute_params(const Statement& statement, const Params& params);

  /// Begins, calls `body(Transaction&)` which returns a Result<T>, commits when it is a value,
  /// rolls back when it is an Error. Serialization failures and deadlocks run the whole body again
  /// (at most 5 times), so it must have no effect outside the transaction. Constraint violations
  /// come back as their Error (`Options::constraints`); an unlisted one throws StatementFailed.
  /// Throws Unavailable, InDoubt.
  template <class Body>
  auto transact(Body&& body) -> std::invoke_result_t<Body, Transaction&> {
    using R = std::invoke_result_t<Body, Transaction&>;
    std::optional<R> result;
    auto refused = run([&](Transaction& tx) {
      result.reset();
      result.emplace(body(tx));
      return static_cast<bool>(*result);
    });
    if (refused) return std::move(*refused);
    return std::move(*result);
  }

  /// Prepares every statement: a typo stops the start instead of the first request.
  void prepare_all(std::span<const Statement> statements);

  /// Several statements without parameters, for migrations and tests. Not for values from outside.
  void run_script(std::string_view sql);

  /// Whether a trivial query is answered now.
  bool ping() noexcept;

  /// Until it is set anew, nothing is begun behind this moment (Unavailable), and what waits for an
  /// answer then is given up: the connection is thrown away (Unavailable, or InDoubt as above). Any
  /// answer is waited for a second longer than `statement_timeout_ms`, also without a deadline.
  void set_deadline(std::chrono::steady_clock::time_point deadline);

 private:
  struct Impl;
  std::optional<Error> run(const std::function<bool(Transaction&)>& body);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ambula::db

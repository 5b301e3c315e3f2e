#include <algorithm>
#include <poll.h>
#include <utility>
#include <vector>

#include <ambula/base/check.hpp>
#include <ambula/db/connection.hpp>
#include <ambula/db/conninfo.hpp>
#include <ambula/observability/log.hpp>
#include <fmt/format.h>
#include <pqxx/nontransaction>
#include <pqxx/prepared_statement>
#include <pqxx/result>

namespace ambula::db {
namespace {

constexpr std::string_view script = "script";

/// libpq takes text parameters up to their first NUL and would store a part without a word;
/// PostgreSQL's own answer to such a text is 22021.
void refuse_nul(const Statement& statement, const Params& params) {
  for (const std::optional<std::string>& value : params.values()) {
    if (value && value->find('\0') != std::string::npos) {
      throw StatementFailed(statement.name, "22021", "");
    }
  }
}

std::vector<const char*> pointers(const Params& params) {
  std::vector<const char*> out;
  out.reserve(params.values().size());
  for (const std::optional<std::string>& value : params.values()) {
    out.push_back(value ? value->c_str() : nullptr);
  }
  return out;
}

/// One round trip: a nontransaction adds neither BEGIN nor COMMIT.
pqxx::result exec_prepared(pqxx::transaction_base& on, const Statement& statement,
                           const std::vector<const char*>& values) {
  return on.exec_prepared(std::string(statement.name), pqxx::prepare::make_dynamic_params(values));
}

/// libpqxx would reconnect by itself at the next use; the call is deprecated, but there is no
/// other.
void forbid_silent_reconnect(pqxx::connection& connection) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  connection.inhibit_reactivation(true);
#pragma GCC diagnostic pop
}

/// PostgreSQL's own time-out comes first, and with an SQLSTATE; this is for a server that stands
/// still.
constexpr std::chrono::milliseconds answer_grace{1000};

std::chrono::milliseconds answer_limit(const Options& options) {
  if (options.statement_timeout_ms == 0) return {};
  return std::chrono::milliseconds(options.statement_timeout_ms) + answer_grace;
}

/// From the call to its end, whatever that is.
class Wait {
 public:
  Wait(Watched& watched, Watched::TimePoint due) : watched_(watched) { watched_.begin(due); }
  ~Wait() { watched_.end(); }
  Wait(const Wait&) = delete;
  Wait& operator=(const Wait&) = delete;

 private:
  Watched& watched_;
};

bool readable(int socket) {
  pollfd watched{socket, POLLIN, 0};
  return ::poll(&watched, 1, 0) > 0;
}

}  // namespace

Connection::Connection(const Options& options)
    : connection_(connection_target(options).conninfo),
      watched_(connection_.sock()),
      answer_limit_(answer_limit(options)),
      quiet_(connection_) {
  forbid_silent_reconnect(connection_);
  // The verbose text ends with the constraint's name as a field of its own (failure.cpp reads it).
  connection_.set_verbosity(pqxx::connection_base::verbose);
}

/// Runs one call of libpqxx that waits for the server.
template <class Work>
auto Connection::limited(std::string_view statement, Work&& work) -> decltype(work()) {
  const auto now = std::chrono::steady_clock::now();
  if (now >= deadline_) throw Unavailable(fmt::format("{}: the deadline has passed", statement));
  const auto own = answer_limit_.count() == 0 ? Watched::TimePoint::max() : now + answer_limit_;
  const Wait wait(watched_, std::min(own, deadline_));
  return guarded(statement, std::forward<Work>(work));
}

bool Connection::is_stale() noexcept {
  try {
    // What an idle server has to say is a parameter's change, or its last words and the end of the
    // stream.
    for (int reads = 0; connection_.is_open() && readable(connection_.sock()); ++reads) {
      if (reads == 8) return true;
      connection_.get_notifs();
    }
    return !connection_.is_open();
  } catch (const std::exception&) {
    return true;
  }
}

void Connection::prepare(const Statement& statement) {
  const auto known = prepared_.find(statement.name);
  if (known != prepared_.end()) {
    AMBULA_CHECK(known->second == statement.sql);
    return;
  }
  limited(statement.name, [&] {
    const std::string name(statement.name);
    connection_.prepare(name, std::string(statement.sql));
    connection_.prepare_now(name);
  });
  prepared_.emplace(statement.name, statement.sql);
}

Rows Connection::exec(const Statement& statement, const Params& params) {
  refuse_nul(statement, params);
  return limited(statement.name, [&] {
    const std::vector<const char*> values = pointers(params);
    if (work_) {
      return Rows(std::make_shared<pqxx::result>(exec_prepared(*work_, statement, values)));
    }
    pqxx::nontransaction single(connection_);
    return Rows(std::make_shared<pqxx::result>(exec_prepared(single, statement, values)));
  });
}

void Connection::exec_script(std::string_view sql) {
  if (work_) {
    work_->exec(std::string(sql));
  } else {
    pqxx::nontransaction(connection_).exec(std::string(sql));
  }
}

void Connection::run_script(std::string_view sql) {
  limited(script, [&] { exec_script(sql); });
}

void Connection::begin() {
  AMBULA_CHECK(!work_);
  limited("begin", [&] { work_.emplace(connection_); });
}

void Connection::commit() {
  AMBULA_CHECK(work_.has_value());
  try {
    limited("commit", [&] { work_->commit(); });
  } catch (const Broken&) {
    throw InDoubt("commit: the connection broke during commit");
  }
  work_.reset();
}

bool Connection::rollback() noexcept {
  try {
    // Also behind the deadline: it is what keeps the connection.
    const Wait wait(watched_, std::chrono::steady_clock::now() + answer_grace);
    work_->abort();
    work_.reset();
  } catch (const std::exception&) {
    work_.reset();
    return false;
  }
  return connection_.is_open();
}

std::unique_ptr<Connection> connect(const Options& options) {
  try {
    return std::make_unique<Connection>(options);
  } catch (const Unavailable&) {
    throw;
  } catch (const std::exception& error) {
    const Target target = connection_target(options);
    const std::string_view cause = connect_failure_code(error.what());
    log::warn("db_connect_failed",
              {{"host", target.host}, {"port", target.port}, {"cause", cause}});
    if (is_refusal(cause)) throw Refused(fmt::format("the database refuses us ({})", cause));
    throw Unavailable(fmt::format("the database cannot be reached ({})", cause));
  }
}

}  // namespace ambula::db

#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <ambula/db/failure.hpp>
#include <ambula/db/session.hpp>
#include <ambula/db/watchdog.hpp>
#include <pqxx/connection>
#include <pqxx/errorhandler>
#include <pqxx/transaction>

namespace ambula::db {

/// One libpqxx connection, used once: when it breaks it is thrown away, because libpqxx 6 would
/// silently reconnect at a later use. Every member throws only Broken, InDoubt, Unavailable and
/// StatementFailed.
class Connection {
 public:
  /// Connects. Throws Unavailable.
  explicit Connection(const Options& options);

  /// Whether the server has ended the idle connection meanwhile. A look at the socket, no round
  /// trip.
  bool is_stale() noexcept;

  /// Prepares it unless this connection did already. Two statements may not share a name.
  void prepare(const Statement& statement);

  /// Within the open transaction, or else committing by itself.
  Rows exec(const Statement& statement, const Params& params);
  void run_script(std::string_view sql);

  bool in_transaction() const { return work_.has_value(); }
  void begin();
  /// Throws InDoubt when the connection breaks on the way.
  void commit();
  /// False when the connection is of no use any more.
  bool rollback() noexcept;

  /// What is begun later than this fails as Unavailable, what waits for an answer then as Broken.
  void set_deadline(Watched::TimePoint deadline) { deadline_ = deadline; }

 private:
  void exec_script(std::string_view sql);
  template <class Work>
  auto limited(std::string_view statement, Work&& work) -> decltype(work());

  // Declared behind the connection: handlers must go before it does. It keeps libpq from writing
  // notices to stderr.
  pqxx::connection connection_;
  Watched watched_;
  const std::chrono::milliseconds answer_limit_;  // zero: none
  Watched::TimePoint deadline_{Watched::TimePoint::max()};
  pqxx::quiet_errorhandler quiet_;
  std::optional<pqxx::work> work_;
  std::map<std::string, std::string_view, std::less<>> prepared_;
};

std::unique_ptr<Connection> connect(const Options& options);

}  // namespace ambula::db

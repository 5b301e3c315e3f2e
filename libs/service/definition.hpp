#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/auth/permissions.hpp>
#include <ambula/auth/token.hpp>
#include <ambula/base/time.hpp>
#include <ambula/bus/cluster.hpp>
#include <ambula/config/config.hpp>
#include <ambula/db/migrate.hpp>
#include <ambula/db/session.hpp>
#include <ambula/http/server.hpp>
#include <ambula/outbox/inbox.hpp>
#include <ambula/service/call.hpp>
#include <ambula/service/figures.hpp>

namespace ambula::service {

/// What a route's bodies are. `form`: what browsers and mail programs post by themselves is taken
/// too (urlencoded, multipart); only for a route that reads nothing of it.
enum class Accepts : std::uint8_t { json, form };

/// One line of a service's table of contents.
struct Route {
  http::Method method;
  std::string_view path;  ///< template, "/v1/appointments/{id}/cancel"
  auth::Permission permission;
  Handler handler;
  Accepts accepts{Accepts::json};
};

/// A recurring piece of work. Runs in one transaction's advisory lock, so once over several
/// replicas, and must be harmless when run again.
struct Job {
  std::string_view name;
  std::chrono::milliseconds interval;
  void (*run)(db::Session& session, Instant now, const std::function<void()>& committed);
};

class Runtime;

/// A thread of the service's own with a connection of its own (the mail sender).
struct Task {
  std::string_view name;
  std::function<void(std::stop_token, Runtime&)> run;
};

/// Hands a request to the service's own routes.
using Dispatch = std::function<void(std::shared_ptr<http::Request>, http::Respond)>;
/// Sees every request first, on the I/O thread (the gateway's edge).
using Front =
    std::function<void(std::shared_ptr<http::Request>, http::Respond, const Dispatch& own)>;

/// Everything a process is, as data. definition.cpp of each service builds one.
struct Definition {
  std::string_view name;
  std::string_view schema;
  std::vector<Route> routes;
  std::vector<outbox::Subscription> subscriptions;
  std::vector<Job> jobs;
  std::vector<Task> tasks;
  /// Whether a record of a neighbour with the id $1 is known here of a facility that is not $2
  /// (`elsewhere`): a request that names it is answered 404 at once instead of waiting for it.
  const db::Statement* elsewhere_statement{};
  /// What operators see of the database in /metrics; looked at again after each interval.
  const db::Statement* figures_statement{};
  std::vector<Figure> figures{};
  std::chrono::milliseconds figures_interval{std::chrono::seconds(15)};
  std::vector<std::string_view> topics;       ///< owned: created at start
  std::vector<std::string> transient_topics;  ///< outbox rows deleted once sent
  std::span<const db::Migration> migrations;
  std::span<const db::Statement> statements;
  std::span<const db::ConstraintError> constraints;
  /// Reads the service's own settings; called before anything starts.
  std::function<void(config::Reader&)> configure{};
  /// Has the last word on how the public port listens (gateway: TLS).
  std::function<Result<void>(http::ServerOptions&)> listen{};
  /// Gateway: makes the front. Called once the runtime stands, before the server accepts.
  std::function<Front(Runtime&)> front{};
  /// Called once after the migrations (first facility, default rows).
  std::function<void(Runtime&)> prepared{};
  /// Further subcommands: name, about, function (arguments, reader) → exit code.
  struct Command {
    std::string_view name;
    std::string_view about;
    std::function<int(const std::vector<std::string>& arguments, config::Reader& reader)> run;
  };
  std::vector<Command> commands{};
};

/// A running process, as its own parts see it.
class Runtime {
 public:
  /// `verifier` is made from the settings by run(); definition outlives the runtime.
  Runtime(const Definition& definition, config::Reader& reader);
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  /// Sleeps so long; false when the process was asked to end meanwhile.
  using Pause = std::function<bool(std::chrono::milliseconds)>;
  /// Migrates, creates topics, starts threads and accepts. While the database is away it waits, up
  /// to AMBULA_START_TIMEOUT_MS, with probes answering. The error says in one line what is missing;
  /// `start-stopped` when `pause` said so.
  Result<void> start(const Pause& pause);
  /// Drains: readiness off, accept no more, finish what is in flight, consumers, relay; bounded by
  /// 20 s.
  void stop();

  http::Loop& loop();
  /// Runs on a worker with that worker's session; false when the queue is full.
  bool post(std::function<void(db::Session&)> task);
  /// Options for a connection of the caller's own.
  db::Options database(std::string_view purpose) const;
  const auth::Verifier& verifier() const;
  const Clock& clock() const;
  /// Tells the relay that events were committed, and waiting tasks that there may be work.
  void committed();
  /// Waits until `committed` was called or `limit` passed.
  void wait_for_commit(std::stop_token stop, std::chrono::milliseconds limit);
  const bus::Cluster& kafka() const;
  const Definition& definition() const;

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace ambula::service

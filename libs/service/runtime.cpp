#include <atomic>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <service/sql.hpp>
#include <sstream>
#include <thread>

#include <ambula/bus/topics.hpp>
#include <ambula/observability/log.hpp>
#include <ambula/observability/metrics.hpp>
#include <ambula/observability/span.hpp>
#include <ambula/outbox/relay.hpp>

#include "definition.hpp"
#include "dispatch.hpp"
#include "health.hpp"
#include "settings.hpp"
#include "workers.hpp"

namespace ambula::service {
namespace {

using namespace std::chrono_literals;

constexpr auto drain_limit = 10s;
constexpr auto relay_flush_limit = 5s;
constexpr auto topic_creation_limit = 8s;  // tried again; a process that ends waits for one try
constexpr auto ping_interval = 1s;
constexpr auto database_silence_max = 5s;
constexpr auto idempotency_kept = 48h;
constexpr std::chrono::milliseconds start_retry_min = 200ms;
constexpr std::chrono::milliseconds start_retry_max = 5s;

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

Error cannot_start(std::string_view code, const std::string& detail) {
  return Error{ErrorKind::unavailable, code, detail};
}

}  // namespace

struct Runtime::Impl {
  Impl(const Definition& def, config::Reader& reader)
      : definition(def), settings(read_settings(reader)) {
    if (definition.configure) definition.configure(reader);
  }

  db::Options database(std::string_view purpose) const {
    db::Options options;
    options.url = settings.database_url;
    options.application_name =
        "ambula-" + std::string(definition.name) + "-" + std::string(purpose);
    options.schema = definition.schema;
    options.constraints = definition.constraints;
    return options;
  }

  Result<void> migrate() const {
    if (auto done = db::migrate(database("migrate"), "platform", outbox::migrations()); !done)
      return done;
    return db::migrate(database("migrate"), definition.name, definition.migrations);
  }

  Result<void> prepare_statements() const {
    db::Session session(database("start"));
    session.prepare_all(definition.statements);
    session.prepare_all(sql::all);
    return {};
  }

  Result<void> prepare_database(Runtime& runtime) const {
    if (auto migrated = migrate(); !migrated) return migrated;
    if (auto prepared = prepare_statements(); !prepared) return prepared;
    if (definition.prepared) definition.prepared(runtime);
    return {};
  }

  /// A database that comes up later than its services is no fault: whoever starts them all need not
  /// know an order. What waiting will not mend ends the start.
  Result<void> await_database(Runtime& runtime, const Pause& pause) const {
    const auto until = std::chrono::steady_clock::now() + settings.start_timeout;
    for (auto retry = start_retry_min;; retry = std::min(retry * 2, start_retry_max)) {
      std::string cause;
      try {
        return prepare_database(runtime);
      } catch (const db::Refused& refused) {
        return cannot_start("database", "AMBULA_DB_URL: " + std::string(refused.what()) +
                                            "; for example postgresql://ambula_queue@db/ambula");
      } catch (const db::Unavailable& away) {
        cause = away.what();
      } catch (const std::exception& failure) {
        // The exceptions of libs/db carry no values.
        return cannot_start("database", failure.what());
      }
      if (std::chrono::steady_clock::now() + retry > until) {
        return cannot_start("database-away", cause + "; AMBULA_START_TIMEOUT_MS has passed");
      }
      log::warn("start_waits_for_database", {{"cause", cause}, {"retry_ms", retry.count()}});
      if (!pause(retry)) return cannot_start("start-stopped", "asked to end before the start was");
    }
  }

  Result<void> load_keys() {
    if (verifier) return {};
    const auto jwks = read_file(settings.jwks_file);
    if (!jwks) {
      return cannot_start(
          "no-jwks", "AMBULA_JWKS_FILE: the file cannot be read; example: /etc/ambula/jwks.json");
    }
    auto loaded = auth::Verifier::from_jwks(*jwks);
    if (!loaded) return cannot_start("bad-jwks", "AMBULA_JWKS_FILE: " + loaded.error().detail);
    verifier.emplace(*std::move(loaded));
    return {};
  }

  /// Topics are wanted, but Kafka being away must not keep a service from starting: a thread goes
  /// on trying.
  void start_events() {
    std::vector<std::string_view> wanted = definition.topics;
    for (const auto& subscription : definition.subscriptions)
      wanted.push_back(subscription.topic);
    relay->start();
    threads.emplace_back([this, wanted](std::stop_token stop) {
      while (!stop.stop_requested()) {
        const auto created = bus::create_topics(settings.kafka, wanted, settings.partitions,
                                                settings.replication, topic_creation_limit);
        if (created) break;
        log::warn("topics_not_created", {{"code", created.error().code}});
        wait(stop, 1s);
      }
      if (stop.stop_requested()) return;
      topics_exist = true;
      start_inbox();
    });
  }

  void start_inbox() {
    if (definition.subscriptions.empty()) return;
    auto options = outbox::InboxOptions{.database = database("consumer"),
                                        .cluster = settings.kafka,
                                        .group = "ambula-" + std::string(definition.name),
                                        .subscriptions = definition.subscriptions,
                                        .clock = clock,
                                        .applied = [this] {
                                          commit_happened();
                                          if (dispatcher) dispatcher->projection_moved();
                                        }};
    const std::lock_guard lock(inbox_mutex);
    inbox = std::make_unique<outbox::Inbox>(std::move(options));
    inbox->start();
  }

  std::chrono::milliseconds projection_lag() {
    const std::lock_guard lock(inbox_mutex);
    if (!inbox) return definition.subscriptions.empty() ? 0ms : std::chrono::milliseconds(1h);
    return inbox->healthy() ? inbox->lag() : std::max<std::chrono::milliseconds>(inbox->lag(), 1h);
  }

  void commit_happened() {
    if (relay) relay->wake();
    {
      const std::lock_guard lock(commit_mutex);
      ++commits;
    }
    commit_condition.notify_all();
  }

  void run_job(const Job& job, std::stop_token stop) {
    db::Session session(database(job.name));
    while (!stop.stop_requested()) {
      try {
        const auto lock = session.read(sql::try_job_lock, job.name);
        if (lock.front().get<bool>("locked")) {
          job.run(session, clock(), [this] { commit_happened(); });
          session.read(sql::release_job_lock, job.name);
        }
      } catch (const db::Unavailable&) {
        log::warn("job_waits_for_database", {{"job", job.name}});
        session = db::Session(database(job.name));  // a lock of the old connection ends with it
      } catch (const std::exception&) {
        log::error("job_failed", {{"job", job.name}});
        session = db::Session(database(job.name));
      }
      wait(stop, job.interval);
    }
  }

  void watch_figures(std::stop_token stop) {
    db::Session session(database("figures"));
    Figures figures(*definition.figures_statement, definition.figures);
    while (!stop.stop_requested()) {
      try {
        figures.update(session);
      } catch (const std::exception&) {
        log::warn("figures_not_read");  // what was read last stands; the database has its own alert
      }
      wait(stop, definition.figures_interval);
    }
  }

  void watch_database(std::stop_token stop) {
    db::Session session(database("ping"));
    Instant last_cleaning{};
    while (!stop.stop_requested()) {
      database_answered(session.ping());
      try {
        if (database_is_up() && clock() - last_cleaning > 1h) {
          last_cleaning = clock();
          while (session.execute(sql::forget_old_answers, clock() - idempotency_kept)->affected() >
                 0) {
          }
        }
      } catch (const std::exception&) {
        database_answered(false);
      }
      wait(stop, ping_interval);
    }
  }

  void database_answered(bool well) {
    const auto now = std::chrono::steady_clock::now();
    database_heard = well ? now : now - database_silence_max;
  }

  /// A server that hangs does not even refuse: the ping is still under way, and the last good one
  /// is long ago.
  bool database_is_up() const {
    return std::chrono::steady_clock::now() - database_heard.load() < database_silence_max;
  }

  /// Sleeps until the interval passed or a stop was asked for.
  static void wait(const std::stop_token& stop, std::chrono::milliseconds interval) {
    std::mutex mutex;
    std::condition_variable_any condition;
    std::unique_lock lock(mutex);
    condition.wait_for(lock, stop, interval, [] { return false; });
  }

  std::vector<HealthPart> health_parts() {
    std::vector<HealthPart> parts;
    parts.push_back({"database", true, [this] { return database_is_up(); }});
    parts.push_back({"events-out", false, [this] { return started && relay->healthy(); }});
    if (!definition.subscriptions.empty()) {
      parts.push_back({"events-in", false, [this] {
                         const std::lock_guard lock(inbox_mutex);
                         return inbox && inbox->healthy();
                       }});
    }
    return parts;
  }

  /// Figures that are only looked at when somebody asks. While draining they are being taken apart.
  void set_figures() {
    if (!started || draining) return;
    metrics::gauge("http_server_active_requests", "Requests in work.")
        .set(static_cast<double>(server->in_flight()));
    metrics::gauge("worker_queue_depth", "Requests that wait for a worker.")
        .set(static_cast<double>(workers->queued()));
    metrics::gauge("worker_threads", "Workers = database connections for requests.")
        .set(static_cast<double>(settings.workers));
    metrics::gauge("worker_busy_threads", "Workers that are at work.")
        .set(static_cast<double>(workers->busy()));
    metrics::gauge("database_up", "1 while the database answers.").set(database_is_up() ? 1 : 0);
    const std::lock_guard lock(inbox_mutex);
    if (!inbox) return;
    const auto group = "ambula-" + std::string(definition.name);
    metrics::gauge("kafka_consumer_oldest_unprocessed_age_seconds",
                   "Age of the oldest event not yet applied; 0 at the end of the topics.",
                   {{"group", group}})
        .set(std::chrono::duration<double>(inbox->lag()).count());
  }

  Result<void> start_admin() {
    http::ServerOptions options;
    options.address = settings.admin_address;
    options.port = static_cast<std::uint16_t>(settings.admin_port);
    options.connections_max = 64;
    auto parts = health_parts();
    admin = std::make_unique<http::Server>(
        loop, options,
        [this, parts](std::shared_ptr<http::Request> request, http::Respond respond) {
          if (request->path == "/metrics") set_figures();
          respond(answer_probe(*request, started, draining, parts));
        });
    return admin->start();
  }

  Result<void> start_http(Runtime& runtime) {
    // Before the first request: its commit wakes the relay.
    relay = std::make_unique<outbox::Relay>(
        outbox::RelayOptions{.database = database("relay"),
                             .cluster = settings.kafka,
                             .source = "/services/" + std::string(definition.name),
                             .delete_after_send = definition.transient_topics});
    dispatcher = std::make_unique<Dispatcher>(
        DispatchEnvironment{.loop = loop,
                            .workers = *workers,
                            .verifier = *verifier,
                            .clock = clock,
                            .committed = [this] { commit_happened(); },
                            .projection_lag = [this] { return projection_lag(); },
                            .elsewhere_statement = definition.elsewhere_statement},
        definition.routes);
    const Dispatch own = [this](std::shared_ptr<http::Request> request, http::Respond respond) {
      dispatcher->dispatch(std::move(request), std::move(respond));
    };
    http::Handler handler = own;
    if (definition.front) {
      handler = [front = definition.front(runtime), own](std::shared_ptr<http::Request> request,
                                                         http::Respond respond) {
        front(std::move(request), std::move(respond), own);
      };
    }
    auto options = settings.http;
    if (definition.listen) {
      if (auto usable = definition.listen(options); !usable) return usable;
    }
    server = std::make_unique<http::Server>(loop, std::move(options), std::move(handler));
    return server->start();
  }

  const Definition& definition;
  Settings settings;
  Clock clock{system_now};
  std::optional<auth::Verifier> verifier;
  http::Loop loop;
  std::optional<trace::Exporter> exporter;
  std::unique_ptr<Workers> workers;
  std::unique_ptr<Dispatcher> dispatcher;
  std::unique_ptr<http::Server> server;
  std::unique_ptr<http::Server> admin;
  std::unique_ptr<outbox::Relay> relay;
  std::mutex inbox_mutex;
  std::unique_ptr<outbox::Inbox> inbox;
  std::vector<std::jthread> threads;
  std::atomic<bool> started{false};
  std::atomic<bool> draining{false};
  std::atomic<std::chrono::steady_clock::time_point> database_heard{};
  std::atomic<bool> topics_exist{false};
  std::mutex commit_mutex;
  std::condition_variable_any commit_condition;
  std::uint64_t commits{0};
};

Runtime::Runtime(const Definition& definition, config::Reader& reader)
    : impl_(std::make_unique<Impl>(definition, reader)) {}

Runtime::~Runtime() {
  stop();
}

Result<void> Runtime::start(const Pause& pause) {
  auto& self = *impl_;
  if (auto keys = self.load_keys(); !keys) return keys;
  self.loop.start();
  if (!self.settings.traces.url.empty()) self.exporter.emplace(self.settings.traces);
  if (auto admin = self.start_admin(); !admin) return admin;
  if (auto prepared = self.await_database(*this, pause); !prepared) return prepared;
  self.workers = std::make_unique<Workers>(self.settings.workers, self.settings.http.in_flight_max,
                                           self.database("worker"));
  self.database_answered(true);
  self.threads.emplace_back([&self](std::stop_token stop) { self.watch_database(stop); });
  if (auto serving = self.start_http(*this); !serving) return serving;
  self.start_events();
  for (const auto& job : self.definition.jobs) {
    self.threads.emplace_back([&self, &job](std::stop_token stop) { self.run_job(job, stop); });
  }
  if (self.definition.figures_statement != nullptr) {
    self.threads.emplace_back([&self](std::stop_token stop) { self.watch_figures(stop); });
  }
  for (const auto& task : self.definition.tasks) {
    self.threads.emplace_back([this, &task](std::stop_token stop) { task.run(stop, *this); });
  }
  self.started = true;
  log::info("started", {{"port", static_cast<int>(self.server->port())}});
  return {};
}

void Runtime::stop() {
  auto& self = *impl_;
  if (self.draining.exchange(true)) return;
  if (self.started) log::info("draining");
  if (self.server) {
    if (self.dispatcher) self.dispatcher->end_live();
    self.server->begin_drain();
    self.server->wait_drained(drain_limit);
  }
  for (auto& thread : self.threads)
    thread.request_stop();
  self.commit_condition.notify_all();
  self.threads.clear();  // joins
  if (self.inbox) self.inbox->stop();
  if (self.workers) self.workers->stop();
  if (self.relay) self.relay->stop(relay_flush_limit);
  self.server.reset();
  self.admin.reset();
  self.loop.stop();
  self.exporter.reset();
  if (self.started) log::info("stopped");
}

http::Loop& Runtime::loop() {
  return impl_->loop;
}

bool Runtime::post(std::function<void(db::Session&)> task) {
  return impl_->workers->post(std::move(task));
}

db::Options Runtime::database(std::string_view purpose) const {
  return impl_->database(purpose);
}

const auth::Verifier& Runtime::verifier() const {
  return *impl_->verifier;
}

const Clock& Runtime::clock() const {
  return impl_->clock;
}

void Runtime::committed() {
  impl_->commit_happened();
}

void Runtime::wait_for_commit(std::stop_token stop, std::chrono::milliseconds limit) {
  std::unique_lock lock(impl_->commit_mutex);
  const auto before = impl_->commits;
  impl_->commit_condition.wait_for(lock, stop, limit, [&] { return impl_->commits != before; });
}

const bus::Cluster& Runtime::kafka() const {
  return impl_->settings.kafka;
}

const Definition& Runtime::definition() const {
  return impl_->definition;
}

}  // namespace ambula::service

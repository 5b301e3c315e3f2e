#include "definition.hpp"

#include <atomic>
#include <audit/sql.hpp>
#include <condition_variable>
#include <cstdio>
#include <fstream>
#include <identity/sql.hpp>
#include <memory>
#include <mutex>
#include <sstream>
#include <stdexcept>

#include <ambula/observability/log.hpp>

#include "audit/api/handlers.hpp"
#include "audit/writer.hpp"
#include "certificate.hpp"
#include "commands.hpp"
#include "edge/edge.hpp"
#include "identity/definition.hpp"
#include "identity/first_start.hpp"
#include "identity/store/sessions.hpp"
#include "reports/api/handlers.hpp"

namespace ambula::gateway {
namespace {

using namespace std::chrono_literals;

constexpr auto revocation_interval = 1s;
// A transaction that drew its time earlier may commit later, by at most its time-outs.
constexpr auto revocation_overlap = 30s;
constexpr auto database_seen_within = 5s;

/// What the parts of the process share: made by `configure`, filled in as the process starts.
struct Process {
  identity::Settings identity_settings;
  edge::Settings edge_settings;
  Certificate certificate;
  std::string jwks_file;
  std::unique_ptr<identity::Context> identity;
  audit::Writer audit;
  std::weak_ptr<edge::Edge> edge;
  reports::Gather gather;
  std::atomic<std::chrono::steady_clock::time_point> database_seen{};

  bool database_up() const {
    return std::chrono::steady_clock::now() - database_seen.load() < database_seen_within;
  }
  void revoke(std::vector<identity::store::Revocation> revocations) const {
    if (const auto present = edge.lock()) present->revoke(std::move(revocations));
  }
};
using ProcessPtr = std::shared_ptr<Process>;

/// Ends the start with one line for the operator.
template <class T>
T or_throw(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().detail);
  return *std::move(result);
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

/// A gateway whose tokens its own services refuse must not start.
void check_keys(const identity::Context& context, const auth::Verifier& verifier, Instant now) {
  identity::domain::Account nobody;
  nobody.id = Uuid::make(now);
  nobody.login = "nobody";
  if (!verifier.verify(context.access_token(nobody, Uuid::make(now), now), now)) {
    throw std::runtime_error(
        "AMBULA_JWKS_FILE: does not hold the public half of AMBULA_SIGNING_KEY_FILE; make it with "
        "ambula-gateway jwks --signing-key FILE");
  }
}

/// Plain lines, for the person who starts the system: shown once and nowhere else.
void tell(const identity::FirstStart& made) {
  if (made.login.empty()) return;
  if (made.demo) {
    std::printf(
        "DEMO INSTALLATION: account '%s' has the demo password. Do not use it for real patients.\n",
        made.login.c_str());
    log::warn("demo_installation");
  } else {
    std::printf(
        "First administrator: %s  one-time password: %s  (shown once; change it at sign-in)\n",
        made.login.c_str(), made.one_time_password.c_str());
  }
  std::fflush(stdout);
}

void prepare(Process& process, service::Runtime& runtime) {
  process.identity = or_throw(identity::Context::make(process.identity_settings));
  process.identity->revoked = [&process](auto revocations) {
    process.revoke(std::move(revocations));
  };
  check_keys(*process.identity, runtime.verifier(), runtime.clock()());
  db::Session session(runtime.database("first-start"));
  tell(or_throw(identity::first_start(session, process.identity_settings, runtime.clock()())));
}

std::shared_ptr<const edge::Console> load_console(const std::string& folder) {
  if (folder.empty()) return nullptr;
  return std::make_shared<const edge::Console>(or_throw(edge::Console::load(folder)));
}

service::Front make_front(const ProcessPtr& process, service::Runtime& runtime) {
  auto edge = std::make_shared<edge::Edge>(
      edge::Environment{.loop = runtime.loop(),
                        .post =
                            [&runtime](std::function<void()> work) {
                              return runtime.post(
                                  [work = std::move(work)](db::Session&) { work(); });
                            },
                        .verifier = runtime.verifier(),
                        .clock = runtime.clock(),
                        .audit = process->audit,
                        .database_up = [process] { return process->database_up(); },
                        .jwks = read_file(process->jwks_file),
                        .console = load_console(process->edge_settings.console_dir),
                        .session_idle = process->identity_settings.session.idle},
      process->edge_settings);
  process->edge = edge;
  process->gather = [weak = process->edge](const http::Request& request,
                                           std::vector<reports::Ask> asks,
                                           std::chrono::steady_clock::time_point deadline,
                                           std::function<void(reports::Told)> done) {
    const auto present = weak.lock();
    if (!present) return done({});
    present->gather(request, std::move(asks), deadline, std::move(done));
  };
  edge->start();
  return [edge](std::shared_ptr<http::Request> request, http::Respond respond,
                const service::Dispatch& own) {
    edge->handle(std::move(request), std::move(respond), own);
  };
}

/// Until the interval passed or a stop was asked for.
void wait(const std::stop_token& stop, std::chrono::milliseconds interval) {
  std::mutex mutex;
  std::condition_variable_any condition;
  std::unique_lock lock(mutex);
  condition.wait_for(lock, stop, interval, [] { return false; });
}

/// Reads what other replicas have ended, so that it ends here too [ID-3].
void follow_revocations(const ProcessPtr& process, const std::stop_token& stop,
                        service::Runtime& runtime) {
  db::Session session(runtime.database("revocations"));
  Instant since = Instant{};
  while (!stop.stop_requested()) {
    try {
      const auto now = runtime.clock()();
      auto revocations = identity::store::read_revocations(session, since, now);
      process->database_seen = std::chrono::steady_clock::now();
      if (!revocations.empty()) since = revocations.back().at - revocation_overlap;
      process->revoke(std::move(revocations));
    } catch (const std::exception&) {
      log::warn("revocations_not_read");
    }
    wait(stop, revocation_interval);
  }
}

std::vector<db::Statement> all_statements() {
  std::vector<db::Statement> statements(std::begin(identity::sql::all),
                                        std::end(identity::sql::all));
  statements.insert(statements.end(), std::begin(audit::sql::all), std::end(audit::sql::all));
  return statements;
}

}  // namespace

service::Definition definition() {
  static const auto statements = all_statements();
  auto process = std::make_shared<Process>();
  service::Definition d;
  d.name = "gateway";
  d.schema = "identity";
  d.statements = statements;
  identity::define(d, [process]() -> identity::Context& { return *process->identity; });
  using auth::Permission;
  using enum http::Method;
  const auto gathering =
      [process](Result<service::Answer> (*handler)(const reports::Gather&, service::Call&)) {
        return [process, handler](service::Call& call) { return handler(process->gather, call); };
      };
  const std::vector<service::Route> routes = {
      {get, "/v1/audit", Permission::audit_read, audit::api::list_audit},
      {get, "/v1/dashboard", Permission::dashboard_read, gathering(reports::api::dashboard)},
      {get, "/v1/figures/doctors", Permission::doctor_figures,
       gathering(reports::api::doctor_figures)},
  };
  d.routes.insert(d.routes.end(), routes.begin(), routes.end());
  d.configure = [process](config::Reader& reader) {
    process->identity_settings = identity::read_settings(reader);
    process->edge_settings = edge::read_settings(reader);
    process->certificate = Certificate::read_settings(reader);
    process->jwks_file =
        reader.text("AMBULA_JWKS_FILE", "file with the gateway's public keys (JWKS)", "");
  };
  d.listen = [process](http::ServerOptions& options) {
    options.heeds_deadline_field = false;  // whoever asks here is a stranger
    return process->certificate.set_up(options);
  };
  d.prepared = [process](service::Runtime& runtime) { prepare(*process, runtime); };
  d.front = [process](service::Runtime& runtime) { return make_front(process, runtime); };
  d.tasks = {
      {"hashing", [process](std::stop_token stop,
                            service::Runtime&) { process->identity->hashing.run(stop); }},
      {"audit",
       [process](std::stop_token stop, service::Runtime& runtime) {
         process->audit.run(stop, runtime.database("audit"));
       }},
      {"revocations",
       [process](std::stop_token stop, service::Runtime& runtime) {
         follow_revocations(process, stop, runtime);
       }},
      {"certificate",
       [process](std::stop_token stop, service::Runtime&) { process->certificate.follow(stop); }},
  };
  d.commands = commands();
  return d;
}

}  // namespace ambula::gateway

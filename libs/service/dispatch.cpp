#include "dispatch.hpp"

#include <atomic>
#include <mutex>
#include <vector>

#include <ambula/base/text.hpp>
#include <ambula/http/problem.hpp>
#include <ambula/http/router.hpp>
#include <ambula/observability/log.hpp>
#include <ambula/observability/metrics.hpp>
#include <ambula/observability/span.hpp>
#include <ambula/observability/trace.hpp>

#include "live.hpp"
#include "query.hpp"
#include "version.hpp"

namespace ambula::service {
namespace {

using namespace std::chrono_literals;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::size_t parked_max = 64;
constexpr auto parked_limit = 2s;
constexpr std::size_t stream_buffer_bytes = 256 * 1024;
constexpr std::size_t audited_patients_max = 200;

Error overloaded() {
  return Error{ErrorKind::unavailable, "overloaded", "Too much is going on; try again."};
}

Error database_away() {
  return Error{ErrorKind::unavailable, "database-unavailable",
               "The database cannot be reached; try again."};
}

Error contended() {
  return Error{ErrorKind::unavailable, "contended",
               "Others change the same at this moment; try again."};
}

bool takes_body(http::Method method) {
  return method == http::Method::post || method == http::Method::put ||
         method == http::Method::patch;
}

/// Media type and preconditions, the same for every route.
Result<void> check_headers(const http::Request& request, Accepts accepts) {
  if (takes_body(request.method) && !request.body.empty()) {
    const auto type = request.headers.get("content-type").value_or("");
    const auto media = to_lower_ascii(trim(type.substr(0, type.find(';'))));
    const bool merge_patch =
        request.method == http::Method::patch && media == "application/merge-patch+json";
    const bool form = accepts == Accepts::form && (media == "application/x-www-form-urlencoded" ||
                                                   media == "multipart/form-data");
    if (media != "application/json" && !merge_patch && !form) {
      return Error{ErrorKind::unsupported_media, "unsupported-media-type",
                   request.method == http::Method::patch ? "Send application/merge-patch+json."
                                                         : "Send application/json."};
    }
  }
  const auto if_match = request.headers.get("if-match");
  if (!if_match && (request.method == http::Method::patch || request.method == http::Method::put)) {
    return Error{ErrorKind::precondition_required, "if-match-required",
                 "Send If-Match with the ETag of the version you read."};
  }
  if (if_match) {
    if (!version_of(*if_match)) {
      return Error{ErrorKind::malformed,
                   "invalid-request",
                   "If-Match is not an ETag of ours.",
                   {{"If-Match", "format", "Must look like \"v3\"."}}};
    }
  }
  if (auto key = idempotency_key(request); !key) return key.error();
  return {};
}

/// Routes that ask for a sign-in only, or not even that, work before a facility was chosen.
bool needs_facility(auth::Permission permission) {
  return permission != auth::Permission::anyone && permission != auth::Permission::signed_in;
}

Result<auth::Principal> authenticate(const http::Request& request, auth::Permission permission,
                                     const auth::Verifier& verifier, Instant now) {
  const auto header = request.headers.get("authorization");
  if (!header || header->size() < 8 || to_lower_ascii(header->substr(0, 7)) != "bearer ") {
    return Error{ErrorKind::unauthenticated, "unauthenticated",
                 "Sign in and send the access token as a Bearer token."};
  }
  const auto claims = verifier.verify(header->substr(7), now);
  if (!claims) return claims.error();
  const auto facility = request.headers.get("ambula-facility");
  if (!facility && !needs_facility(permission)) return auth::account_only(*claims);
  return auth::choose_facility(*claims, facility);
}

Result<void> authorize(const auth::Principal& principal, auth::Permission permission) {
  if (principal.may(permission)) return {};
  if (principal.must_change_password) {
    return forbidden("password-change-required", "Change the password first.");
  }
  return forbidden("forbidden", "The account may not do this.");
}

/// What a worker's session may take for one request.
class DeadlineOf {
 public:
  DeadlineOf(db::Session& session, SteadyTime deadline) : session_(session) {
    session_.set_deadline(deadline);
  }
  ~DeadlineOf() { session_.set_deadline(SteadyTime::max()); }
  DeadlineOf(const DeadlineOf&) = delete;
  DeadlineOf& operator=(const DeadlineOf&) = delete;

 private:
  db::Session& session_;
};

/// Answer → HTTP, with the internal headers that the gateway's audit reads.
http::Response to_response(const Answer& answer) {
  http::Response response;
  response.status = answer.status;
  response.body = answer.body;
  if (answer.status != 204) response.headers.set("content-type", answer.content_type);
  response.headers.set("cache-control", "no-store");
  if (answer.version) response.headers.set("etag", "\"v" + std::to_string(*answer.version) + "\"");
  if (!answer.location.empty()) response.headers.set("location", answer.location);
  for (const auto& [name, value] : answer.headers)
    response.headers.add(name, value);
  std::string patients;
  for (std::size_t i = 0; i < answer.patients.size() && i < audited_patients_max; ++i) {
    patients += (i > 0 ? "," : "") + answer.patients[i].str();
  }
  if (!patients.empty()) response.headers.set("ambula-patients", patients);
  if (!answer.resource.empty()) response.headers.set("ambula-resource", answer.resource);
  std::string changed;
  for (const auto& field : answer.changed)
    changed += (changed.empty() ? "" : ",") + field;
  if (!changed.empty()) response.headers.set("ambula-changed", changed);
  return response;
}

/// What the gateway asks every second; neither counted nor traced.
http::Response alive() {
  http::Response response;
  response.headers.set("content-type", "application/json");
  response.headers.set("cache-control", "no-store");
  response.body = R"({"status":"alive"})";
  return response;
}

bool not_modified(const http::Request& request, const Answer& answer) {
  if (request.method != http::Method::get || !answer.version || answer.stream) return false;
  const auto header = request.headers.get("if-none-match");
  return header && names_version(*header, *answer.version);
}

}  // namespace

struct Dispatcher::Impl : std::enable_shared_from_this<Dispatcher::Impl> {
  /// One request on its way.
  struct Job {
    std::shared_ptr<http::Request> request;
    http::Respond respond;
    std::vector<std::pair<std::string, std::string>> params;
    std::size_t route;
    auth::Principal principal;
    trace::Context context;
    std::string request_id;
    SteadyTime begun;
  };
  using JobPtr = std::shared_ptr<Job>;

  /// A request that waits for a projection; touched on the I/O thread only.
  struct Parked {
    JobPtr job;
    SteadyTime until;
  };

  Impl(DispatchEnvironment environment, std::span<const Route> table)
      : env(std::move(environment)), routes(table.begin(), table.end()) {
    for (std::size_t i = 0; i < routes.size(); ++i) {
      router.add(routes[i].method, routes[i].path, i);
      names.push_back(std::string(http::to_string(routes[i].method)) + " " +
                      std::string(routes[i].path));
    }
  }

  void dispatch(std::shared_ptr<http::Request> request, http::Respond respond) {
    if (request->method == http::Method::get && request->path == "/healthz") {
      return respond(alive());
    }
    auto job = std::make_shared<Job>();
    job->begun = std::chrono::steady_clock::now();
    const auto traceparent = request->headers.get("traceparent").value_or("");
    const auto parent = trace::parse(traceparent);
    job->context = parent ? parent->child() : trace::make();
    job->request_id = std::string(request->headers.get("x-request-id").value_or(""));
    auto match = router.match(request->method, request->path);
    job->request = std::move(request);
    job->respond = std::move(respond);
    if (!match.route) {
      job->route = routes.size();
      return refuse_unrouted(*job, match.allow);
    }
    job->route = *match.route;
    job->params = std::move(match.params);
    post(std::move(job));
  }

  void refuse_unrouted(const Job& job, const std::string& allow) {
    if (allow.empty())
      return fail(job, Error{ErrorKind::not_found, "not-found", "There is no such path."});
    auto response = http::problem_with_status(
        405, Error{ErrorKind::malformed, "method-not-allowed", "The path has other methods."}, "",
        job.context.trace_id);
    response.headers.set("allow", allow);
    finish(job, std::move(response));
  }

  void post(JobPtr job) {
    auto self = shared_from_this();
    const bool taken =
        env.workers.post([self, job](db::Session& session) { self->work(job, session); });
    if (!taken) fail(*job, overloaded());
  }

  /// On a worker. `rest`: the second half of a handler instead of its beginning.
  void work(const JobPtr& job, db::Session& session, const Rest& rest = {}) {
    const trace::Scope scope(job->context, job->request_id);
    if (std::chrono::steady_clock::now() > job->request->deadline) return fail(*job, overloaded());
    const DeadlineOf deadline(session, job->request->deadline);
    try {
      if (rest) {
        run(job, session, rest);
      } else {
        handle(job, session);
      }
    } catch (const db::InDoubt&) {
      fail(
          *job,
          Error{ErrorKind::unavailable, "outcome-unknown",
                "The connection broke while committing; ask again with the same Idempotency-Key."});
    } catch (const db::Unavailable&) {
      fail(*job, database_away());
    } catch (const db::StatementFailed& failure) {
      if (failure.waited_too_long()) return fail(*job, contended());
      log::error("statement_failed", {{"route", names[job->route]},
                                      {"sqlstate", failure.sqlstate},
                                      {"constraint", failure.constraint}});
      fail(*job, Error{ErrorKind::internal, "internal", "Something went wrong here."});
    } catch (const std::exception&) {
      // The exception's text may hold data from the request; the route and the trace id find the
      // place.
      log::error("handler_threw", {{"route", names[job->route]}});
      fail(*job, Error{ErrorKind::internal, "internal", "Something went wrong here."});
    }
  }

  void handle(const JobPtr& job, db::Session& session) {
    const auto& route = routes[job->route];
    const auto now = env.clock();
    // Open routes show more to those who are signed in, so a token that is there must be good.
    const bool open = route.permission == auth::Permission::anyone;
    if (!open || job->request->headers.get("authorization")) {
      auto principal = authenticate(*job->request, route.permission, env.verifier, now);
      if (!principal) return fail(*job, principal.error());
      if (auto allowed = open ? Result<void>{} : authorize(*principal, route.permission); !allowed)
        return fail(*job, allowed.error());
      job->principal = *std::move(principal);
    }
    if (auto checked = check_headers(*job->request, route.accepts); !checked)
      return fail(*job, checked.error());

    run(job, session, route.handler);
  }

  void run(const JobPtr& job, db::Session& session, const Handler& handler) {
    Call call({session, *job->request, job->params, job->principal, env.clock(),
               job->context.traceparent(), names[job->route], env.projection_lag(), env.committed});
    const auto answer = handler(call);
    if (!answer) {
      if (call.awaited()) return await(job, session, *call.awaited(), answer.error());
      return fail(*job, answer.error());
    }
    if (answer->later) return answer->later(resume(job));
    if (not_modified(*job->request, *answer)) {
      auto response = to_response(*answer);
      response.status = 304;
      response.body.clear();
      return finish(*job, std::move(response));
    }
    if (answer->stream) return stream(job, *answer);
    auto response = to_response(*answer);
    if (answer->next_cursor)
      response.headers.set("link", next_link(*job->request, *answer->next_cursor));
    finish(*job, std::move(response));
  }

  /// What is known, but of another facility, will never arrive here.
  void await(const JobPtr& job, db::Session& session, const Call::Awaited& record,
             const Error& error) {
    if (env.elsewhere_statement != nullptr) {
      const auto rows =
          session.read(*env.elsewhere_statement, record.id, job->principal.facility_id);
      if (rows.front().get<bool>("elsewhere")) return fail(*job, not_found(record.what));
    }
    park(job, error);
  }

  Resume resume(const JobPtr& job) {
    return [self = shared_from_this(), job](Rest rest) {
      const bool taken =
          self->env.workers.post([self, job, rest = std::move(rest)](db::Session& session) {
            self->work(job, session, rest);
          });
      if (!taken) self->fail(*job, overloaded());
    };
  }

  /// Sends the first piece with the head, then each further one when the one before is out.
  void stream(const JobPtr& job, const Answer& answer) {
    auto response = to_response(answer);
    if (const auto* live = answer.stream.target<LiveStream>()) {
      response.stream = live->channel;
      keep_live(live->channel);
      return finish(*job, std::move(response));
    }
    auto channel = std::make_shared<http::Channel>(stream_buffer_bytes);
    response.stream = channel;
    finish(*job, std::move(response));
    next_piece(channel, std::make_shared<NextPiece>(answer.stream));
  }

  void keep_live(const std::shared_ptr<http::Channel>& channel) {
    const std::lock_guard lock(live_mutex);
    std::erase_if(live_channels, [](const auto& one) { return one.expired(); });
    if (live_ended) return channel->finish();
    live_channels.push_back(channel);
  }

  void end_live() {
    const std::lock_guard lock(live_mutex);
    live_ended = true;
    for (const auto& one : live_channels) {
      if (const auto channel = one.lock()) channel->finish();
    }
  }

  void next_piece(const std::shared_ptr<http::Channel>& channel,
                  const std::shared_ptr<NextPiece>& next) {
    auto self = shared_from_this();
    const bool taken = env.workers.post([self, channel, next](db::Session& session) {
      if (channel->closed()) return;
      std::optional<std::string> piece;
      try {
        piece = (*next)(session);
      } catch (const std::exception&) {
        log::error("stream_broke");
        return channel->abort();
      }
      if (!piece) return channel->finish();
      self->send_piece(channel, next, std::make_shared<const std::string>(*std::move(piece)), 0);
    });
    if (!taken) channel->abort();
  }

  /// A piece may be larger than the channel: it goes in parts, each when the one before is out.
  void send_piece(const std::shared_ptr<http::Channel>& channel,
                  const std::shared_ptr<NextPiece>& next,
                  const std::shared_ptr<const std::string>& piece, std::size_t sent) {
    const auto part = std::string_view(*piece).substr(sent, stream_buffer_bytes);
    if (part.empty()) return next_piece(channel, next);
    if (!channel->push(part)) return channel->abort();
    channel->on_drained(
        [self = shared_from_this(), channel, next, piece, sent = sent + part.size()] {
          self->send_piece(channel, next, piece, sent);
        });
  }

  void park(const JobPtr& job, const Error& error) {
    auto self = shared_from_this();
    env.loop.post([self, job, error] {
      const auto until = std::min(job->request->deadline, job->begun + parked_limit);
      if (self->parked.size() >= parked_max || std::chrono::steady_clock::now() >= until) {
        return self->fail(*job, error);
      }
      self->parked.push_back({job, until});
      self->schedule_parked_check();
    });
  }

  /// The projection may have moved before the request was parked, so parked ones are tried again at
  /// a short interval too.
  void schedule_parked_check() {
    if (parked_check_scheduled) return;
    parked_check_scheduled = true;
    auto self = shared_from_this();
    env.loop.after(50ms, [self] {
      self->parked_check_scheduled = false;
      self->retry_parked();
    });
  }

  void retry_parked() {
    auto waiting = std::move(parked);
    parked.clear();
    for (auto& [job, until] : waiting)
      post(std::move(job));
  }

  void fail(const Job& job, const Error& error) {
    const std::string_view instance =
        job.route < routes.size() ? routes[job.route].path : std::string_view{};
    auto response = http::problem(error, instance, job.context.trace_id);
    if (error.kind == ErrorKind::version_mismatch) {
      for (const auto& [name, value] : error.members) {
        if (name == "version") response.headers.set("etag", "\"v" + value + "\"");
      }
    }
    finish(job, std::move(response));
  }

  void finish(const Job& job, http::Response response) {
    const auto seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - job.begun).count();
    const bool routed = job.route < routes.size();
    const auto route = routed ? routes[job.route].path : std::string_view("unmatched");
    const auto method = http::to_string(job.request->method);
    static constexpr std::string_view classes[] = {"", "1xx", "2xx", "3xx", "4xx", "5xx"};
    const auto code_class = classes[static_cast<std::size_t>(response.status / 100)];
    metrics::histogram("http_server_request_duration_seconds", "Time from routing to the answer.",
                       metrics::request_seconds(),
                       {{"route", route}, {"method", method}, {"code_class", code_class}})
        .observe(seconds);
    trace::record_served(job.context, method, routed ? route : std::string_view(), job.begun,
                         response.status);
    if (response.status >= 500) {
      const trace::Scope scope(job.context, job.request_id);
      log::warn("request_failed", {{"route", route},
                                   {"method", method},
                                   {"status", response.status},
                                   {"duration_ms", seconds * 1000}});
    }
    job.respond(std::move(response));
  }

  DispatchEnvironment env;
  std::vector<Route> routes;
  std::vector<std::string> names;
  http::Router router;
  std::vector<Parked> parked;
  bool parked_check_scheduled{false};
  std::mutex live_mutex;
  std::vector<std::weak_ptr<http::Channel>> live_channels;
  bool live_ended{false};
};

Dispatcher::Dispatcher(DispatchEnvironment environment, std::span<const Route> routes)
    : impl_(std::make_shared<Impl>(std::move(environment), routes)) {}

Dispatcher::~Dispatcher() = default;

void Dispatcher::dispatch(std::shared_ptr<http::Request> request, http::Respond respond) {
  impl_->dispatch(std::move(request), std::move(respond));
}

void Dispatcher::end_live() {
  impl_->end_live();
}

void Dispatcher::projection_moved() {
  auto impl = impl_;
  impl->env.loop.post([impl] { impl->retry_parked(); });
}

}  // namespace ambula::service

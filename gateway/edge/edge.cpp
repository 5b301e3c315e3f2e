#include "edge.hpp"

#include <utility>

#include <ambula/base/text.hpp>
#include <ambula/http/problem.hpp>
#include <ambula/observability/log.hpp>
#include <ambula/observability/span.hpp>

#include "edge/client_address.hpp"
#include "edge/cors.hpp"
#include "edge/exports.hpp"
#include "edge/headers.hpp"
#include "edge/pages.hpp"

namespace ambula::edge {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr std::size_t status_classes = 6;

Error error(ErrorKind kind, std::string_view code, std::string_view detail) {
  return Error{kind, code, detail};
}

/// For the field by which a service learns until when somebody waits.
std::string milliseconds_left(SteadyClock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now());
  return std::to_string(std::max<std::int64_t>(left.count(), 1));
}

std::optional<std::string_view> bearer_token(const http::Request& request) {
  const auto header = request.headers.get("authorization");
  constexpr std::string_view scheme = "bearer ";
  if (!header || header->size() <= scheme.size()) return std::nullopt;
  if (to_lower_ascii(header->substr(0, scheme.size())) != scheme) return std::nullopt;
  return header->substr(scheme.size());
}

std::string client_of(const http::Request& request, const std::vector<Network>& proxies) {
  if (proxies.empty()) return request.remote_addr;
  std::vector<std::string_view> forwarded;
  for (const auto& [name, value] : request.headers.all()) {
    if (name == "x-forwarded-for") forwarded.push_back(value);
  }
  return client_address(request.remote_addr, forwarded, proxies);
}

http::Response json_page(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.headers.add("content-type", "application/json");
  response.body = std::move(body);
  return response;
}

void count_auth_failure(std::string_view reason) {
  metrics::counter("gateway_auth_failures_total", "Requests refused for their token or its lack.",
                   {{"reason", reason}})
      .add();
}

}  // namespace

Edge::Edge(Environment environment, const Settings& settings)
    : env_(std::move(environment)),
      settings_(settings),
      upstreams_(std::make_shared<Upstreams>(env_.loop, settings)),
      limits_(settings.rate_limit_scale),
      streams_(env_.session_idle, !limits_.off()),
      seconds_((routes().size() + 1) * status_classes) {
  for (std::size_t i = 0; i < routes().size(); ++i) {
    router_.add(routes()[i].method, routes()[i].path, i);
  }
}

void Edge::start() {
  env_.loop.post([upstreams = upstreams_] { upstreams->watch(); });
}

void Edge::handle(std::shared_ptr<http::Request> request, http::Respond respond,
                  const service::Dispatch& own) {
  auto exchange = std::make_shared<Exchange>();
  exchange->begun = SteadyClock::now();
  exchange->respond = std::move(respond);
  exchange->own = &own;
  exchange->request_id = request_id_of(*request);
  request->remote_addr = client_of(*request, settings_.proxies);
  const auto origin = request->headers.get("origin").value_or("");
  if (allows_origin(settings_.cors_origins, origin)) exchange->origin = origin;
  const auto parent = trace::parse(request->headers.get("traceparent").value_or(""));
  exchange->context = parent ? parent->child() : trace::make();
  auto match = router_.match(request->method, request->path);
  if (match.route) exchange->route = &routes()[*match.route];
  exchange->allow = std::move(match.allow);
  exchange->request = std::move(request);
  if (!exchange->origin.empty() && is_preflight(*exchange->request)) {
    if (take_address_token(exchange)) finish(exchange, preflight_answer());
    return;
  }
  if (answer_open_page(exchange)) return;
  authenticate(exchange);
}

/// Probes and documents need no token and no service.
bool Edge::answer_open_page(const ExchangePtr& exchange) {
  if (exchange->route != nullptr || !exchange->allow.empty()) return false;
  const auto& request = *exchange->request;
  if (request.method != http::Method::get && request.method != http::Method::head) return false;
  if (request.path == "/healthz") {
    finish(exchange, json_page(200, R"({"status":"alive"})"));
    return true;
  }
  if (request.path == "/readyz") {
    finish(exchange, readiness());
    return true;
  }
  std::optional<http::Response> page;
  if (request.path == "/.well-known/jwks.json") {
    page = json_page(200, env_.jwks);
    page->headers.add("cache-control", "public, max-age=300");
  } else {
    page = static_page(request.path);
  }
  // Out of memory, for a whole clinic behind one address at the start of its day: not counted.
  if (!page && env_.console) {
    if ((page = env_.console->answer(request))) {
      finish(exchange, *std::move(page));
      return true;
    }
  }
  if (!page) return false;
  if (take_address_token(exchange)) finish(exchange, *std::move(page));
  return true;
}

http::Response Edge::readiness() const {
  bool ready = env_.database_up();
  std::string parts = std::string(R"("database":")") + (ready ? "up\"" : "down\"");
  for (std::size_t i = 1; i < static_cast<std::size_t>(Upstream::count_); ++i) {
    const auto upstream = static_cast<Upstream>(i);
    const bool up = upstreams_->answered_lately(upstream);
    ready = ready && up;
    parts += ",\"" + std::string(to_string(upstream)) + "\":" + (up ? "\"up\"" : "\"down\"");
  }
  const std::string status = ready ? "ready" : "not-ready";
  return json_page(ready ? 200 : 503, R"({"status":")" + status + R"(","parts":{)" + parts + "}}");
}

void Edge::authenticate(const ExchangePtr& exchange) {
  const auto token = bearer_token(*exchange->request);
  if (!token) {
    if (!take_address_token(exchange)) return;
    return pass_on(exchange);
  }
  if (auto bearer = sessions_.find(*token, env_.clock())) {
    return admit(exchange, std::move(bearer));
  }
  verify(exchange, std::string(*token));
}

/// A signature costs 0.1 ms: not on the I/O thread, and not for an address that only sends bad
/// ones.
void Edge::verify(const ExchangePtr& exchange, std::string token) {
  if (!limits_.off()) {
    const auto now = SteadyClock::now();
    auto bucket = limits_.address(exchange->request->remote_addr, now);
    if (!bucket->has(limits_.address_limits(), now)) {
      exchange->bucket = std::move(bucket);
      exchange->bucket_limits = &limits_.address_limits();
      return limit(exchange, "address");
    }
  }
  auto self = shared_from_this();
  const bool taken = env_.post([self, exchange, token = std::move(token)] {
    auto claims = self->env_.verifier.verify(token, self->env_.clock());
    self->env_.loop.post([self, exchange, token, claims = std::move(claims)] {
      self->verified(exchange, token, claims);
    });
  });
  if (!taken)
    fail(exchange, error(ErrorKind::unavailable, "overloaded", "Too much is going on; try again."));
}

void Edge::verified(const ExchangePtr& exchange, std::string token, Result<auth::Claims> claims) {
  if (claims && sessions_.is_revoked(*claims)) {
    claims = error(ErrorKind::unauthenticated, "token-revoked",
                   "The sign-in has ended, or the account has changed; refresh or sign in again.");
  }
  if (!claims) {
    count_auth_failure(claims.error().code);
    if (take_address_token(exchange)) fail(exchange, claims.error());
    return;
  }
  auto bearer = std::make_shared<Bearer>();
  if (!limits_.off()) bearer->bucket = limits_.account(claims->account_id, SteadyClock::now());
  bearer->claims = *std::move(claims);
  streams_.renew(bearer->claims);
  sessions_.remember(std::move(token), bearer, env_.clock());
  admit(exchange, std::move(bearer));
}

void Edge::admit(const ExchangePtr& exchange, std::shared_ptr<Bearer> bearer) {
  exchange->bearer = std::move(bearer);
  if (exchange->bearer->bucket) {
    exchange->bucket = exchange->bearer->bucket;
    exchange->bucket_limits = &limits_.account_limits();
    if (!exchange->bucket->take(limits_.account_limits(), SteadyClock::now())) {
      return limit(exchange, "account");
    }
  }
  pass_on(exchange);
}

bool Edge::take_address_token(const ExchangePtr& exchange) {
  if (limits_.off()) return true;
  const auto now = SteadyClock::now();
  exchange->bucket = limits_.address(exchange->request->remote_addr, now);
  exchange->bucket_limits = &limits_.address_limits();
  if (exchange->bucket->take(limits_.address_limits(), now)) return true;
  limit(exchange, "address");
  return false;
}

void Edge::pass_on(const ExchangePtr& exchange) {
  if (exchange->route == nullptr) {
    if (exchange->allow.empty()) {
      return fail(exchange, error(ErrorKind::not_found, "not-found", "There is no such path."));
    }
    auto response = http::problem_with_status(
        405, error(ErrorKind::malformed, "method-not-allowed", "The path has other methods."), "",
        exchange->context.trace_id);
    response.headers.set("allow", exchange->allow);
    return finish(exchange, std::move(response));
  }
  if (!authorize(exchange)) return;
  if (exchange->route->upstream == Upstream::own) return ask_own(exchange);
  forward(exchange);
}

/// False: answered already. Services check again; here it spares them the work, and gives one place
/// where deny is the default.
bool Edge::authorize(const ExchangePtr& exchange) {
  const auto permission = exchange->route->permission;
  if (!exchange->bearer) {
    if (permission == auth::Permission::anyone) return true;
    count_auth_failure("no-token");
    fail(exchange, error(ErrorKind::unauthenticated, "unauthenticated",
                         "Sign in and send the access token as a Bearer token."));
    return false;
  }
  const auto facility = exchange->request->headers.get("ambula-facility");
  const bool account_only = !facility && (permission == auth::Permission::anyone ||
                                          permission == auth::Permission::signed_in);
  auto principal =
      account_only ? exchange->bearer->account_only() : exchange->bearer->principal(facility);
  if (!principal) {
    fail(exchange, principal.error());
    return false;
  }
  exchange->principal = *std::move(principal);
  if (exchange->principal->may(permission)) return true;
  if (exchange->principal->must_change_password) {
    fail(exchange, forbidden("password-change-required", "Change the password first."));
    return false;
  }
  // Who tries what they may not is written down, as when a service refuses it.
  answered(exchange, http::problem(forbidden("forbidden", "The account may not do this."),
                                   exchange->route->path, exchange->context.trace_id));
  return false;
}

void Edge::forward(const ExchangePtr& exchange) {
  const auto now = SteadyClock::now();
  http::ClientRequest request;
  request.method = exchange->request->method;
  request.target = upstream_target(*exchange->request);
  request.headers = upstream_fields(exchange->request->headers);
  request.headers.add("x-request-id", exchange->request_id);
  request.headers.add("traceparent", exchange->context.traceparent());
  request.deadline = std::min(exchange->request->deadline, now + settings_.deadline);
  request.headers.add("ambula-deadline-ms", milliseconds_left(request.deadline));
  // Nobody reads it here any more.
  request.body = std::move(exchange->request->body);
  upstreams_->send(exchange->route->upstream, std::move(request),
                   [self = shared_from_this(), exchange](Result<http::Response> answer) {
                     if (!answer) return self->fail(exchange, answer.error());
                     self->answered(exchange, *std::move(answer));
                   });
}

/// What several services are asked for one answer.
struct Edge::Gathering {
  http::Headers fields;
  SteadyClock::time_point deadline;
  reports::Told told;
  std::size_t open{0};
  std::function<void(reports::Told)> done;

  void one_answered() {
    if (--open == 0) done(std::move(told));
  }
};

void Edge::gather(const http::Request& request, std::vector<reports::Ask> asks,
                  SteadyClock::time_point deadline, std::function<void(reports::Told)> done) {
  auto gathering = std::make_shared<Gathering>();
  gathering->deadline = deadline;
  gathering->open = asks.size();
  gathering->done = std::move(done);
  for (const auto* name : {"authorization", "ambula-facility", "x-request-id", "traceparent"}) {
    if (const auto value = request.headers.get(name)) gathering->fields.add(name, *value);
  }
  env_.loop.post([self = shared_from_this(), gathering, asks = std::move(asks)] {
    for (const auto& one : asks)
      self->ask(gathering, one);
  });
}

/// The client keeps the deadline; what fails or is refused is simply not told.
void Edge::ask(const std::shared_ptr<Gathering>& gathering, const reports::Ask& one) {
  const auto match = router_.match(http::Method::get, one.path);
  if (!match.route || routes()[*match.route].upstream == Upstream::own) {
    return gathering->one_answered();
  }
  http::ClientRequest request;
  request.target = one.path + "?" + one.query;
  request.headers = gathering->fields;
  request.deadline = gathering->deadline;
  request.headers.add("ambula-deadline-ms", milliseconds_left(request.deadline));
  upstreams_->send_impatiently(routes()[*match.route].upstream, std::move(request),
                               [gathering, part = one.part](Result<http::Response> answer) {
                                 if (answer && answer->stream) answer->stream->close_reader();
                                 const bool usable =
                                     answer && answer->status == 200 && !answer->stream;
                                 if (usable) gathering->told[part] = std::move(answer->body);
                                 gathering->one_answered();
                               });
}

void Edge::ask_own(const ExchangePtr& exchange) {
  exchange->asked_own = true;
  // The handler's log lines and events belong to this request.
  exchange->request->headers.set("x-request-id", exchange->request_id);
  exchange->request->headers.set("traceparent", exchange->context.traceparent());
  auto self = shared_from_this();
  (*exchange->own)(exchange->request, [self, exchange](http::Response answer) {
    self->env_.loop.post([self, exchange, answer = std::move(answer)]() mutable {
      self->answered(exchange, std::move(answer));
    });
  });
}

/// What shows or changes somebody's data leaves only once that is written down; when it cannot be,
/// it does not leave [AUD-1].
void Edge::answered(const ExchangePtr& exchange, http::Response response) {
  auto rows = audit_rows_of(*exchange, response, env_.clock());
  if (response.stream && !watch(exchange, response)) return response.stream->close_reader();
  if (rows.empty()) return finish(exchange, std::move(response));
  auto self = shared_from_this();
  if (is_export(response)) count_export(rows.front(), *response.stream);
  auto kept = std::make_shared<http::Response>(std::move(response));
  env_.audit.submit(std::move(rows), [self, exchange, kept](bool written) {
    self->env_.loop.post([self, exchange, kept, written] {
      if (written) return self->finish(exchange, std::move(*kept));
      if (kept->stream) kept->stream->close_reader();
      self->fail(exchange, error(ErrorKind::unavailable, "audit-unavailable",
                                 "The access could not be written down, so it was not given."));
    });
  });
}

/// False: the stream is not given, and that was answered.
bool Edge::watch(const ExchangePtr& exchange, const http::Response& response) {
  const auto* claims = exchange->bearer ? &exchange->bearer->claims : nullptr;
  if (claims != nullptr && sessions_.is_revoked(*claims)) {  // while the service was asked
    fail(exchange, error(ErrorKind::unauthenticated, "token-revoked",
                         "This sign-in has ended; sign in again."));
    return false;
  }
  if (streams_.open(claims, exchange->request->remote_addr, response.stream)) return true;
  fail(exchange,
       error(ErrorKind::too_many, "too-many-streams", "Too many live views are open; close one."));
  return false;
}

/// An export is written down a second time when it has ended: how much of it went out is known only
/// then.
void Edge::count_export(audit::Row row, http::Channel& stream) {
  auto count = std::make_shared<RecordCount>();
  auto ended = [self = shared_from_this(), row = std::move(row), count](bool complete) mutable {
    row.at = self->env_.clock();
    row.row_count = count->records();
    if (!complete) row.outcome = audit::outcome_partial;
    self->env_.audit.submit({row}, [](bool written) {
      if (!written) log::error("export_end_not_audited");
    });
  };
  stream.watch(
      {.taken = [count](std::string_view bytes) { count->see(bytes); }, .ended = std::move(ended)});
}

void Edge::revoke(std::vector<identity::store::Revocation> revocations) {
  env_.loop.post([self = shared_from_this(), revocations = std::move(revocations)] {
    // The same rows are read again each second; each session is forgotten once.
    const auto now = self->env_.clock();
    const auto news = self->sessions_.revoke(revocations, now);
    for (const auto& subject : news)
      self->env_.verifier.purge(subject);
    if (!news.empty()) {
      self->streams_.cut([&](const auth::Claims& one) { return self->sessions_.is_revoked(one); });
    }
    self->streams_.cut_idle(now);
  });
}

void Edge::fail(const ExchangePtr& exchange, const Error& why) {
  const auto instance = exchange->route != nullptr ? exchange->route->path : std::string_view{};
  auto response = http::problem(why, instance, exchange->context.trace_id);
  finish(exchange, std::move(response));
}

void Edge::limit(const ExchangePtr& exchange, std::string_view kind) {
  metrics::counter("gateway_rate_limited_total", "Requests refused for their number.",
                   {{"kind", kind}})
      .add();
  auto response = http::problem(
      error(ErrorKind::too_many, "rate-limited", "Too many requests; see Retry-After."), "",
      exchange->context.trace_id);
  response.headers.set("retry-after",
                       std::to_string(exchange->bucket->wait_s(*exchange->bucket_limits)));
  finish(exchange, std::move(response));
}

void Edge::add_rate_fields(const Exchange& exchange, http::Headers& fields) const {
  if (exchange.bucket == nullptr) return;
  const bool account = exchange.bucket_limits == &limits_.account_limits();
  const std::string name = account ? "\"account\"" : "\"address\"";
  const auto burst = static_cast<int>(exchange.bucket_limits->burst);
  const auto window = std::max(
      1, static_cast<int>(exchange.bucket_limits->burst / exchange.bucket_limits->per_second));
  fields.add("ratelimit-policy",
             name + ";q=" + std::to_string(burst) + ";w=" + std::to_string(window));
  fields.add("ratelimit", name + ";r=" + std::to_string(exchange.bucket->remaining()) + ";t=" +
                              std::to_string(exchange.bucket->wait_s(*exchange.bucket_limits)));
}

void Edge::finish(const ExchangePtr& exchange, http::Response response) {
  const bool own = exchange->route == nullptr || exchange->route->upstream == Upstream::own;
  auto fields = outgoing_fields(response.headers, own);
  fields.add("x-request-id", exchange->request_id);
  add_rate_fields(*exchange, fields);
  fields.add("x-content-type-options", "nosniff");
  fields.add("referrer-policy", "no-referrer");
  fields.add("x-frame-options", "DENY");
  if (!fields.get("content-security-policy")) {
    fields.add("content-security-policy", "default-src 'none'; frame-ancestors 'none'");
  }
  if (!fields.get("cache-control")) fields.add("cache-control", "no-store");
  if (!exchange->origin.empty()) add_cors_fields(exchange->origin, fields);
  if (settings_.https) fields.add("strict-transport-security", "max-age=31536000");
  response.headers = std::move(fields);
  observe(*exchange, response.status);
  exchange->respond(std::move(response));
}

void Edge::observe(const Exchange& exchange, int status) {
  trace::record_served(exchange.context, http::to_string(exchange.request->method),
                       exchange.route != nullptr ? exchange.route->path : std::string_view(),
                       exchange.begun, status);
  if (exchange.asked_own) return;
  const auto status_class = std::min<std::size_t>(static_cast<std::size_t>(status / 100), 5);
  const auto route = exchange.route != nullptr
                         ? static_cast<std::size_t>(exchange.route - routes().data())
                         : routes().size();
  auto& histogram = seconds_[route * status_classes + status_class];
  if (histogram.handle == nullptr) {
    static constexpr std::string_view names[] = {"", "1xx", "2xx", "3xx", "4xx", "5xx"};
    histogram = metrics::histogram(
        "http_server_request_duration_seconds", "Time from routing to the answer.",
        metrics::request_seconds(),
        {{"route", exchange.route != nullptr ? exchange.route->path : "unmatched"},
         {"method", http::to_string(exchange.request->method)},
         {"code_class", names[status_class]}});
  }
  const auto seconds = std::chrono::duration<double>(SteadyClock::now() - exchange.begun).count();
  histogram.observe(seconds);
  if (status < 500) return;
  const trace::Scope scope(exchange.context, exchange.request_id);
  log::warn("request_failed",
            {{"route", exchange.route != nullptr ? exchange.route->path : "unmatched"},
             {"status", status},
             {"duration_ms", seconds * 1000}});
}

}  // namespace ambula::edge

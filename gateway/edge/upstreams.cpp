#include "upstreams.hpp"

#include <optional>
#include <utility>

#include <ambula/observability/span.hpp>

namespace ambula::edge {
namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

constexpr auto ping_interval = 1s;
constexpr auto ping_deadline = 2s;
constexpr auto lately = 5s;

Error circuit_open() {
  return Error{ErrorKind::unavailable, "upstream-unavailable",
               "A part of the system does not answer; try again."};
}

/// The call is a step of its own in the request's trace: the service answers to that.
std::optional<trace::Context> begin_span(http::ClientRequest& request) {
  const auto within = trace::parse(request.headers.get("traceparent").value_or(""));
  if (!within || !trace::wants(*within)) return std::nullopt;
  auto context = within->child();
  request.headers.set("traceparent", context.traceparent());
  return context;
}

void end_span(const trace::Context& context, Upstream upstream, http::Method method,
              SteadyClock::time_point begun, const Result<http::Response>& answer) {
  trace::Span span{.context = context,
                   .kind = trace::Kind::client,
                   .name = std::string(http::to_string(method)),
                   .begun = begun,
                   .failed = !answer || answer->status >= 500,
                   .attributes = {{"http.request.method", std::string(http::to_string(method))},
                                  {"server.address", std::string(to_string(upstream))}}};
  if (answer) {
    span.attributes.emplace_back("http.response.status_code", answer->status);
  } else {
    span.attributes.emplace_back("error.type", answer.error().code);
  }
  trace::record(std::move(span));
}

}  // namespace

Upstreams::Upstreams(http::Loop& loop, const Settings& settings) : loop_(loop) {
  for (std::size_t i = 1; i < services_.size(); ++i) {
    const auto& address = settings.upstreams[i];
    const auto name = to_string(static_cast<Upstream>(i));
    services_[i].client = std::make_unique<http::Client>(
        loop, http::ClientOptions{.host = address.host, .port = address.port});
    services_[i].seconds = metrics::histogram("gateway_upstream_request_duration_seconds",
                                              "Time to a service's answer.",
                                              metrics::request_seconds(), {{"upstream", name}});
    services_[i].circuit = metrics::gauge("gateway_circuit_state", "0 closed, 1 open, 2 half open.",
                                          {{"upstream", name}});
    services_[i].circuit.set(0);
  }
}

void Upstreams::send(Upstream upstream, http::ClientRequest request, Done done) {
  send(upstream, std::move(request), false, std::move(done));
}

void Upstreams::send_impatiently(Upstream upstream, http::ClientRequest request, Done done) {
  send(upstream, std::move(request), true, std::move(done));
}

void Upstreams::send(Upstream upstream, http::ClientRequest request, bool impatient, Done done) {
  auto& to = one(upstream);
  const auto begun = SteadyClock::now();
  if (!to.breaker.allow(begun)) return done(circuit_open());
  auto context = begin_span(request);
  const auto method = request.method;
  to.client->send(std::move(request), [self = shared_from_this(), upstream, begun, impatient,
                                       method, context = std::move(context),
                                       done = std::move(done)](Result<http::Response> answer) {
    if (context) end_span(*context, upstream, method, begun, answer);
    auto& from = self->one(upstream);
    from.seconds.observe(std::chrono::duration<double>(SteadyClock::now() - begun).count());
    const bool late = !answer && answer.error().code == "upstream-timeout";
    if (!impatient || !late) self->learn(from, answer);
    done(std::move(answer));
  });
}

void Upstreams::learn(One& from, const Result<http::Response>& answer) {
  const auto now = SteadyClock::now();
  // Being busy is our own queue; the service itself was not asked.
  if (!answer && answer.error().code == "upstream-busy") return;
  const auto before = from.breaker.state();
  if (answer) {
    from.breaker.succeeded();
    from.heard = now;
  } else {
    from.breaker.failed(now);
  }
  if (from.breaker.state() == before) return;
  from.circuit.set(static_cast<double>(static_cast<int>(from.breaker.state())));
}

void Upstreams::watch() {
  for (std::size_t i = 1; i < services_.size(); ++i)
    ping(static_cast<Upstream>(i));
  loop_.after(ping_interval, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->watch();
  });
}

void Upstreams::ping(Upstream upstream) {
  http::ClientRequest request;
  request.target = "/healthz";
  request.deadline = SteadyClock::now() + ping_deadline;
  // Past the breaker: any answer at all closes it.
  one(upstream).client->send(std::move(request),
                             [weak = weak_from_this(), upstream](Result<http::Response> answer) {
                               if (const auto self = weak.lock())
                                 self->learn(self->one(upstream), answer);
                             });
}

bool Upstreams::answered_lately(Upstream upstream) const {
  const auto heard = services_[static_cast<std::size_t>(upstream)].heard;
  return heard != Breaker::Time{} && SteadyClock::now() - heard < lately;
}

}  // namespace ambula::edge

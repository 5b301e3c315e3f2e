#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <ambula/auth/token.hpp>
#include <ambula/base/time.hpp>
#include <ambula/http/loop.hpp>
#include <ambula/http/router.hpp>
#include <ambula/observability/metrics.hpp>
#include <ambula/service/definition.hpp>

#include "audit/writer.hpp"
#include "edge/console.hpp"
#include "edge/exchange.hpp"
#include "edge/rate_limits.hpp"
#include "edge/routes.hpp"
#include "edge/sessions.hpp"
#include "edge/settings.hpp"
#include "edge/streams.hpp"
#include "edge/upstreams.hpp"
#include "reports/gather.hpp"

namespace ambula::edge {

/// What the edge needs of its process.
struct Environment {
  http::Loop& loop;
  /// Runs on a worker; false when too much waits there.
  std::function<bool(std::function<void()>)> post;
  const auth::Verifier& verifier;
  Clock clock;
  audit::Writer& audit;
  std::function<bool()> database_up;
  std::string jwks;
  std::shared_ptr<const Console> console;          ///< null: none is served
  std::chrono::seconds session_idle{2 * 60 * 60};  ///< identity's setting
};

/// The one way in. A request goes through it in this order (architecture.md §6):
///
///   the server's strict validation, size and time limits
///   → request id and trace → route → authenticate → rate limit → authorize → forward or own
///   handler → audit → the answer built anew from an allow-list, with security and rate-limit
///   fields
///
/// Everything but the check of an unknown token's signature happens on the I/O thread.
class Edge : public std::enable_shared_from_this<Edge> {
 public:
  Edge(Environment environment, const Settings& settings);

  /// Begins to ask the services whether they are there.
  void start();
  /// On the I/O thread.
  void handle(std::shared_ptr<http::Request> request, http::Respond respond,
              const service::Dispatch& own);
  /// See reports::Gather; from any thread.
  void gather(const http::Request& request, std::vector<reports::Ask> asks,
              std::chrono::steady_clock::time_point deadline,
              std::function<void(reports::Told)> done);
  /// From any thread; acts at once. To be called each second, also with none: sign-ins end by time.
  void revoke(std::vector<identity::store::Revocation> revocations);

 private:
  using ExchangePtr = std::shared_ptr<Exchange>;

  bool answer_open_page(const ExchangePtr& exchange);
  http::Response readiness() const;

  void authenticate(const ExchangePtr& exchange);
  void verify(const ExchangePtr& exchange, std::string token);
  void verified(const ExchangePtr& exchange, std::string token, Result<auth::Claims> claims);
  void admit(const ExchangePtr& exchange, std::shared_ptr<Bearer> bearer);
  bool authorize(const ExchangePtr& exchange);
  bool take_address_token(const ExchangePtr& exchange);

  struct Gathering;
  void ask(const std::shared_ptr<Gathering>& gathering, const reports::Ask& one);

  void pass_on(const ExchangePtr& exchange);
  void forward(const ExchangePtr& exchange);
  void ask_own(const ExchangePtr& exchange);

  void count_export(audit::Row row, http::Channel& stream);
  void answered(const ExchangePtr& exchange, http::Response response);
  bool watch(const ExchangePtr& exchange, const http::Response& response);
  void fail(const ExchangePtr& exchange, const Error& error);
  void limit(const ExchangePtr& exchange, std::string_view kind);
  void finish(const ExchangePtr& exchange, http::Response response);
  void observe(const Exchange& exchange, int status);
  void add_rate_fields(const Exchange& exchange, http::Headers& fields) const;

  Environment env_;
  const Settings settings_;
  http::Router router_;
  std::shared_ptr<Upstreams> upstreams_;
  RateLimits limits_;
  Sessions sessions_;
  Streams streams_;
  /// By route and class of status; made at first use.
  std::vector<metrics::Histogram> seconds_;
};

}  // namespace ambula::edge

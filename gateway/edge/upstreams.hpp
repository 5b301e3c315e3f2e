#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>

#include <ambula/http/client.hpp>
#include <ambula/http/loop.hpp>
#include <ambula/observability/metrics.hpp>

#include "edge/breaker.hpp"
#include "edge/settings.hpp"

namespace ambula::edge {

/// The six services as the edge sees them: a pool of kept connections each, a circuit breaker, and
/// whether they answered lately. On the I/O thread only, but for `last_heard`.
class Upstreams : public std::enable_shared_from_this<Upstreams> {
 public:
  Upstreams(http::Loop& loop, const Settings& settings);

  using Done = std::function<void(Result<http::Response>)>;
  /// 503 `upstream-unavailable` at once while its breaker is open.
  void send(Upstream upstream, http::ClientRequest request, Done done);
  /// The same with so short a deadline that its passing says nothing about the service.
  void send_impatiently(Upstream upstream, http::ClientRequest request, Done done);

  /// Asks each service every second whether it is there.
  void watch();
  /// Whether it answered within the last seconds.
  bool answered_lately(Upstream upstream) const;

 private:
  struct One {
    std::unique_ptr<http::Client> client;
    Breaker breaker;
    metrics::Histogram seconds;
    metrics::Gauge circuit;
    Breaker::Time heard{};
  };
  One& one(Upstream upstream) { return services_[static_cast<std::size_t>(upstream)]; }
  void send(Upstream upstream, http::ClientRequest request, bool impatient, Done done);
  void learn(One& one, const Result<http::Response>& answer);
  void ping(Upstream upstream);

  http::Loop& loop_;
  std::array<One, static_cast<std::size_t>(Upstream::count_)> services_;
};

}  // namespace ambula::edge

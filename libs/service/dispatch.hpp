#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>

#include <ambula/auth/token.hpp>
#include <ambula/http/loop.hpp>
#include <ambula/http/server.hpp>
#include <ambula/service/definition.hpp>
#include <ambula/service/workers.hpp>

namespace ambula::service {

/// What the dispatcher needs of the process.
struct DispatchEnvironment {
  http::Loop& loop;
  Workers& workers;
  const auth::Verifier& verifier;
  Clock clock;
  std::function<void()> committed;
  std::function<std::chrono::milliseconds()> projection_lag;
  const db::Statement* elsewhere_statement{};  ///< Definition::elsewhere_statement
};

/// Takes a request from the I/O thread to a handler on a worker and its answer back: route, media
/// type, preconditions, token, permission, handler, problem+json, ETag, streams, metrics. Requests
/// that wait for a projection are parked here, off the workers.
class Dispatcher {
 public:
  Dispatcher(DispatchEnvironment environment, std::span<const Route> routes);
  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  /// On the I/O thread.
  void dispatch(std::shared_ptr<http::Request> request, http::Respond respond);
  /// Runs parked requests again, after our projections moved. From any thread.
  void projection_moved();
  /// The process drains: live answers, which would go on for ever, end properly, and new ones end
  /// at once. From any thread.
  void end_live();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace ambula::service

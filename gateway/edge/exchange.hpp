#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <ambula/http/server.hpp>
#include <ambula/observability/trace.hpp>
#include <ambula/service/definition.hpp>

#include "audit/domain/row.hpp"
#include "edge/routes.hpp"
#include "edge/sessions.hpp"

namespace ambula::edge {

/// One request on its way through the edge.
struct Exchange {
  std::shared_ptr<http::Request> request;
  http::Respond respond;
  const service::Dispatch* own{nullptr};  ///< lives as long as the server
  const Route* route{nullptr};            ///< null: none
  std::string allow;                      ///< the path's other methods, when the method is wrong
  std::string request_id;
  std::string origin;  ///< of another site's page, when it may read the answer
  trace::Context context;
  std::chrono::steady_clock::time_point begun;
  std::shared_ptr<Bearer> bearer;
  std::shared_ptr<const auth::Principal> principal;
  bool asked_own{false};                ///< our own handlers measure themselves
  std::shared_ptr<TokenBucket> bucket;  ///< where this request was counted
  const BucketLimits* bucket_limits{nullptr};
};

/// The audit rows that an answer asks for: one for each patient whose data it has, one for a change
/// of what administrators change, one for an export or a live view; else none.
std::vector<audit::Row> audit_rows_of(const Exchange& exchange, const http::Response& answer,
                                      Instant at);

}  // namespace ambula::edge

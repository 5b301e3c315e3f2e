#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

#include <ambula/base/result.hpp>
#include <ambula/base/time.hpp>
#include <ambula/base/uuid.hpp>
#include <ambula/bus/cluster.hpp>
#include <ambula/db/session.hpp>
#include <ambula/outbox/inbox.hpp>

namespace ambula::outbox {

/// The topics that `rebuild` takes: those with a projection.
std::vector<std::string> rebuildable(const std::vector<Subscription>& subscriptions);

struct RebuildOptions {
  std::string_view consumer;  ///< the inbox's group
  std::string_view topic;
  /// Events to leave out: what was dropped while it was parked is still in the topic.
  std::vector<Uuid> skip{};
  Instant now;
  std::chrono::milliseconds limit;
};

/// Empties what the topic's projections fill (`Subscription::tables`) and fills it again from the
/// topic's beginning up to where the inbox is, in one transaction; how many events were applied.
/// Effects are not run. It may run beside a live inbox, which waits meanwhile and then goes on.
/// Parked events stay parked and are not applied. Errors, with nothing changed: `not-subscribed`;
/// `no-projection` (effects only); `topic-truncated` when the topic does not go back to the first
/// event of every key although it should; `topic-not-read` when the brokers do not give the whole
/// topic within `limit`; what a handler refuses.
Result<std::int64_t> rebuild(db::Session& session, const bus::Cluster& cluster,
                             const std::vector<Subscription>& subscriptions,
                             const RebuildOptions& options);

}  // namespace ambula::outbox

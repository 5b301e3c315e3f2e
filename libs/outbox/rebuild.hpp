#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

#include <ambula/base/result.hpp>
#include <ambula/base/time.hpp>
#include <ambula/bus/cluster.hpp>
#include <ambula/db/session.hpp>
#include <ambula/outbox/inbox.hpp>

namespace ambula::outbox {

/// Empties the tables that the topic's projections fill (`Subscription::tables`) and fills them
/// again from the topic's beginning, in one transaction; how many events were applied. It may run
/// beside a live inbox, whose writes to these tables wait meanwhile. Parked events stay parked.
/// Errors, with nothing changed: `not-subscribed`; `has-effects` (a handler does more than project,
/// or names no tables); `topic-not-read` when the brokers do not give the whole topic within
/// `limit`; a handler's own error.
Result<std::int64_t> rebuild(db::Session& session, const bus::Cluster& cluster,
                             const std::vector<Subscription>& subscriptions,
                             std::string_view consumer, std::string_view topic, Instant now,
                             std::chrono::milliseconds limit);

}  // namespace ambula::outbox

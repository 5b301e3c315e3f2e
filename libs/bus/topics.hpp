#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/result.hpp>
#include <ambula/bus/cluster.hpp>

namespace ambula::bus {

/// One topic of the catalogue (docs/events.md). The catalogue is a contract between services, so it
/// stands here once.
struct Topic {
  std::string_view name;
  bool compacted{false};
  /// Kept for so long; empty = without end.
  std::optional<std::chrono::hours> retention{};
  /// Carries single-use secrets: its outbox rows are deleted once sent, its events are never
  /// parked.
  bool secret{false};
  /// Whether a jump in ce_aggregateversion is normal (compacted, or with a retention).
  bool gaps_allowed() const { return compacted || retention.has_value(); }
};

/// Every topic of Ambula.
std::span<const Topic> topics();
/// nullptr when it is not in the catalogue.
const Topic* find_topic(std::string_view name);

/// Creates the named topics with `partitions` (replication 1 unless `replication` says more) where
/// they are missing; existing ones are left alone.
Result<void> create_topics(const Cluster& cluster, std::span<const std::string_view> names,
                           int partitions, int replication, std::chrono::milliseconds limit);

}  // namespace ambula::bus

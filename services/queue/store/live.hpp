#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "entries.hpp"

// What live views are made of: the line as it stands, and its changes by number.
namespace ambula::queue::store {

struct Snapshot {
  std::int64_t change{0};  ///< the last one that is in it
  std::vector<Named> entries;
};
/// nullopt: no such queue.
std::optional<Snapshot> live_snapshot(db::Session& session, const Uuid& facility, const Uuid& queue,
                                      Instant now);

struct LiveChange {
  std::int64_t number{0};
  Named named;  ///< as it was then
};
/// Changes after `after` in their order, each number once.
std::vector<LiveChange> live_changes(db::Session& session, const Uuid& facility, const Uuid& queue,
                                     std::int64_t after, int limit);

struct LiveRange {
  std::int64_t last{0};
  std::int64_t first_kept{0};
};
std::optional<LiveRange> live_range(db::Session& session, const Uuid& facility, const Uuid& queue);

/// The last change of each of these queues.
std::vector<std::pair<Uuid, std::int64_t>> live_positions(db::Session& session,
                                                          const std::vector<Uuid>& queues);

}  // namespace ambula::queue::store

#pragma once

#include <optional>
#include <vector>

#include "entries.hpp"

// What live views are made of: the line as it stands, and its changes by number. A change gets its
// number when somebody looks: without gaps, those of one entry in their order, and never after a
// higher one was told (docs/adr/0007).
namespace ambula::queue::store {

struct Snapshot {
  std::int64_t change{0};  ///< the last one that is in it
  std::vector<Named> entries;
};
/// nullopt: no such queue.
std::optional<Snapshot> live_snapshot(db::Session& session, const Uuid& facility, const Uuid& queue,
                                      Instant now);

/// Numbers what was committed since; the number of the last change, 0 for no such queue.
std::int64_t number_changes(db::Session& session, const Uuid& facility, const Uuid& queue);

struct LiveChange {
  std::int64_t number{0};
  Named named;  ///< as it was then
};
/// Numbered changes after `after` in their order, each number once.
std::vector<LiveChange> live_changes(db::Session& session, const Uuid& facility, const Uuid& queue,
                                     std::int64_t after, int limit);

struct LiveRange {
  std::int64_t last{0};
  std::int64_t first_kept{0};
};
std::optional<LiveRange> live_range(db::Session& session, const Uuid& facility, const Uuid& queue);

struct LivePosition {
  Uuid queue_id;
  std::int64_t last{0};  ///< the last numbered change
  bool moved{false};     ///< there are others since
};
std::vector<LivePosition> live_positions(db::Session& session, const std::vector<Uuid>& queues);

}  // namespace ambula::queue::store

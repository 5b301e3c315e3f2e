#include "live.hpp"

#include <queue/sql.hpp>

#include "rows.hpp"

namespace ambula::queue::store {

std::optional<Snapshot> live_snapshot(db::Session& session, const Uuid& facility, const Uuid& queue,
                                      Instant now) {
  const auto rows = session.read(sql::live_snapshot, queue, facility, now);
  if (rows.empty()) return std::nullopt;
  Snapshot snapshot{rows.front().get<std::int64_t>("changes"), {}};
  for (const auto row : rows) {
    if (!row.is_null("id")) snapshot.entries.push_back(to_named(row));
  }
  return snapshot;
}

std::vector<LiveChange> live_changes(db::Session& session, const Uuid& facility, const Uuid& queue,
                                     std::int64_t after, int limit) {
  std::vector<LiveChange> changes;
  for (const auto row : session.read(sql::live_changes, queue, facility, after, limit))
    changes.push_back({row.get<std::int64_t>("number"), to_named(row)});
  return changes;
}

std::optional<LiveRange> live_range(db::Session& session, const Uuid& facility, const Uuid& queue) {
  const auto rows = session.read(sql::live_range, queue, facility);
  if (rows.empty()) return std::nullopt;
  return LiveRange{rows.front().get<std::int64_t>("changes"),
                   rows.front().get<std::int64_t>("first_kept")};
}

std::vector<std::pair<Uuid, std::int64_t>> live_positions(db::Session& session,
                                                          const std::vector<Uuid>& queues) {
  std::vector<std::pair<Uuid, std::int64_t>> positions;
  for (const auto row : session.read(sql::live_positions, queues))
    positions.emplace_back(row.get<Uuid>("id"), row.get<std::int64_t>("changes"));
  return positions;
}

}  // namespace ambula::queue::store

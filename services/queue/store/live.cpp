#include "live.hpp"

#include <queue/sql.hpp>

#include "rows.hpp"

namespace ambula::queue::store {

std::optional<Snapshot> live_snapshot(db::Session& session, const Uuid& facility, const Uuid& queue,
                                      Instant now) {
  return *session.transact([&](db::Transaction& tx) -> Result<std::optional<Snapshot>> {
    std::optional<Snapshot> snapshot;
    tx.exec(sql::lock_line, queue, facility);
    for (const auto row : tx.exec(sql::live_snapshot, queue, facility, now)) {
      if (!snapshot) snapshot.emplace().change = row.get<std::int64_t>("changes");
      if (!row.is_null("id")) snapshot->entries.push_back(to_named(row));
    }
    return snapshot;
  });
}

std::int64_t number_changes(db::Session& session, const Uuid& facility, const Uuid& queue) {
  return *session.transact([&](db::Transaction& tx) -> Result<std::int64_t> {
    tx.exec(sql::lock_line, queue, facility);
    const auto rows = tx.exec(sql::number_changes, queue, facility);
    return rows.empty() ? 0 : rows.front().get<std::int64_t>("changes");
  });
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

std::vector<LivePosition> live_positions(db::Session& session, const std::vector<Uuid>& queues) {
  std::vector<LivePosition> positions;
  for (const auto row : session.read(sql::live_positions, queues))
    positions.push_back(
        {row.get<Uuid>("id"), row.get<std::int64_t>("changes"), row.get<bool>("moved")});
  return positions;
}

}  // namespace ambula::queue::store

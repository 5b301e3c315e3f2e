#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <ambula/db/session.hpp>

#include "audit/domain/row.hpp"

namespace ambula::audit::store {

/// Within somebody else's transaction (a sign-in and its row commit together).
void insert(db::Transaction& tx, std::span<const Row> rows);
/// Commits by itself.
Result<void> insert(db::Session& session, std::span<const Row> rows);

struct Filter {
  std::optional<Uuid> facility_id;  ///< rows of the facility and of the whole installation
  std::optional<Uuid> patient_id;
  std::optional<Uuid> actor_id;
  std::optional<std::string> action;
  std::optional<Instant> from;
  std::optional<Instant> to;
};
/// The last row given out.
using After = std::optional<std::pair<Instant, Uuid>>;
/// Newest first.
std::vector<Row> list(db::Session& session, const Filter& filter, const After& after, int limit);

/// The facility's zone; UTC for the whole installation.
std::string zone_of(db::Session& session, const Uuid& facility);

}  // namespace ambula::audit::store

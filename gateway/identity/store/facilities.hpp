#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ambula/db/session.hpp>
#include <ambula/outbox/outbox.hpp>

#include "identity/domain/facility.hpp"

namespace ambula::identity::store {

void insert(db::Transaction& tx, const domain::Facility& facility, const outbox::Events& events);
std::optional<domain::Facility> lock_facility(db::Transaction& tx, const Uuid& id);
/// The new version.
std::int64_t save(db::Transaction& tx, const domain::Facility& facility,
                  const outbox::Events& events);
std::optional<domain::Facility> get_facility(db::Session& session, const Uuid& id);

std::optional<domain::Facility> get_facility(db::Transaction& tx, const Uuid& id);

using TextCursor = std::optional<std::pair<std::string, Uuid>>;
/// In the order (code, id).
std::vector<domain::Facility> list_facilities(db::Session& session, const TextCursor& after,
                                              int limit);
/// Whether each of them exists.
bool facilities_exist(db::Transaction& tx, const std::vector<Uuid>& ids);

/// Held to the end of the transaction: only one process makes the first facility and account.
void lock_first_start(db::Transaction& tx);
std::optional<Uuid> first_facility(db::Transaction& tx);

}  // namespace ambula::identity::store

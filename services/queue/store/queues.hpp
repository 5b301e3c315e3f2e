#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ambula/base/result.hpp>
#include <ambula/db/session.hpp>
#include <ambula/outbox/outbox.hpp>

#include "queue/domain/entry.hpp"

namespace ambula::queue::store {

/// Whether another queue of the facility has its code or name.
bool is_taken(db::Transaction& tx, const domain::Queue& queue);
/// False: it is open already (the same id, or the code is taken).
bool open(db::Transaction& tx, const domain::Queue& queue, const outbox::Events& events);
std::optional<domain::Queue> lock_queue(db::Transaction& tx, const Uuid& facility, const Uuid& id);
std::int64_t save(db::Transaction& tx, const domain::Queue& queue, const outbox::Events& events);
std::optional<domain::Queue> get_queue(db::Session& session, const Uuid& facility, const Uuid& id);
std::optional<domain::Queue> get_queue(db::Transaction& tx, const Uuid& facility, const Uuid& id);
/// In the order (code, id).
std::vector<domain::Queue> list_queues(db::Session& session, const Uuid& facility,
                                       std::optional<Uuid> department,
                                       std::optional<domain::Kind> kind,
                                       const std::optional<std::pair<std::string, Uuid>>& after,
                                       int limit);
/// The department's first queue of a kind.
std::optional<domain::Queue> first_queue(db::Transaction& tx, const Uuid& facility,
                                         const Uuid& department, domain::Kind kind);
bool department_exists(db::Session& session, const Uuid& facility, const Uuid& department);
std::optional<domain::Queue> queue_of_board(db::Session& session, std::string_view board_token);

/// Facility settings that queues obey.
struct Settings {
  std::string zone;
  int max_calls{3};
  int staging_factor{6};
};
std::optional<Settings> settings(db::Session& session, const Uuid& facility);
std::optional<Settings> settings(db::Transaction& tx, const Uuid& facility);

}  // namespace ambula::queue::store

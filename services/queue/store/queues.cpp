#include "queues.hpp"

#include <queue/sql.hpp>

#include "rows.hpp"

namespace ambula::queue::store {
namespace {

std::optional<domain::Queue> queue_in(const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return to_queue(rows.front());
}

std::optional<Settings> first_settings(const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return to_settings(rows.front());
}

}  // namespace

bool is_taken(db::Transaction& tx, const domain::Queue& queue) {
  return tx.exec(sql::is_queue_taken, queue.facility_id, queue.id, queue.code, queue.name)
      .front()
      .get<bool>("taken");
}

bool open(db::Transaction& tx, const domain::Queue& queue, const outbox::Events& events) {
  return !tx.exec(sql::open_queue, queue.id, queue.facility_id, queue.department_id, queue.code,
                  queue.name, to_string(queue.kind), queue.board_token, queue.created_at,
                  queue.created_by, events)
              .empty();
}

std::optional<domain::Queue> lock_queue(db::Transaction& tx, const Uuid& facility, const Uuid& id) {
  return queue_in(tx.exec(sql::lock_queue, id, facility));
}

std::int64_t save(db::Transaction& tx, const domain::Queue& queue, const outbox::Events& events) {
  return tx
      .exec(sql::save_queue, queue.id, queue.facility_id, queue.name, queue.updated_at,
            queue.updated_by, events)
      .front()
      .get<std::int64_t>("version");
}

std::optional<domain::Queue> get_queue(db::Session& session, const Uuid& facility, const Uuid& id) {
  return queue_in(session.read(sql::get_queue, id, facility));
}

std::optional<domain::Queue> get_queue(db::Transaction& tx, const Uuid& facility, const Uuid& id) {
  return queue_in(tx.exec(sql::get_queue, id, facility));
}

std::vector<domain::Queue> list_queues(db::Session& session, const Uuid& facility,
                                       std::optional<Uuid> department,
                                       std::optional<domain::Kind> kind,
                                       const std::optional<std::pair<std::string, Uuid>>& after,
                                       int limit) {
  std::optional<std::string> code;
  std::optional<Uuid> id;
  if (after) std::tie(code, id) = *after;
  const auto kind_name = kind ? std::optional(std::string(to_string(*kind))) : std::nullopt;
  std::vector<domain::Queue> queues;
  for (const auto row :
       session.read(sql::list_queues, facility, department, kind_name, code, id, limit)) {
    queues.push_back(to_queue(row));
  }
  return queues;
}

std::optional<domain::Queue> first_queue(db::Transaction& tx, const Uuid& facility,
                                         const Uuid& department, domain::Kind kind) {
  return queue_in(tx.exec(sql::first_queue_of_kind, facility, department, to_string(kind)));
}

bool department_exists(db::Session& session, const Uuid& facility, const Uuid& department) {
  return !session.read(sql::get_department, department, facility).empty();
}

std::optional<domain::Queue> queue_of_board(db::Session& session, std::string_view board_token) {
  return queue_in(session.read(sql::queue_of_board, board_token));
}

std::optional<Settings> settings(db::Session& session, const Uuid& facility) {
  return first_settings(session.read(sql::facility_settings, facility));
}

std::optional<Settings> settings(db::Transaction& tx, const Uuid& facility) {
  return first_settings(tx.exec(sql::facility_settings, facility));
}

}  // namespace ambula::queue::store

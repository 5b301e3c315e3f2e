#include <queue/sql.hpp>

#include <ambula/auth/password.hpp>

#include "check_in.hpp"
#include "handlers.hpp"
#include "queue/store/queues.hpp"

namespace ambula::queue::events {
namespace {

constexpr int board_token_bytes = 24;

/// The same department and kind give the same id, so that a replay opens nothing twice.
Uuid queue_id(const Uuid& department, domain::Kind kind) {
  auto bytes = department.bytes();
  bytes[15] = static_cast<std::uint8_t>(bytes[15] ^ (0x40U + static_cast<unsigned>(kind)));
  bytes[14] = static_cast<std::uint8_t>(bytes[14] ^ 0xA5U);
  return Uuid(bytes);
}

domain::Queue queue_of(const outbox::Delivery& delivery, const DepartmentFact& fact,
                       domain::Kind kind) {
  static constexpr std::string_view code_ends[] = {"", "-E", "-S"};
  static constexpr std::string_view name_ends[] = {"", ", emergency", ", staging"};
  const auto index = static_cast<std::size_t>(kind);
  domain::Queue queue;
  queue.id = queue_id(fact.id, kind);
  queue.facility_id = *delivery.event.facility_id;
  queue.department_id = fact.id;
  queue.code = fact.code + std::string(code_ends[index]);
  queue.name = fact.name + std::string(name_ends[index]);
  queue.kind = kind;
  queue.board_token = auth::random_token(board_token_bytes);
  queue.created_at = queue.updated_at = delivery.now;
  queue.created_by = queue.updated_by = delivery.event.actor_id.value_or(Uuid{});
  return queue;
}

bool is_open(const outbox::Delivery& delivery, const domain::Queue& queue) {
  outbox::Events events(delivery.cause());
  events.add("QueueOpened", encode_queue(queue));
  return store::open(delivery.tx, queue, events) ||
         store::get_queue(delivery.tx, queue.facility_id, queue.id);
}

/// Codes of departments change and return, those of queues stay: a taken one gets a number, because
/// a department without its queue would lose who checks in.
void open(const outbox::Delivery& delivery, domain::Queue queue) {
  const auto code = queue.code;
  for (int n = 2; !is_open(delivery, queue); ++n)
    queue.code = code + "-" + std::to_string(n);
}

}  // namespace

Result<void> on_department(outbox::Delivery& delivery) {
  if (delivery.event.tombstone || !delivery.event.facility_id) return {};
  const auto fact = decode_department(delivery.event.data);
  if (!fact) return fact.error();
  delivery.tx.exec(sql::project_department, fact->id, delivery.event.facility_id, fact->name,
                   fact->active);
  return {};
}

Result<void> open_queues(outbox::Delivery& delivery) {
  if (delivery.event.tombstone || !delivery.event.facility_id) return {};
  const auto fact = decode_department(delivery.event.data);
  if (!fact) return fact.error();
  for (const auto kind : {domain::Kind::regular, domain::Kind::emergency, domain::Kind::staging}) {
    open(delivery, queue_of(delivery, *fact, kind));
  }
  return {};
}

}  // namespace ambula::queue::events

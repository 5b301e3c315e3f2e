#include <ambula/auth/password.hpp>

#include "codec.hpp"
#include "handlers.hpp"
#include "queue/events/codec.hpp"
#include "turns.hpp"

// Queues and calling the next patient [QUE-4].
namespace ambula::queue::api {
namespace {

constexpr int board_token_bytes = 24;

Error taken() {
  return conflict("already-exists", "A queue has this code or name already.");
}

}  // namespace

Result<Answer> list_queues(Call& call) {
  auto query = call.query();
  const auto department = query.uuid("department_id");
  std::optional<domain::Kind> kind;
  if (const auto chosen = query.choice("kind", kind_names))
    kind = static_cast<domain::Kind>(*chosen);
  const auto page = query.page(2);
  if (auto fault = query.finish()) return *fault;
  std::optional<std::pair<std::string, Uuid>> after;
  if (page.after) after = {(*page.after)[0], Uuid::parse((*page.after)[1]).value_or(Uuid{})};
  auto queues =
      store::list_queues(call.session(), call.facility(), department, kind, after, page.limit + 1);
  std::optional<service::Cursor> next;
  if (queues.size() > static_cast<std::size_t>(page.limit)) {
    queues.pop_back();
    next = service::Cursor{queues.back().code, queues.back().id.str()};
  }
  std::vector<std::string> items;
  for (const auto& queue : queues)
    items.push_back(encode(queue));
  return service::ok(service::page_body(items, next, page));
}

Result<Answer> get_queue(Call& call) {
  const auto queue = store::get_queue(call.session(), call.facility(), call.id());
  if (!queue) return not_found("queue");
  return service::ok(encode(*queue), queue->version);
}

/// More queues of a kind; events use the department's first.
Result<Answer> create_queue(Call& call) {
  const auto input = decode_queue(call.body());
  if (!input) return input.error();
  if (!store::department_exists(call.session(), call.facility(), input->department_id))
    return call.unknown("department", input->department_id);
  domain::Queue queue;
  queue.id = Uuid::make(call.now());
  queue.facility_id = call.facility();
  queue.department_id = input->department_id;
  queue.code = input->code;
  queue.name = input->name;
  queue.kind = input->kind;
  queue.board_token = auth::random_token(board_token_bytes);
  queue.created_at = queue.updated_at = call.now();
  queue.created_by = queue.updated_by = call.actor();
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    auto events = call.events();
    events.add("QueueOpened", events::encode_queue(queue));
    if (store::is_taken(tx, queue) || !store::open(tx, queue, events)) return taken();
    return service::created("/v1/queues/" + queue.id.str(), encode(queue));
  });
}

Result<Answer> update_queue(Call& call) {
  const auto name = patch_queue(call.body());
  if (!name) return name.error();
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    auto queue = store::lock_queue(tx, call.facility(), call.id());
    if (!queue) return not_found("queue");
    if (auto current = call.check_version(queue->version); !current) return current.error();
    if (!*name || queue->name == **name) return service::ok(encode(*queue), queue->version);
    queue->name = **name;
    if (store::is_taken(tx, *queue)) return taken();
    queue->updated_at = call.now();
    queue->updated_by = call.actor();
    auto events = call.events();
    events.add("QueueUpdated", events::encode_queue(*queue));
    queue->version = store::save(tx, *queue, events);
    return service::ok(encode(*queue), queue->version);
  });
}

/// The first in order that nobody else is calling; 204 when nobody waits.
Result<Answer> call_next(Call& call) {
  const auto input = decode_call_next(call.body());
  if (!input) return input.error();
  const bool own = is_doctor_only(call);
  const auto doctor = call.principal().doctor_id;
  if (own && (!doctor || (input->doctor_id && input->doctor_id != doctor)))
    return forbidden("not-on-your-list", "Doctors call for themselves.");
  if (!own && input->doctor_id &&
      !store::doctor(call.session(), call.facility(), *input->doctor_id))
    return call.unknown("doctor", *input->doctor_id);
  const store::NextCall order{.facility = call.facility(),
                              .queue = call.id(),
                              .doctor = own ? doctor : input->doctor_id,
                              .now = call.now(),
                              .room = input->room,
                              .own_department_only = own,
                              .actor = call.actor(),
                              .event_id = Uuid::make(call.now()),
                              .traceparent = act_of(call).cause.traceparent};
  const auto tell = [](const std::optional<store::Named>& called) {
    return called ? answer(called->entry, called->names) : service::no_content();
  };
  auto done = call.request().headers.get("idempotency-key")
                  ? call.transact([&](db::Transaction& tx) -> Result<Answer> {
                      return tell(store::call_next(tx, order));
                    })
                  : call.run_once([&]() -> Result<Answer> {
                      const auto called = store::call_next(call.session(), order);
                      if (!called) return called.error();
                      return tell(*called);
                    });
  if (done && done->status == 204 && !store::get_queue(call.session(), call.facility(), call.id()))
    return not_found("queue");
  return done;
}

}  // namespace ambula::queue::api

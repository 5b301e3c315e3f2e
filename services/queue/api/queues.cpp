#include <ambula/base/zone.hpp>

#include "codec.hpp"
#include "handlers.hpp"
#include "queue/events/codec.hpp"
#include "turns.hpp"

// Queues and calling the next patient [QUE-4].
namespace ambula::queue::api {
namespace {

const std::vector<std::string_view> kind_names = {"REGULAR", "EMERGENCY", "STAGING"};

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
  return service::ok(service::page_body(items, next));
}

Result<Answer> get_queue(Call& call) {
  const auto queue = store::get_queue(call.session(), call.facility(), call.id());
  if (!queue) return not_found("queue");
  return service::ok(encode(*queue), queue->version);
}

Result<Answer> update_queue(Call& call) {
  const auto name = patch_queue(call.body());
  if (!name) return name.error();
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    auto queue = store::lock_queue(tx, call.facility(), call.id());
    if (!queue) return not_found("queue");
    if (auto current = call.check_version(queue->version); !current) return current.error();
    queue->name = *name;
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
  auto input = decode_call_next(call.body());
  if (!input) return input.error();
  if (is_doctor_only(call)) {
    const auto own = call.principal().doctor_id;
    if (!own || (input->doctor_id && input->doctor_id != own)) {
      return forbidden("not-on-your-list", "Doctors call for themselves.");
    }
    input->doctor_id = own;
  }
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    const auto settings = store::settings(tx, call.facility());
    if (!settings || !store::get_queue(tx, call.facility(), call.id())) return not_found("queue");
    const auto today = local_date(settings->zone, call.now());
    const auto locked = store::lock_next(tx, call.facility(), call.id(), input->doctor_id, today);
    if (!locked) return service::no_content();
    auto decision = decide(locked->entry, domain::Call{settings->max_calls, input->room});
    // Returned after the last call it may have: nobody is left hanging in the line.
    if (!decision)
      decision = domain::Decision{{.kind = domain::EventKind::no_show, .reason = "max-calls"}};
    return settle(call, tx, locked->entry, *decision);
  });
}

}  // namespace ambula::queue::api

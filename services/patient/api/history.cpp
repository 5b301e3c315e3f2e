#include "patient/store/history.hpp"

#include "access.hpp"
#include "codec.hpp"
#include "handlers.hpp"
#include "patient/store/patients.hpp"

// The time line of a patient [PAT-5].
namespace ambula::patient::api {
namespace {

using Position = std::pair<Instant, Uuid>;

std::optional<Position> history_cursor(service::Query& query, const service::PageRequest& page) {
  if (!page.after) return std::nullopt;
  const auto at = parse_instant((*page.after)[0]);
  const auto event_id = Uuid::parse((*page.after)[1]);
  if (at && event_id) return Position{*at, *event_id};
  query.fault("cursor", "format", "Must be a cursor of an earlier answer of this list.");
  return std::nullopt;
}

}  // namespace

Result<Answer> list_history(Call& call) {
  auto query = call.query();
  const auto page = query.page(2);
  const auto before = history_cursor(query, page);
  if (auto fault = query.finish()) return *fault;
  const auto facility = store::facility(call.session(), call.facility());
  const auto patient = store::get(call.session(), call.facility(), call.id());
  if (!facility || !patient) return not_found("patient");
  const auto kinds = kinds_for(call, patient->id);
  if (!kinds) return kinds.error();

  auto items =
      store::history(call.session(), call.facility(), patient->id, *kinds, before, page.limit + 1);
  std::optional<service::Cursor> next;
  if (items.size() > static_cast<std::size_t>(page.limit)) {
    items.pop_back();
    const auto& last = items.back().item;
    next = service::Cursor{format_instant(last.at), last.event_id.str()};
  }
  std::vector<std::string> encoded;
  for (const auto& item : items)
    encoded.push_back(encode(item, facility->zone));
  return service::about(service::ok(service::page_body(encoded, next, page)), {patient->id});
}

}  // namespace ambula::patient::api

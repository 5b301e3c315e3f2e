#include "codec.hpp"
#include "handlers.hpp"
#include "scheduling/store/appointments.hpp"
#include "scheduling/store/directory.hpp"

// Free times of a doctor [SCH-4].
namespace ambula::scheduling::api {
namespace {

constexpr std::chrono::days window_max{60};

/// Continues behind the last slot of the page before.
bool comes_after(const domain::Slot& slot, const domain::Slot& last) {
  return std::tie(slot.time.from, slot.doctor_id) > std::tie(last.time.from, last.doctor_id);
}

}  // namespace

Result<Answer> doctor_slots(Call& call) {
  auto query = call.query();
  const auto from = query.instant("from");
  const auto to = query.instant("to");
  const auto duration = query.integer("duration_min", 15, 180);
  const auto page = query.page(2);
  if (!from) query.fault("from", "required", "Give the first instant.");
  if (!to) query.fault("to", "required", "Give the instant behind the last.");
  if (from && to && (*to <= *from || *to - *from > window_max)) {
    query.fault("to", "range", "Must be after `from`, at most 60 days.");
  }
  if (auto fault = query.finish()) return *fault;

  const auto doctor = store::get_doctor(call.session(), call.facility(), call.id());
  if (!doctor) return not_found("doctor");
  const auto rules = store::rules(call.session(), call.facility());
  if (!rules) return call.unknown("facility", call.facility());

  TimeRange window{std::max(*from, call.now()), *to};
  std::optional<domain::Slot> last;
  if (page.after) {
    const auto at = parse_instant((*page.after)[0]);
    if (!at)
      return Error{
          ErrorKind::malformed, "invalid-request", "The cursor is not of this list.", {}, {}};
    last = domain::Slot{Uuid::parse((*page.after)[1]).value_or(Uuid{}), {*at, *at}};
    window.from = std::max(window.from, *at);
  }
  if (window.empty()) return service::ok(service::page_body({}, std::nullopt));
  const auto calendars =
      store::calendars(call.session(), call.facility(), {.doctor_id = doctor->id}, window,
                       domain::seats_for(std::nullopt, *rules));
  const auto wanted = duration ? std::optional(std::chrono::minutes{*duration}) : std::nullopt;
  // Two more than fit: the cursor's own slot may come again, and one tells whether there is a next
  // page.
  const auto slots = domain::free_slots(calendars, rules->zone, window, wanted,
                                        static_cast<std::size_t>(page.limit) + 2);
  std::vector<std::string> items;
  std::optional<service::Cursor> next;
  const domain::Slot* given = nullptr;
  for (const auto& slot : slots) {
    if (last && !comes_after(slot, *last)) continue;
    if (items.size() == static_cast<std::size_t>(page.limit)) {
      next = service::Cursor{format_instant(given->time.from), given->doctor_id.str()};
      break;
    }
    items.push_back(encode_slot(slot));
    given = &slot;
  }
  return service::ok(service::page_body(items, next));
}

}  // namespace ambula::scheduling::api

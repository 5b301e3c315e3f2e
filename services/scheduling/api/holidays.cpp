#include <algorithm>

#include "codec.hpp"
#include "disrupt.hpp"
#include "handlers.hpp"
#include "scheduling/events/codec.hpp"
#include "scheduling/store/appointments.hpp"
#include "scheduling/store/hours.hpp"

// Days on which the whole facility is closed [SCH-3].
namespace ambula::scheduling::api {
namespace {

/// What a change of the holidays is; answers the day that it concerns.
using HolidayChange = std::function<Result<Date>(db::Transaction& tx)>;

using HolidayAnswer =
    std::function<Answer(db::Transaction& tx, const domain::Rules& rules, const Effects& effects)>;

/// Every doctor's hours change with a holiday, and each tells it.
Result<Answer> change_holidays(Call& call, const HolidayChange& change, std::string_view reason,
                               const HolidayAnswer& to_answer) {
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    const auto rules = store::lock_facility(tx, call.facility());
    if (!rules) return call.unknown("facility", call.facility());
    const auto date = change(tx);
    if (!date) return date.error();
    auto doctors = store::lock_doctors(tx, call.facility());
    store::read_exceptions(tx, call.facility(), doctors, call.now());
    auto events = call.events();
    for (const auto& doctor : doctors)
      events.add("DoctorHoursChanged", events::encode_doctor(doctor));
    store::save_facility_hours(tx, call.facility(), doctors, call.now(), call.actor(), events);

    const auto day = local_day(rules->zone, *date);
    std::vector<domain::Appointment> lost;
    for (auto& visit : store::visits_to_come(tx, call.facility(), {}, call.now(), day)) {
      const auto doctor = std::find_if(doctors.begin(), doctors.end(),
                                       [&](const auto& one) { return one.id == visit.doctor_id; });
      if (!is_covered(doctor->availability, rules->zone, visit.time))
        lost.push_back(std::move(visit));
    }
    auto answer =
        to_answer(tx, *rules, disrupt(call, tx, *rules, {{}, day, std::string(reason)}, lost));
    answer.resource = "facility/" + call.facility().str();
    answer.changed = {"holidays"};
    return answer;
  });
}

}  // namespace

Result<Answer> list_holidays(Call& call) {
  auto query = call.query();
  const auto from = query.date("from");
  const auto to = query.date("to");
  const auto page = query.page(2);
  if (page.after && !parse_date((*page.after)[0]))
    query.fault("cursor", "format", "Must be a cursor of an earlier answer of this list.");
  if (auto fault = query.finish()) return *fault;
  std::optional<std::pair<Date, Uuid>> after;
  if (page.after)
    after = {*parse_date((*page.after)[0]), Uuid::parse((*page.after)[1]).value_or(Uuid{})};
  auto found =
      store::list_holidays(call.session(), call.facility(), from, to, after, page.limit + 1);
  std::optional<service::Cursor> next;
  if (found.size() > static_cast<std::size_t>(page.limit)) {
    found.pop_back();
    const auto& last = found.back().holiday;
    next = service::Cursor{format_date(last.date), last.id.str()};
  }
  std::vector<std::string> items;
  for (const auto& record : found)
    items.push_back(encode(record));
  return service::ok(service::page_body(items, next, page));
}

Result<Answer> create_holiday(Call& call) {
  const auto input = decode_holiday(call.body());
  if (!input) return input.error();
  const domain::HolidayRecord record{.holiday = {Uuid::make(call.now()), input->date},
                                     .facility_id = call.facility(),
                                     .name = input->name,
                                     .created_at = call.now(),
                                     .created_by = call.actor()};
  return change_holidays(
      call,
      [&](db::Transaction& tx) -> Result<Date> {
        store::insert(tx, record);
        return record.holiday.date;
      },
      "Holiday: " + record.name,
      [&](db::Transaction&, const domain::Rules&, const Effects& effects) {
        return service::created(
            "/v1/holidays/" + record.holiday.id.str(),
            with_effects(encode(record), effects.affected, effects.disruption_id));
      });
}

Result<Answer> delete_holiday(Call& call) {
  Date withdrawn;
  return change_holidays(
      call,
      [&](db::Transaction& tx) -> Result<Date> {
        const auto deleted = store::delete_holiday(tx, call.facility(), call.id("item"));
        if (!deleted) return not_found("holiday");
        if (auto current = call.check_version(1); !current) return current.error();
        withdrawn = deleted->holiday.date;
        return withdrawn;
      },
      "Holiday withdrawn",
      [&](db::Transaction& tx, const domain::Rules& rules, const Effects&) {
        // Somebody may wait for a time of that day [SCH-10].
        store::free_time(tx, call.facility(), {}, local_day(rules.zone, withdrawn));
        return service::no_content();
      });
}

}  // namespace ambula::scheduling::api

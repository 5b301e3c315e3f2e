#include "codec.hpp"
#include "disrupt.hpp"
#include "handlers.hpp"
#include "scheduling/events/codec.hpp"
#include "scheduling/store/appointments.hpp"
#include "scheduling/store/directory.hpp"
#include "scheduling/store/disruptions.hpp"
#include "scheduling/store/hours.hpp"
#include "visits.hpp"

// When a doctor sees patients: weekly hours and exceptions [SCH-3], and what the desk hears of an
// absence [SCH-10].
namespace ambula::scheduling::api {
namespace {

/// Doctors manage their own hours; administrators everybody's.
Result<void> check_owner(const Call& call, const Uuid& doctor) {
  const auto& principal = call.principal();
  if (principal.has_role(auth::Role::admin) || principal.doctor_id == doctor) return {};
  return forbidden("forbidden", "Doctors manage their own hours.");
}

/// What a change of one doctor's hours is.
struct Change {
  /// Alters the locked doctor or rows beside it; may refuse.
  std::function<Result<void>(db::Transaction& tx, domain::Doctor& doctor)> run;
  /// Where visits may have lost their time, and why.
  std::function<Occasion(const domain::Doctor& doctor)> occasion;
  /// Whether it gives time, which somebody may wait for.
  bool gives{false};
  std::function<Answer(db::Transaction& tx, const domain::Doctor& doctor, const Effects& effects)>
      answer;
  std::string field;
};

/// The course of every change of hours: lock, change, raise hours_version, tell, and open a
/// disruption for the visits that no session covers any more. It is never refused for their sake.
Result<Answer> change_hours(Call& call, const Uuid& doctor_id, const Change& change) {
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    auto doctor = store::lock_doctor(tx, call.facility(), doctor_id);
    if (!doctor) return not_found("doctor");
    if (auto done = change.run(tx, *doctor); !done) return done.error();
    store::read_exceptions(tx, call.facility(), {&*doctor, 1}, call.now());
    doctor->record.updated_at = call.now();
    doctor->record.updated_by = call.actor();
    auto events = call.events();
    events.add("DoctorHoursChanged", events::encode_doctor(*doctor));
    doctor->hours_version = store::save_hours(tx, *doctor, events);

    const auto occasion = change.occasion(*doctor);
    const auto rules = store::rules(tx, call.facility());
    std::vector<domain::Appointment> lost;
    for (auto& visit :
         store::visits_to_come(tx, call.facility(), doctor->id, call.now(), occasion.span)) {
      if (!is_covered(doctor->availability, doctor->zone, visit.time))
        lost.push_back(std::move(visit));
    }
    if (change.gives) store::free_time(tx, call.facility(), doctor->id, occasion.span);
    auto answer = change.answer(tx, *doctor, disrupt(call, tx, *rules, occasion, lost));
    answer.resource = "doctor/" + doctor->id.str();
    answer.changed = {change.field};
    return answer;
  });
}

/// The same for the doctor of the path, by whom the hours are.
Result<Answer> change_own_hours(Call& call, const Change& change) {
  if (auto owner = check_owner(call, call.id()); !owner) {
    if (!store::get_doctor(call.session(), call.facility(), call.id())) return not_found("doctor");
    return owner.error();
  }
  return change_hours(call, call.id(), change);
}

/// A doctor's weekly slot length, for extra sessions that name none.
std::chrono::minutes usual_slot(const domain::Doctor& doctor) {
  if (doctor.availability.weekly.empty()) return domain::visit_min;
  return doctor.availability.weekly.front().slot;
}

std::string reason_of(const domain::ExceptionRecord& record) {
  return record.reason.value_or("Leave");
}

}  // namespace

Result<Answer> get_availability(Call& call) {
  const auto doctor = store::get_doctor(call.session(), call.facility(), call.id());
  if (!doctor) return not_found("doctor");
  return service::ok(encode_availability(*doctor), doctor->hours_version);
}

Result<Answer> put_availability(Call& call) {
  const auto availability = decode_availability(call.body());
  if (!availability) return availability.error();
  return change_own_hours(
      call, {.run = [&](db::Transaction&, domain::Doctor& doctor) -> Result<void> {
               doctor.availability = *availability;
               return call.check_version(doctor.hours_version);
             },
             .occasion =
                 [&](const domain::Doctor& doctor) {
                   return Occasion{doctor.id, {call.now(), Instant::max()}, "New weekly hours"};
                 },
             .gives = true,
             .answer =
                 [](db::Transaction&, const domain::Doctor& doctor, const Effects& effects) {
                   return service::ok(with_effects(encode_availability(doctor), effects.affected,
                                                   effects.disruption_id),
                                      doctor.hours_version);
                 },
             .field = "availability"});
}

Result<Answer> list_exceptions(Call& call) {
  auto query = call.query();
  const auto from = query.instant("from");
  const auto to = query.instant("to");
  const auto page = query.page(2);
  if (auto fault = query.finish()) return *fault;
  const auto after = time_cursor(page);
  if (!after) return after.error();
  if (!store::get_doctor(call.session(), call.facility(), call.id())) return not_found("doctor");
  auto found = store::list_exceptions(call.session(), call.facility(), call.id(), from, to, *after,
                                      page.limit + 1);
  std::optional<service::Cursor> next;
  if (found.size() > static_cast<std::size_t>(page.limit)) {
    found.pop_back();
    const auto& last = found.back().exception;
    next = service::Cursor{format_instant(last.time.from), last.id.str()};
  }
  std::vector<std::string> items;
  for (const auto& record : found)
    items.push_back(encode(record));
  return service::ok(service::page_body(items, next, page));
}

Result<Answer> create_exception(Call& call) {
  const auto input = decode_exception(call.body());
  if (!input) return input.error();
  domain::ExceptionRecord record{.exception = {Uuid::make(call.now()), input->kind, {}, {}},
                                 .facility_id = call.facility(),
                                 .doctor_id = call.id(),
                                 .reason = input->reason,
                                 .created_at = call.now(),
                                 .created_by = call.actor()};
  return change_own_hours(
      call,
      {.run = [&](db::Transaction& tx, domain::Doctor& doctor) -> Result<void> {
         record.exception.time = input->date ? local_day(doctor.zone, *input->date) : input->time;
         record.exception.slot = input->slot.value_or(usual_slot(doctor));
         if (auto valid = validate(record.exception); !valid) return valid.error();
         store::insert(tx, record);
         return {};
       },
       .occasion =
           [&](const domain::Doctor& doctor) {
             return Occasion{doctor.id, record.exception.time, reason_of(record)};
           },
       .gives = input->kind == domain::ExceptionKind::extra,
       .answer =
           [&](db::Transaction&, const domain::Doctor& doctor, const Effects& effects) {
             return service::created(
                 "/v1/doctors/" + doctor.id.str() + "/exceptions/" + record.exception.id.str(),
                 with_effects(encode(record), effects.affected, effects.disruption_id));
           },
       .field = "exceptions"});
}

Result<Answer> delete_exception(Call& call) {
  std::optional<domain::ExceptionRecord> deleted;
  return change_own_hours(
      call, {.run = [&](db::Transaction& tx, domain::Doctor& doctor) -> Result<void> {
               deleted = store::delete_exception(tx, call.facility(), doctor.id, call.id("item"));
               if (!deleted) return not_found("exception");
               return call.check_version(1);
             },
             .occasion =
                 [&](const domain::Doctor& doctor) {
                   return Occasion{doctor.id, deleted->exception.time, "Extra session withdrawn"};
                 },
             .gives = true,
             .answer = [](db::Transaction&, const domain::Doctor&,
                          const Effects&) { return service::no_content(); },
             .field = "exceptions"});
}

Result<Answer> create_disruption(Call& call) {
  const auto input = decode_disruption(call.body());
  if (!input) return input.error();
  const domain::ExceptionRecord leave{
      .exception = {Uuid::make(call.now()), domain::ExceptionKind::leave, input->span,
                    domain::visit_min},
      .facility_id = call.facility(),
      .doctor_id = input->doctor_id,
      .reason = input->reason,
      .created_at = call.now(),
      .created_by = call.actor()};
  return change_hours(
      call, input->doctor_id,
      {.run = [&](db::Transaction& tx, domain::Doctor&) -> Result<void> {
         if (auto valid = validate(leave.exception); !valid) return valid.error();
         store::insert(tx, leave);
         return {};
       },
       .occasion =
           [&](const domain::Doctor& doctor) {
             return Occasion{doctor.id, input->span, input->reason};
           },
       .gives = false,
       .answer =
           [&](db::Transaction& tx, const domain::Doctor&, const Effects& effects) {
             const auto disruption =
                 effects.disruption_id
                     ? store::lock_disruption(tx, call.facility(), *effects.disruption_id)
                           ->disruption
                     : store_settled(call, tx, {input->doctor_id, input->span, input->reason});
             return service::created("/v1/disruptions/" + disruption.id.str(), encode(disruption),
                                     disruption.record.version);
           },
       .field = "exceptions"});
}

}  // namespace ambula::scheduling::api

#include "codec.hpp"
#include "handlers.hpp"
#include "scheduling/events/codec.hpp"
#include "scheduling/store/appointments.hpp"
#include "scheduling/store/directory.hpp"

// Weekly hours of a doctor [SCH-3].
namespace ambula::scheduling::api {
namespace {

/// Doctors manage their own hours; administrators everybody's.
Result<void> check_owner(const Call& call, const Uuid& doctor) {
  const auto& principal = call.principal();
  if (principal.has_role(auth::Role::admin) || principal.doctor_id == doctor) return {};
  return forbidden("forbidden", "Doctors manage their own hours.");
}

/// Visits to come that no session covers any more.
std::vector<Uuid> stranded(db::Transaction& tx, const Call& call, const domain::Doctor& doctor,
                           std::string_view zone) {
  std::vector<Uuid> affected;
  for (const auto& visit : store::visits_to_come(tx, call.facility(), doctor.id, call.now())) {
    const auto sessions = sessions_on(doctor.availability, zone, local_date(zone, visit.time.from));
    if (!session_around(sessions, visit.time)) affected.push_back(visit.id);
  }
  return affected;
}

}  // namespace

Result<Answer> get_availability(Call& call) {
  const auto doctor = store::get_doctor(call.session(), call.facility(), call.id());
  if (!doctor) return not_found("doctor");
  const auto rules = store::rules(call.session(), call.facility());
  if (!rules) return call.unknown("facility", call.facility());
  return service::ok(encode_availability(*doctor, rules->zone), doctor->hours_version);
}

Result<Answer> put_availability(Call& call) {
  const auto availability = decode_availability(call.body());
  if (!availability) return availability.error();
  const auto rules = store::rules(call.session(), call.facility());
  if (!rules) return call.unknown("facility", call.facility());
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    auto doctor = store::lock_doctor(tx, call.facility(), call.id());
    if (!doctor) return not_found("doctor");
    if (auto owner = check_owner(call, doctor->id); !owner) return owner.error();
    if (auto current = call.check_version(doctor->hours_version); !current) return current.error();
    doctor->availability = *availability;
    doctor->record.updated_at = call.now();
    doctor->record.updated_by = call.actor();
    auto events = call.events();
    events.add("DoctorHoursChanged", events::encode_doctor(*doctor));
    doctor->hours_version = store::save_hours(tx, *doctor, events);
    const auto affected = stranded(tx, call, *doctor, rules->zone);
    auto answer =
        service::ok(encode_availability(*doctor, rules->zone, &affected), doctor->hours_version);
    answer.resource = "doctor/" + doctor->id.str();
    answer.changed = {"availability"};
    return answer;
  });
}

}  // namespace ambula::scheduling::api

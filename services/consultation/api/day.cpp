#include "consultation/store/day.hpp"

#include <ambula/service/csv.hpp>

#include "access.hpp"
#include "codec.hpp"
#include "handlers.hpp"

// A doctor's day in one call [CON-5], and how many visits took how long [REP-2].
namespace ambula::consultation::api {
namespace {

constexpr int figures_days_max = 366;

std::vector<Uuid> shown_patients(const store::DoctorDay& day) {
  std::vector<Uuid> patients;
  for (const auto& one : day.appointments)
    add_patient(patients, one.person.patient_id);
  for (const auto& one : day.queue)
    add_patient(patients, one.person.patient_id);
  for (const auto& one : day.drafts)
    add_patient(patients, one.person.patient_id);
  return patients;
}

Answer as_csv(std::vector<store::DoctorVisits> figures) {
  auto left = std::make_shared<std::vector<store::DoctorVisits>>(std::move(figures));
  return service::csv(
      "consultations.csv",
      {"doctor_id", "doctor", "visits", "visit_mean_min", "visit_p50_min", "visit_p90_min"},
      [left](db::Session&) {
        service::CsvLines lines;
        for (const auto& one : std::exchange(*left, {})) {
          lines.push_back({one.doctor_id.str(), one.display_name.value_or(""),
                           std::to_string(one.visits), format_minutes(one.mean_min),
                           format_minutes(one.p50_min), format_minutes(one.p90_min)});
        }
        return lines;
      });
}

}  // namespace

Result<Answer> doctor_day(Call& call) {
  const auto doctor = own_doctor(call);
  if (!doctor) return doctor.error();
  auto query = call.query();
  const auto date = query.date("date");
  if (auto fault = query.finish()) return *fault;
  const auto day = store::doctor_day(call.session(), call.facility(), *doctor, call.now(), date);
  if (!day) return call.unknown("facility", call.facility());
  return service::about(service::ok(encode(*doctor, *day)), shown_patients(*day));
}

Result<Answer> consultation_figures(Call& call) {
  auto query = call.query();
  const auto from = query.date("from");
  const auto to = query.date("to");
  const bool csv = query.csv();
  if (!from) query.fault("from", "required", "Must be given.");
  if (!to) query.fault("to", "required", "Must be given.");
  if (from && to &&
      (*to < *from || std::chrono::sys_days(*to) - std::chrono::sys_days(*from) >
                          std::chrono::days(figures_days_max)))
    query.fault("to", "range", "Must be from's day or up to 366 days later.");
  if (auto fault = query.finish()) return *fault;
  auto figures = store::consultation_figures(call.session(), call.facility(), *from, *to);
  if (csv) return as_csv(std::move(figures));
  return service::ok(encode_figures(*from, *to, figures));
}

}  // namespace ambula::consultation::api

#include "definition.hpp"

#include <consultation/migrations.hpp>
#include <consultation/sql.hpp>

#include "consultation/api/handlers.hpp"
#include "consultation/commands.hpp"
#include "consultation/events/handlers.hpp"
#include "consultation/jobs.hpp"
#include "consultation/store/constraints.hpp"

namespace ambula::consultation {

service::Definition definition() {
  using auth::Permission;
  using enum http::Method;
  using outbox::HandlerKind;
  using namespace std::chrono_literals;

  service::Definition d;
  d.name = "consultation";
  d.schema = "consultation";
  d.migrations = migrations;
  d.statements = sql::all;
  d.elsewhere_statement = &sql::is_elsewhere;
  d.constraints = store::constraints();
  d.topics = {"ambula.consultation.v1", "ambula.prescription.v1"};
  d.subscriptions = {
      {"ambula.facility.v1", HandlerKind::projection, events::on_facility, {"facility"}},
      {"ambula.patient.v1", HandlerKind::projection, events::on_patient, {"patient"}},
      {"ambula.visitor.v1", HandlerKind::projection, events::on_visitor, {"visitor"}},
      {"ambula.visitor.v1", HandlerKind::effect, events::identify_visitor},
      {"ambula.doctor.v1", HandlerKind::projection, events::on_doctor, {"doctor"}},
      {"ambula.appointment.v1", HandlerKind::projection, events::on_appointment, {"appointment"}},
      {"ambula.queue-entry.v1", HandlerKind::projection, events::on_queue_entry, {"queue_entry"}},
      {"ambula.queue-entry.v1", HandlerKind::effect, events::join_visit},
      {"ambula.medicine.v1", HandlerKind::projection, events::on_medicine, {"medicine"}},
      {"ambula.dispense.v1", HandlerKind::effect, events::on_dispense},
  };
  d.jobs = {
      {"expire-prescriptions", 60s, jobs::expire_prescriptions},
  };
  d.routes = {
      {get, "/v1/consultations", Permission::consultation_read, api::list_consultations},
      {post, "/v1/consultations", Permission::consultation_write, api::start_consultation},
      {get, "/v1/consultations/{id}", Permission::consultation_read, api::get_consultation},
      {patch, "/v1/consultations/{id}", Permission::consultation_write, api::update_consultation},
      {post, "/v1/consultations/{id}/complete", Permission::consultation_write,
       api::complete_consultation},
      {post, "/v1/consultations/{id}/cancel", Permission::consultation_write,
       api::cancel_consultation},
      {post, "/v1/consultations/{id}/addenda", Permission::consultation_write, api::add_addendum},
      {get, "/v1/diagnosis-codes", Permission::diagnosis_code_read, api::find_diagnosis_codes},
      {get, "/v1/prescriptions", Permission::prescription_read, api::list_prescriptions},
      {post, "/v1/prescriptions", Permission::prescription_write, api::create_prescription},
      {get, "/v1/prescriptions/{id}", Permission::prescription_read, api::get_prescription},
      {patch, "/v1/prescriptions/{id}", Permission::prescription_write, api::update_prescription},
      {post, "/v1/prescriptions/{id}/issue", Permission::prescription_write,
       api::issue_prescription},
      {post, "/v1/prescriptions/{id}/cancel", Permission::prescription_write,
       api::cancel_prescription},
      {get, "/v1/prescriptions/{id}/document.pdf", Permission::prescription_document,
       api::prescription_document},
      {get, "/v1/doctor-day", Permission::doctor_day, api::doctor_day},
      {get, "/v1/figures/consultations", Permission::consultation_figures,
       api::consultation_figures},
  };
  d.commands = commands();
  return d;
}

}  // namespace ambula::consultation

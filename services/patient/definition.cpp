#include "definition.hpp"

#include <patient/migrations.hpp>
#include <patient/sql.hpp>

#include "patient/api/handlers.hpp"
#include "patient/events/handlers.hpp"
#include "patient/store/constraints.hpp"

namespace ambula::patient {

service::Definition definition() {
  using auth::Permission;
  using enum http::Method;
  using outbox::HandlerKind;

  service::Definition d;
  d.name = "patient";
  d.schema = "patient";
  d.migrations = migrations;
  d.statements = sql::all;
  d.constraints = store::constraints();
  d.topics = {"ambula.patient.v1"};
  d.subscriptions = {
      {"ambula.facility.v1", HandlerKind::projection, events::on_facility},
      {"ambula.department.v1", HandlerKind::projection, events::on_department},
      {"ambula.doctor.v1", HandlerKind::projection, events::on_doctor},
      {"ambula.visitor.v1", HandlerKind::projection, events::on_visitor},
      {"ambula.appointment.v1", HandlerKind::projection, events::on_appointment},
      {"ambula.queue-entry.v1", HandlerKind::projection, events::on_queue_entry},
      {"ambula.consultation.v1", HandlerKind::projection, events::on_consultation},
      {"ambula.prescription.v1", HandlerKind::projection, events::on_prescription},
      {"ambula.dispense.v1", HandlerKind::projection, events::on_dispense},
  };
  d.routes = {
      {get, "/v1/patients", Permission::patient_read, api::list_patients},
      {post, "/v1/patients", Permission::patient_register, api::register_patient},
      {get, "/v1/patients/{id}", Permission::patient_read, api::get_patient},
      {patch, "/v1/patients/{id}", Permission::patient_update, api::update_patient},
      {post, "/v1/patients/{id}/deactivate", Permission::patient_deactivate,
       api::deactivate_patient},
      {post, "/v1/patients/{id}/reactivate", Permission::patient_deactivate,
       api::reactivate_patient},
      {get, "/v1/patients/{id}/history", Permission::patient_history, api::list_history},
  };
  return d;
}

}  // namespace ambula::patient

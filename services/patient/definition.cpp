#include "definition.hpp"

#include <patient/migrations.hpp>
#include <patient/sql.hpp>

#include "patient/api/handlers.hpp"
#include "patient/events/handlers.hpp"
#include "patient/jobs.hpp"
#include "patient/store/constraints.hpp"

namespace ambula::patient {

service::Definition definition() {
  using auth::Permission;
  using enum http::Method;
  using outbox::HandlerKind;
  using namespace std::chrono_literals;

  service::Definition d;
  d.name = "patient";
  d.schema = "patient";
  d.migrations = migrations;
  d.statements = sql::all;
  d.constraints = store::constraints();
  d.topics = {"ambula.patient.v1", "ambula.patient-binding.v1"};
  d.subscriptions = {
      {"ambula.facility.v1", HandlerKind::projection, events::on_facility, {"facility"}},
      {"ambula.department.v1", HandlerKind::projection, events::on_department, {"department"}},
      {"ambula.doctor.v1", HandlerKind::projection, events::on_doctor, {"doctor"}},
      // Whoever names a visitor writes a row; who an erased one was is told nowhere else.
      {"ambula.visitor.v1",
       HandlerKind::projection,
       events::on_visitor,
       {{"visitor", outbox::keep_rows}}},
      {"ambula.appointment.v1",
       HandlerKind::projection,
       events::on_appointment,
       {"appointment", {"history_item", "kind = 'APPOINTMENT'"}}},
      {"ambula.queue-entry.v1",
       HandlerKind::projection,
       events::on_queue_entry,
       {"queue_entry", {"history_item", "kind = 'QUEUE_ENTRY'"}}},
      {"ambula.consultation.v1",
       HandlerKind::projection,
       events::on_consultation,
       {"consultation", {"history_item", "kind = 'CONSULTATION'"}}},
      {"ambula.prescription.v1",
       HandlerKind::projection,
       events::on_prescription,
       {"prescription", {"history_item", "kind = 'PRESCRIPTION'"}}},
      {"ambula.dispense.v1",
       HandlerKind::projection,
       events::on_dispense,
       {{"history_item", "kind = 'DISPENSE'"}}},
      {"ambula.self-registration.v1", HandlerKind::effect, events::on_self_registration},
      {"ambula.facility.v1", HandlerKind::effect, events::settle_waiting},
      {"ambula.visitor.v1", HandlerKind::effect, events::restore_named},
      {"ambula.appointment.v1", HandlerKind::effect, events::restore_named},
      {"ambula.queue-entry.v1", HandlerKind::effect, events::restore_named},
      {"ambula.consultation.v1", HandlerKind::effect, events::restore_named},
      {"ambula.prescription.v1", HandlerKind::effect, events::restore_named},
  };
  d.jobs = {
      {"purge-deleted", 60s, jobs::purge_deleted},
  };
  d.routes = {
      {get, "/v1/patients", Permission::patient_read, api::list_patients},
      {post, "/v1/patients", Permission::patient_register, api::register_patient},
      {get, "/v1/patients/suggest", Permission::patient_read, api::suggest_patients},
      {get, "/v1/patients/{id}", Permission::patient_read, api::get_patient},
      {patch, "/v1/patients/{id}", Permission::patient_update, api::update_patient},
      {delete_, "/v1/patients/{id}", Permission::patient_delete, api::delete_patient},
      {post, "/v1/patients/{id}/deactivate", Permission::patient_deactivate,
       api::deactivate_patient},
      {post, "/v1/patients/{id}/reactivate", Permission::patient_deactivate,
       api::reactivate_patient},
      {get, "/v1/patients/{id}/history", Permission::patient_history, api::list_history},
      {post, "/v1/patients/{id}/invite", Permission::patient_invite, api::invite_patient},
      {get, "/v1/patients/{id}/preferences", Permission::patient_preferences, api::get_preferences},
      {put, "/v1/patients/{id}/preferences", Permission::patient_preferences, api::put_preferences},
      {get, "/v1/patients/{id}/allergies", Permission::patient_clinical_list_read,
       api::list_allergies},
      {post, "/v1/patients/{id}/allergies", Permission::patient_clinical_list_write,
       api::note_allergy},
      {get, "/v1/patients/{id}/allergies/{item}", Permission::patient_clinical_list_read,
       api::get_allergy},
      {post, "/v1/patients/{id}/allergies/{item}/void", Permission::patient_clinical_list_write,
       api::void_allergy},
      {get, "/v1/patients/{id}/conditions", Permission::patient_clinical_list_read,
       api::list_conditions},
      {post, "/v1/patients/{id}/conditions", Permission::patient_clinical_list_write,
       api::note_condition},
      {get, "/v1/patients/{id}/conditions/{item}", Permission::patient_clinical_list_read,
       api::get_condition},
      {post, "/v1/patients/{id}/conditions/{item}/void", Permission::patient_clinical_list_write,
       api::void_condition},
      {get, "/v1/patient-bindings", Permission::patient_binding_read, api::list_patient_bindings},
  };
  return d;
}

}  // namespace ambula::patient

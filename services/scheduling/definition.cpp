#include "definition.hpp"

#include <scheduling/migrations.hpp>
#include <scheduling/sql.hpp>

#include "scheduling/api/handlers.hpp"
#include "scheduling/events/handlers.hpp"
#include "scheduling/jobs.hpp"
#include "scheduling/store/constraints.hpp"

namespace ambula::scheduling {

service::Definition definition() {
  using auth::Permission;
  using enum http::Method;
  using outbox::HandlerKind;
  using namespace std::chrono_literals;

  service::Definition d;
  d.name = "scheduling";
  d.schema = "scheduling";
  d.migrations = migrations;
  d.statements = sql::all;
  d.constraints = store::constraints();
  d.topics = {"ambula.department.v1", "ambula.specialty.v1", "ambula.doctor.v1",
              "ambula.appointment.v1"};
  d.subscriptions = {
      {"ambula.facility.v1", HandlerKind::projection, events::on_facility},
      {"ambula.patient.v1", HandlerKind::projection, events::on_patient},
      {"ambula.account.v1", HandlerKind::projection, events::on_account},
      {"ambula.consultation.v1", HandlerKind::effect, events::on_consultation},
  };
  d.jobs = {
      {"no-show", 30s, jobs::mark_no_shows},
  };
  d.routes = {
      {get, "/v1/departments", Permission::directory_read, api::list_departments},
      {post, "/v1/departments", Permission::directory_write, api::create_department},
      {get, "/v1/departments/{id}", Permission::directory_read, api::get_department},
      {patch, "/v1/departments/{id}", Permission::directory_write, api::update_department},
      {post, "/v1/departments/{id}/deactivate", Permission::directory_write,
       api::deactivate_department},
      {post, "/v1/departments/{id}/reactivate", Permission::directory_write,
       api::reactivate_department},
      {get, "/v1/specialties", Permission::directory_read, api::list_specialties},
      {post, "/v1/specialties", Permission::directory_write, api::create_specialty},
      {get, "/v1/specialties/{id}", Permission::directory_read, api::get_specialty},
      {patch, "/v1/specialties/{id}", Permission::directory_write, api::update_specialty},
      {post, "/v1/specialties/{id}/deactivate", Permission::directory_write,
       api::deactivate_specialty},
      {post, "/v1/specialties/{id}/reactivate", Permission::directory_write,
       api::reactivate_specialty},
      {get, "/v1/doctors", Permission::directory_read, api::list_doctors},
      {post, "/v1/doctors", Permission::directory_write, api::create_doctor},
      {get, "/v1/doctors/{id}", Permission::directory_read, api::get_doctor},
      {patch, "/v1/doctors/{id}", Permission::directory_write, api::update_doctor},
      {post, "/v1/doctors/{id}/deactivate", Permission::directory_write, api::deactivate_doctor},
      {post, "/v1/doctors/{id}/reactivate", Permission::directory_write, api::reactivate_doctor},
      {get, "/v1/doctors/{id}/availability", Permission::availability_read, api::get_availability},
      {put, "/v1/doctors/{id}/availability", Permission::availability_write, api::put_availability},
      {get, "/v1/doctors/{id}/slots", Permission::directory_read, api::doctor_slots},
      {get, "/v1/appointments", Permission::appointment_read, api::list_appointments},
      {post, "/v1/appointments", Permission::appointment_book, api::book_appointment},
      {get, "/v1/appointments/{id}", Permission::appointment_read, api::get_appointment},
      {patch, "/v1/appointments/{id}", Permission::appointment_update, api::update_appointment},
      {post, "/v1/appointments/{id}/reschedule", Permission::appointment_reschedule,
       api::reschedule},
      {post, "/v1/appointments/{id}/cancel", Permission::appointment_cancel, api::cancel},
      {post, "/v1/appointments/{id}/check-in", Permission::appointment_check_in, api::check_in},
      {post, "/v1/appointments/{id}/undo-check-in", Permission::appointment_check_in,
       api::undo_check_in},
      {post, "/v1/appointments/{id}/complete", Permission::appointment_complete, api::complete},
      {post, "/v1/appointments/{id}/no-show", Permission::appointment_no_show, api::no_show},
      {post, "/v1/appointments/{id}/reinstate", Permission::appointment_reinstate, api::reinstate},
  };
  return d;
}

}  // namespace ambula::scheduling

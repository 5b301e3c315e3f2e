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
  d.elsewhere_statement = &sql::is_elsewhere;
  d.constraints = store::constraints();
  d.topics = {"ambula.department.v1", "ambula.specialty.v1", "ambula.doctor.v1",
              "ambula.appointment.v1"};
  d.subscriptions = {
      {"ambula.facility.v1", HandlerKind::projection, events::on_facility, {"facility"}},
      {"ambula.patient.v1", HandlerKind::projection, events::on_patient, {"patient"}},
      {"ambula.account.v1", HandlerKind::projection, events::on_account, {"account"}},
      {"ambula.assessment.v1", HandlerKind::projection, events::on_assessment, {"assessment"}},
      {"ambula.consultation.v1", HandlerKind::effect, events::on_consultation},
  };
  d.jobs = {
      {"no-show", 30s, jobs::mark_no_shows},
      // Freed time is given within a second.
      {"serve-waiting", 250ms, jobs::serve_waiting},
      {"clean-up", 60s, jobs::clean_up},
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
      {delete_, "/v1/doctors/{id}", Permission::directory_write, api::delete_doctor},
      {post, "/v1/doctors/{id}/deactivate", Permission::directory_write, api::deactivate_doctor},
      {post, "/v1/doctors/{id}/reactivate", Permission::directory_write, api::reactivate_doctor},
      {get, "/v1/doctors/{id}/availability", Permission::availability_read, api::get_availability},
      {put, "/v1/doctors/{id}/availability", Permission::availability_write, api::put_availability},
      {get, "/v1/doctors/{id}/exceptions", Permission::availability_read, api::list_exceptions},
      {post, "/v1/doctors/{id}/exceptions", Permission::availability_write, api::create_exception},
      {delete_, "/v1/doctors/{id}/exceptions/{item}", Permission::availability_write,
       api::delete_exception},
      {get, "/v1/holidays", Permission::availability_read, api::list_holidays},
      {post, "/v1/holidays", Permission::holiday_write, api::create_holiday},
      {delete_, "/v1/holidays/{item}", Permission::holiday_write, api::delete_holiday},
      {get, "/v1/waiting-requests", Permission::waiting_request_read, api::list_waiting_requests},
      {post, "/v1/waiting-requests", Permission::waiting_request_write,
       api::create_waiting_request},
      {get, "/v1/waiting-requests/{id}", Permission::waiting_request_read,
       api::get_waiting_request},
      {post, "/v1/waiting-requests/{id}/cancel", Permission::waiting_request_write,
       api::cancel_waiting_request},
      {get, "/v1/disruptions", Permission::disruption_read, api::list_disruptions},
      {post, "/v1/disruptions", Permission::disruption_write, api::create_disruption},
      {get, "/v1/disruptions/{id}", Permission::disruption_read, api::get_disruption},
      {post, "/v1/disruptions/{id}/apply", Permission::disruption_write, api::apply_disruption},
      {post, "/v1/disruptions/{id}/close", Permission::disruption_write, api::close_disruption},
      {get, "/v1/slots", Permission::directory_read, api::search_slots},
      {get, "/v1/doctors/{id}/slots", Permission::directory_read, api::doctor_slots},
      {get, "/v1/figures/appointments", Permission::appointment_figures, api::appointment_figures},
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

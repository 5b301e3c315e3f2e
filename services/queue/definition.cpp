#include "definition.hpp"

#include <queue/migrations.hpp>
#include <queue/sql.hpp>

#include "queue/api/handlers.hpp"
#include "queue/commands.hpp"
#include "queue/events/handlers.hpp"
#include "queue/jobs.hpp"
#include "queue/live/hub.hpp"
#include "queue/store/constraints.hpp"

namespace ambula::queue {

service::Definition definition() {
  using auth::Permission;
  using enum http::Method;
  using outbox::HandlerKind;
  using namespace std::chrono_literals;

  service::Definition d;
  d.name = "queue";
  d.schema = "queue";
  d.migrations = migrations;
  d.statements = sql::all;
  d.elsewhere_statement = &sql::is_elsewhere;
  d.constraints = store::constraints();
  d.topics = {"ambula.queue.v1", "ambula.queue-entry.v1", "ambula.visitor.v1",
              "ambula.assessment.v1"};
  d.subscriptions = {
      {"ambula.facility.v1", HandlerKind::projection, events::on_facility, {"facility"}},
      {"ambula.facility.v1", HandlerKind::effect, events::do_early_check_ins},
      {"ambula.patient.v1", HandlerKind::projection, events::on_patient, {"patient"}},
      {"ambula.department.v1", HandlerKind::projection, events::on_department, {"department"}},
      {"ambula.department.v1", HandlerKind::effect, events::open_queues},
      {"ambula.department.v1", HandlerKind::effect, events::do_early_check_ins},
      {"ambula.doctor.v1",
       HandlerKind::projection,
       events::on_doctor,
       {"doctor_session", "doctor_exception", "doctor"}},
      {"ambula.appointment.v1", HandlerKind::effect, events::on_appointment},
      {"ambula.consultation.v1", HandlerKind::effect, events::on_consultation},
  };
  d.jobs = {
      {"day-close", 60s, jobs::close_days},
      {"promote", 1s, jobs::promote},
      {"forget", 10min, jobs::forget},
  };
  d.tasks = {
      {"live",
       [](std::stop_token stop, service::Runtime& runtime) {
         live::hub().run(stop, runtime.kafka(), runtime.database("live"));
       }},
  };
  d.figures_statement = &sql::floor_figures;
  d.figures = {
      {"queue_waiting_patients", "Who waits now, by urgency.", "urgency"},
      {"queue_waiting_age_seconds", "How long those who wait now have waited; 1 is the longest.",
       "share"},
  };
  d.commands = commands();
  d.routes = {
      {get, "/v1/queues", Permission::queue_read, api::list_queues},
      {post, "/v1/queues", Permission::queue_write, api::create_queue},
      {get, "/v1/queues/{id}", Permission::queue_read, api::get_queue},
      {patch, "/v1/queues/{id}", Permission::queue_write, api::update_queue},
      {post, "/v1/queues/{id}/call-next", Permission::queue_entry_call, api::call_next},
      {get, "/v1/queues/{id}/stream", Permission::queue_stream, api::stream_queue},
      {get, "/v1/board/{board_token}", Permission::anyone, api::stream_board},
      {get, "/v1/queue-entries", Permission::queue_entry_read, api::list_entries},
      {post, "/v1/queue-entries", Permission::queue_entry_create, api::create_entry},
      {get, "/v1/queue-entries/{id}", Permission::queue_entry_read, api::get_entry},
      {post, "/v1/queue-entries/{id}/call", Permission::queue_entry_call, api::call_entry},
      {post, "/v1/queue-entries/{id}/start", Permission::queue_entry_call, api::start_entry},
      {post, "/v1/queue-entries/{id}/return", Permission::queue_entry_call, api::return_entry},
      {post, "/v1/queue-entries/{id}/hold", Permission::queue_entry_work, api::hold_entry},
      {post, "/v1/queue-entries/{id}/resume", Permission::queue_entry_work, api::resume_entry},
      {post, "/v1/queue-entries/{id}/transfer", Permission::queue_entry_work, api::transfer_entry},
      {post, "/v1/queue-entries/{id}/leave", Permission::queue_entry_work, api::leave_entry},
      {post, "/v1/queue-entries/{id}/no-show", Permission::queue_entry_work, api::no_show_entry},
      {post, "/v1/queue-entries/{id}/cancel", Permission::queue_entry_work, api::cancel_entry},
      {post, "/v1/queue-entries/{id}/complete", Permission::queue_entry_work, api::complete_entry},
      {post, "/v1/queue-entries/{id}/rejoin", Permission::queue_entry_work, api::rejoin_entry},
      {post, "/v1/queue-entries/{id}/assign", Permission::queue_entry_work, api::assign_entry},
      {post, "/v1/queue-entries/{id}/prioritize", Permission::queue_entry_work,
       api::prioritize_entry},
      {post, "/v1/queue-entries/{id}/triage", Permission::triage_write, api::triage_entry},
      {post, "/v1/queue-entries/{id}/identify", Permission::queue_entry_work, api::identify_entry},
      {get, "/v1/queue-entries/{id}/position", Permission::queue_entry_position, api::get_position},
      {get, "/v1/track/{tracking_token}", Permission::anyone, api::track_entry},
      {post, "/v1/triage/assess", Permission::triage_assess, api::assess_triage},
      {get, "/v1/triage/rules", Permission::triage_rules_read, api::get_triage_rules},
      {get, "/v1/figures/waits", Permission::queue_figures, api::wait_figures},
  };
  return d;
}

}  // namespace ambula::queue

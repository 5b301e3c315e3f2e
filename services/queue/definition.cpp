#include "definition.hpp"

#include <queue/migrations.hpp>
#include <queue/sql.hpp>

#include "queue/api/handlers.hpp"
#include "queue/events/handlers.hpp"
#include "queue/jobs.hpp"
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
  d.constraints = store::constraints();
  d.topics = {"ambula.queue.v1", "ambula.queue-entry.v1"};
  d.subscriptions = {
      {"ambula.facility.v1", HandlerKind::effect, events::on_facility},
      {"ambula.patient.v1", HandlerKind::projection, events::on_patient},
      {"ambula.department.v1", HandlerKind::effect, events::on_department},
      {"ambula.doctor.v1", HandlerKind::projection, events::on_doctor},
      {"ambula.appointment.v1", HandlerKind::effect, events::on_appointment},
      {"ambula.consultation.v1", HandlerKind::effect, events::on_consultation},
  };
  d.jobs = {
      {"day-close", 60s, jobs::close_days},
  };
  d.routes = {
      {get, "/v1/queues", Permission::queue_read, api::list_queues},
      {get, "/v1/queues/{id}", Permission::queue_read, api::get_queue},
      {patch, "/v1/queues/{id}", Permission::queue_write, api::update_queue},
      {post, "/v1/queues/{id}/call-next", Permission::queue_entry_call, api::call_next},
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
  };
  return d;
}

}  // namespace ambula::queue

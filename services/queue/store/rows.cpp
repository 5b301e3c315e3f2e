#include "rows.hpp"

#include <ambula/base/check.hpp>

namespace ambula::queue::store {
namespace {

/// CHECK constraints keep these columns to the names we know.
template <class Enum>
Enum known(const std::optional<Enum>& value) {
  AMBULA_CHECK(value.has_value());
  return *value;
}

std::optional<domain::Level> level_of(const db::Row& row, std::string_view column) {
  if (row.is_null(column)) return std::nullopt;
  return domain::parse_level(row.text(column));
}

}  // namespace

domain::Queue to_queue(const db::Row& row) {
  domain::Queue queue;
  queue.id = row.get<Uuid>("id");
  queue.facility_id = row.get<Uuid>("facility_id");
  queue.department_id = row.get<Uuid>("department_id");
  queue.code = row.get<std::string>("code");
  queue.name = row.get<std::string>("name");
  queue.kind = known(domain::parse_kind(row.text("kind")));
  queue.board_token = row.get<std::string>("board_token");
  queue.version = row.get<std::int64_t>("version");
  queue.created_at = row.get<Instant>("created_at");
  queue.created_by = row.get<Uuid>("created_by");
  queue.updated_at = row.get<Instant>("updated_at");
  queue.updated_by = row.get<Uuid>("updated_by");
  return queue;
}

domain::Status to_status(const db::Row& row) {
  return known(domain::parse_status(row.text("status")));
}

domain::Entry to_entry(const db::Row& row) {
  domain::Entry entry;
  entry.id = row.get<Uuid>("id");
  entry.facility_id = row.get<Uuid>("facility_id");
  entry.queue_id = row.get<Uuid>("queue_id");
  entry.queue_kind = known(domain::parse_kind(row.text("queue_kind")));
  entry.department_id = row.get<Uuid>("department_id");
  entry.ticket = {row.get<std::string>("ticket_label"), row.get<int>("ticket_number")};
  entry.day = row.get<Date>("day");
  entry.origin_queue_id = row.get<Uuid>("origin_queue_id");
  entry.patient_id = row.get<std::optional<Uuid>>("patient_id");
  entry.visitor_id = row.get<std::optional<Uuid>>("visitor_id");
  entry.assignment = row.get<std::optional<std::string>>("assignment");
  entry.doctor_id = row.get<std::optional<Uuid>>("doctor_id");
  entry.appointment_id = row.get<std::optional<Uuid>>("appointment_id");
  entry.consultation_id = row.get<std::optional<Uuid>>("consultation_id");
  entry.status = to_status(row);
  entry.triage_level = level_of(row, "triage_level");
  entry.triage = row.get<std::optional<std::string>>("triage");
  entry.specialty = row.get<std::optional<std::string>>("specialty");
  entry.priority = level_of(row, "priority");
  entry.calls = row.get<int>("calls");
  entry.reason = row.get<std::optional<std::string>>("reason");
  entry.status_reason = row.get<std::optional<std::string>>("status_reason");
  entry.room = row.get<std::optional<std::string>>("room");
  entry.transferred_to = row.get<std::optional<Uuid>>("transferred_to");
  entry.transferred_from = row.get<std::optional<Uuid>>("transferred_from");
  entry.seniority = row.get<Instant>("seniority");
  entry.called_at = row.get<std::optional<Instant>>("called_at");
  entry.first_called_at = row.get<std::optional<Instant>>("first_called_at");
  entry.started_at = row.get<std::optional<Instant>>("started_at");
  entry.completed_at = row.get<std::optional<Instant>>("completed_at");
  entry.tracking_token = row.get<std::string>("tracking_token");
  entry.version = row.get<std::int64_t>("version");
  entry.created_at = row.get<Instant>("created_at");
  entry.created_by = row.get<Uuid>("created_by");
  entry.updated_at = row.get<Instant>("updated_at");
  entry.updated_by = row.get<Uuid>("updated_by");
  return entry;
}

Settings to_settings(const db::Row& row) {
  return {.zone = row.get<std::string>("zone"),
          .max_calls = row.get<int>("max_calls"),
          .staging_factor = row.get<int>("staging_factor")};
}

Named to_named(const db::Row& row) {
  return {to_entry(row),
          {.patient = row.get<std::optional<std::string>>("patient_name"),
           .mrn = row.get<std::optional<std::string>>("patient_mrn"),
           .visitor = row.get<std::optional<std::string>>("visitor_name"),
           .phone = row.get<std::optional<std::string>>("visitor_phone")}};
}

Locked to_locked(const db::Row& row) {
  auto named = to_named(row);
  return {std::move(named.entry), std::move(named.names), to_settings(row)};
}

Patient to_patient(const db::Row& row) {
  return {.id = row.get<Uuid>("id"),
          .display_name = row.get<std::string>("display_name"),
          .mrn = row.get<std::string>("mrn"),
          .birth_date = row.get<std::optional<Date>>("birth_date"),
          .active = row.get<bool>("active")};
}

}  // namespace ambula::queue::store

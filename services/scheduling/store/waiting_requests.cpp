#include "waiting_requests.hpp"

#include <scheduling/sql.hpp>

#include <ambula/base/check.hpp>

#include "rows.hpp"

namespace ambula::scheduling::store {
namespace {

domain::WaitingRequest to_waiting_request(const db::Row& row) {
  domain::WaitingRequest request;
  request.id = row.get<Uuid>("id");
  request.facility_id = row.get<Uuid>("facility_id");
  request.patient_id = row.get<Uuid>("patient_id");
  request.doctor_id = row.get<std::optional<Uuid>>("doctor_id");
  request.specialty = row.get<std::optional<std::string>>("specialty");
  request.department_id = row.get<std::optional<Uuid>>("department_id");
  request.window = {row.get<Instant>("earliest"), row.get<Instant>("latest")};
  if (const auto minutes = row.get<std::optional<int>>("duration_min"))
    request.duration = std::chrono::minutes{*minutes};
  request.triage_level = to_level(row, "triage_level");
  const auto status = domain::parse_waiting_status(row.text("status"));
  AMBULA_CHECK(status.has_value());
  request.status = *status;
  request.status_reason = row.get<std::optional<std::string>>("status_reason");
  request.appointment_id = row.get<std::optional<Uuid>>("appointment_id");
  request.record = to_record(row);
  return request;
}

std::vector<domain::WaitingRequest> to_waiting_requests(const db::Rows& rows) {
  std::vector<domain::WaitingRequest> requests;
  for (const auto row : rows)
    requests.push_back(to_waiting_request(row));
  return requests;
}

}  // namespace

domain::WaitingFacts waiting_facts(db::Transaction& tx, const domain::WaitingRequest& request) {
  const auto row = tx.exec(sql::waiting_facts, request.facility_id, request.patient_id,
                           request.doctor_id, request.specialty, request.department_id)
                       .front();
  return {.patient_active = row.get<std::optional<bool>>("patient_active"),
          .doctor_active = row.get<std::optional<bool>>("doctor_active"),
          .specialty_known = row.get<bool>("specialty_known"),
          .department_known = row.get<bool>("department_known")};
}

void insert(db::Transaction& tx, const domain::WaitingRequest& request) {
  const auto minutes =
      request.duration ? std::optional(static_cast<int>(request.duration->count())) : std::nullopt;
  tx.exec(sql::insert_waiting_request, request.id, request.facility_id, request.patient_id,
          request.doctor_id, request.specialty, request.department_id, request.window.from,
          request.window.to, minutes, text_of(request.triage_level), to_string(request.status),
          request.record.created_at, request.record.created_by);
}

std::optional<domain::WaitingRequest> get_waiting_request(db::Session& session,
                                                          const Uuid& facility, const Uuid& id) {
  const auto rows = session.read(sql::get_waiting_request, id, facility);
  if (rows.empty()) return std::nullopt;
  return to_waiting_request(rows.front());
}

std::optional<domain::WaitingRequest> lock_waiting_request(db::Transaction& tx,
                                                           const Uuid& facility, const Uuid& id) {
  const auto rows = tx.exec(sql::lock_waiting_request, id, facility);
  if (rows.empty()) return std::nullopt;
  return to_waiting_request(rows.front());
}

std::int64_t save(db::Transaction& tx, const domain::WaitingRequest& request) {
  return tx
      .exec(sql::save_waiting_request, request.id, request.facility_id, to_string(request.status),
            request.status_reason, request.appointment_id, request.record.updated_at,
            request.record.updated_by)
      .front()
      .get<std::int64_t>("version");
}

std::vector<domain::WaitingRequest> list_waiting_requests(db::Session& session,
                                                          const Uuid& facility,
                                                          const WaitingFilter& filter,
                                                          const std::optional<Uuid>& after,
                                                          int limit) {
  return to_waiting_requests(session.read(sql::list_waiting_requests, facility,
                                          text_of(filter.status), filter.doctor_id,
                                          filter.patient_id, after, limit));
}

std::optional<Freed> take_freed(db::Transaction& tx) {
  const auto rows = tx.exec(sql::take_freed_time);
  if (rows.empty()) return std::nullopt;
  const auto row = rows.front();
  return Freed{row.get<Uuid>("facility_id"),
               row.get<Uuid>("doctor_id"),
               {row.get<Instant>("starts_at"), row.get<Instant>("ends_at")}};
}

std::vector<domain::WaitingRequest> waiting_for(db::Transaction& tx, const Freed& freed,
                                                Instant now) {
  return to_waiting_requests(tx.exec(sql::waiting_for, freed.facility_id, freed.doctor_id,
                                     freed.time.from, freed.time.to, now));
}

}  // namespace ambula::scheduling::store

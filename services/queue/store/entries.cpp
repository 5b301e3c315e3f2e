#include "entries.hpp"

#include <queue/sql.hpp>

#include <ambula/base/check.hpp>

#include "rows.hpp"

namespace ambula::queue::store {
namespace {

constexpr int transfers_max = 100;  // a longer chain is a loop, which the code cannot make

std::optional<std::string> level_name(const std::optional<domain::Level>& level) {
  if (!level) return std::nullopt;
  return std::string(to_string(*level));
}

int urgency(const domain::Entry& entry) {
  return static_cast<int>(entry.level());
}

std::optional<Locked> first_locked(const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return to_locked(rows.front());
}

std::optional<Named> first_named(const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return to_named(rows.front());
}

Pace to_pace(const db::Row& row, const std::string& whose) {
  Pace pace;
  pace.observations = row.get<int>(whose + "_count");
  if (pace.observations == 0) return pace;
  pace.low_min = row.get<double>(whose + "_low");
  pace.median_min = row.get<double>(whose + "_mid");
  pace.high_min = row.get<double>(whose + "_high");
  return pace;
}

/// A fact about a transferred entry applies to its successor.
std::optional<Locked> end_of_chain(db::Transaction& tx, const Uuid& facility,
                                   std::optional<Locked> locked) {
  for (int i = 0; locked && locked->entry.transferred_to; ++i) {
    AMBULA_CHECK(i < transfers_max);
    locked = first_locked(tx.exec(sql::lock_entry, *locked->entry.transferred_to, facility));
  }
  return locked;
}

}  // namespace

int next_ticket(db::Transaction& tx, const Uuid& facility, const Uuid& queue, Date day) {
  return tx.exec(sql::next_ticket, facility, queue, day).front().get<int>("last_number");
}

void insert(db::Transaction& tx, const domain::Entry& e, const outbox::Events& events) {
  tx.exec(sql::insert_entry, e.id, e.facility_id, e.queue_id, e.department_id,
          to_string(e.queue_kind), e.origin_queue_id, e.day, e.ticket.number, e.ticket.label,
          e.patient_id, e.visitor_id, e.doctor_id, e.assignment, e.appointment_id,
          to_string(e.status), level_name(e.triage_level), e.triage, e.specialty,
          level_name(e.priority), urgency(e), e.reason, e.transferred_from, e.seniority,
          e.tracking_token, e.created_at, e.created_by, e.status_reason, events);
}

std::int64_t save(db::Transaction& tx, const domain::Entry& e, const outbox::Events& events,
                  const History& history) {
  return tx
      .exec(sql::save_entry, e.id, e.facility_id, e.queue_id, e.patient_id, e.doctor_id,
            e.assignment, e.appointment_id, e.consultation_id, to_string(e.status),
            level_name(e.triage_level), e.triage, e.specialty, level_name(e.priority), urgency(e),
            e.calls, e.status_reason, e.room, e.transferred_to, e.seniority, e.called_at,
            e.first_called_at, e.started_at, e.completed_at, events, e.updated_at, e.updated_by,
            history.events, history.statuses, history.reasons)
      .front()
      .get<std::int64_t>("version");
}

std::optional<Named> call_next(db::Transaction& tx, const NextCall& c) {
  return first_named(tx.exec(sql::call_next_entry, c.facility, c.queue, c.doctor, c.now, c.room,
                             c.own_department_only, c.actor, c.event_id, c.traceparent));
}

Result<std::optional<Named>> call_next(db::Session& session, const NextCall& c) {
  const auto rows =
      session.execute(sql::call_next_entry, c.facility, c.queue, c.doctor, c.now, c.room,
                      c.own_department_only, c.actor, c.event_id, c.traceparent);
  if (!rows) return rows.error();
  return first_named(*rows);
}

std::optional<Locked> lock(db::Transaction& tx, const Uuid& facility, const Uuid& id) {
  return first_locked(tx.exec(sql::lock_entry, id, facility));
}

std::optional<Locked> lock_open_walk_in(db::Transaction& tx, const Uuid& facility,
                                        const Uuid& patient, const Uuid& queue, Date day) {
  return first_locked(tx.exec(sql::lock_open_walk_in, facility, patient, queue, day));
}

std::optional<Locked> lock_of_appointment(db::Transaction& tx, const Uuid& facility,
                                          const Uuid& appointment) {
  return end_of_chain(tx, facility,
                      first_locked(tx.exec(sql::lock_entry_of_appointment, facility, appointment)));
}

std::optional<Locked> lock_last(db::Transaction& tx, const Uuid& facility, const Uuid& id) {
  return end_of_chain(tx, facility, lock(tx, facility, id));
}

std::vector<domain::Entry> lock_of_visitor(db::Transaction& tx, const Uuid& facility,
                                           const Uuid& visitor) {
  std::vector<domain::Entry> entries;
  for (const auto row : tx.exec(sql::lock_entries_of_visitor, facility, visitor))
    entries.push_back(to_entry(row));
  return entries;
}

std::optional<Named> get(db::Session& session, const Uuid& facility, const Uuid& id) {
  return first_named(session.read(sql::get_entry, id, facility));
}

std::optional<Uuid> open_walk_in(db::Session& session, const Uuid& facility, const Uuid& patient,
                                 const Uuid& queue, Date day) {
  const auto rows = session.read(sql::open_walk_in, facility, patient, queue, day);
  if (rows.empty()) return std::nullopt;
  return rows.front().get<Uuid>("id");
}

std::vector<Named> list(db::Session& session, const Uuid& facility, const ListFilter& filter,
                        const After& after, int limit) {
  std::optional<Instant> after_time;
  std::optional<Uuid> after_id;
  if (after) std::tie(after_time, after_id) = *after;
  const auto status =
      filter.status ? std::optional(std::string(to_string(*filter.status))) : std::nullopt;
  std::vector<Named> entries;
  for (const auto row :
       session.read(sql::list_entries, facility, filter.queue_id, filter.day, status,
                    filter.doctor_id, filter.patient_id, filter.appointment_id,
                    filter.visible_to_doctor, after_time, after_id, limit)) {
    entries.push_back(to_named(row));
  }
  return entries;
}

std::optional<Position> position(db::Session& session, const Uuid& facility, const Uuid& id,
                                 Instant now) {
  const auto rows = session.read(sql::entry_position, id, facility, now);
  if (rows.empty()) return std::nullopt;
  const auto row = rows.front();
  return Position{.status = to_status(row),
                  .ahead = row.get<int>("ahead"),
                  .ahead_of_doctor = row.get<int>("ahead_of_doctor"),
                  .doctor = to_pace(row, "own"),
                  .queue = to_pace(row, "line")};
}

std::optional<Tracked> tracked(db::Session& session, std::string_view token, Instant now) {
  const auto rows = session.read(sql::tracked_entry, token, now);
  if (rows.empty()) return std::nullopt;
  const auto row = rows.front();
  return Tracked{.id = row.get<Uuid>("id"),
                 .facility_id = row.get<Uuid>("facility_id"),
                 .label = row.get<std::string>("ticket_label"),
                 .queue_name = row.get<std::string>("queue_name"),
                 .room = row.get<std::optional<std::string>>("room")};
}

std::vector<DepartmentWaits> wait_figures(db::Session& session, const Uuid& facility, Date from,
                                          Date to) {
  std::vector<DepartmentWaits> figures;
  for (const auto row : session.read(sql::wait_figures, facility, from, to)) {
    figures.push_back({.department_id = row.get<Uuid>("department_id"),
                       .name = row.get<std::optional<std::string>>("department_name"),
                       .visits = row.get<std::int64_t>("visits"),
                       .p50_min = row.get<double>("p50"),
                       .p90_min = row.get<double>("p90")});
  }
  return figures;
}

std::vector<domain::Candidate> on_duty(db::Transaction& tx, const Uuid& facility, Instant now,
                                       const Uuid& department,
                                       const std::optional<std::string>& specialty) {
  std::vector<domain::Candidate> candidates;
  for (const auto row : tx.exec(sql::doctors_on_duty, facility, now, department, specialty)) {
    candidates.push_back({.id = row.get<Uuid>("id"),
                          .specialty = row.get<std::string>("specialty"),
                          .department_id = row.get<Uuid>("department_id"),
                          .open_entries = row.get<int>("open_entries")});
  }
  return candidates;
}

std::optional<Patient> patient(db::Session& session, const Uuid& facility, const Uuid& id) {
  const auto rows = session.read(sql::get_patient, id, facility);
  if (rows.empty()) return std::nullopt;
  return to_patient(rows.front());
}

std::optional<Doctor> doctor(db::Session& session, const Uuid& facility, const Uuid& id) {
  const auto rows = session.read(sql::get_doctor, id, facility);
  if (rows.empty()) return std::nullopt;
  const auto row = rows.front();
  return Doctor{row.get<Uuid>("id"), row.get<Uuid>("department_id"), row.get<bool>("active")};
}

}  // namespace ambula::queue::store

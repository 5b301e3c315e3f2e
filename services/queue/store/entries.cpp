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

std::int64_t next_change(db::Transaction& tx, const domain::Entry& entry) {
  return tx.exec(sql::next_change, entry.queue_id, entry.facility_id)
      .front()
      .get<std::int64_t>("changes");
}

std::optional<Locked> first_locked(const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return to_locked(rows.front());
}

std::vector<Patient> to_patients(const db::Rows& rows) {
  std::vector<Patient> patients;
  for (const auto row : rows)
    patients.push_back(to_patient(row));
  return patients;
}

}  // namespace

int next_ticket(db::Transaction& tx, const Uuid& facility, const Uuid& queue, Date day) {
  return tx.exec(sql::next_ticket, facility, queue, day).front().get<int>("last_number");
}

void insert(db::Transaction& tx, const domain::Entry& e, const Uuid& origin_queue,
            const MakeEvents& events) {
  tx.exec(sql::insert_entry, e.id, e.facility_id, e.queue_id, e.department_id,
          to_string(e.queue_kind), origin_queue, e.day, e.ticket.number, e.ticket.label,
          e.patient_id, e.doctor_id, e.appointment_id, to_string(e.status),
          level_name(e.triage_level), level_name(e.priority), urgency(e), e.reason,
          e.transferred_from, e.seniority, e.tracking_token, e.created_at, e.created_by,
          events(next_change(tx, e)));
}

std::int64_t save(db::Transaction& tx, const domain::Entry& e, const MakeEvents& events) {
  return tx
      .exec(sql::save_entry, e.id, e.facility_id, e.doctor_id, e.appointment_id, e.consultation_id,
            to_string(e.status), level_name(e.priority), urgency(e), e.calls, e.status_reason,
            e.room, e.transferred_to, e.seniority, e.called_at, e.started_at, e.completed_at,
            e.updated_at, e.updated_by, events(next_change(tx, e)))
      .front()
      .get<std::int64_t>("version");
}

std::optional<Locked> lock(db::Transaction& tx, const Uuid& facility, const Uuid& id) {
  return first_locked(tx.exec(sql::lock_entry, id, facility));
}

std::optional<Locked> lock_next(db::Transaction& tx, const Uuid& facility, const Uuid& queue,
                                std::optional<Uuid> doctor, Date day) {
  return first_locked(tx.exec(sql::lock_next_entry, facility, queue, doctor, day));
}

std::optional<Locked> lock_linkable(db::Transaction& tx, const Uuid& facility, const Uuid& patient,
                                    const Uuid& queue, Date day) {
  return first_locked(tx.exec(sql::lock_linkable_entry, facility, patient, queue, day));
}

std::optional<Locked> lock_of_appointment(db::Transaction& tx, const Uuid& facility,
                                          const Uuid& appointment) {
  return first_locked(tx.exec(sql::lock_entry_of_appointment, facility, appointment));
}

std::optional<Locked> lock_last(db::Transaction& tx, const Uuid& facility, const Uuid& id) {
  auto locked = lock(tx, facility, id);
  for (int i = 0; locked && locked->entry.transferred_to; ++i) {
    AMBULA_CHECK(i < transfers_max);
    locked = lock(tx, facility, *locked->entry.transferred_to);
  }
  return locked;
}

std::optional<domain::Entry> get(db::Session& session, const Uuid& facility, const Uuid& id) {
  const auto rows = session.read(sql::get_entry, id, facility);
  if (rows.empty()) return std::nullopt;
  return to_entry(rows.front());
}

std::optional<Uuid> open_walk_in(db::Session& session, const Uuid& facility, const Uuid& patient,
                                 const Uuid& queue, Date day) {
  const auto rows = session.read(sql::open_walk_in, facility, patient, queue, day);
  if (rows.empty()) return std::nullopt;
  return rows.front().get<Uuid>("id");
}

std::vector<domain::Entry> list(db::Session& session, const Uuid& facility,
                                const ListFilter& filter,
                                const std::optional<std::pair<Instant, Uuid>>& after, int limit) {
  std::optional<Instant> after_time;
  std::optional<Uuid> after_id;
  if (after) std::tie(after_time, after_id) = *after;
  const auto status =
      filter.status ? std::optional(std::string(to_string(*filter.status))) : std::nullopt;
  std::vector<domain::Entry> entries;
  for (const auto row :
       session.read(sql::list_entries, facility, filter.queue_id, filter.day, status,
                    filter.doctor_id, filter.patient_id, filter.appointment_id,
                    filter.visible_to_doctor, after_time, after_id, limit)) {
    entries.push_back(to_entry(row));
  }
  return entries;
}

std::vector<Patient> patients(db::Session& session, const Uuid& facility,
                              const std::vector<Uuid>& ids) {
  return to_patients(session.read(sql::get_patients, facility, ids));
}

std::vector<Patient> patients(db::Transaction& tx, const Uuid& facility,
                              const std::vector<Uuid>& ids) {
  return to_patients(tx.exec(sql::get_patients, facility, ids));
}

std::optional<Doctor> doctor(db::Session& session, const Uuid& facility, const Uuid& id) {
  const auto rows = session.read(sql::get_doctor, id, facility);
  if (rows.empty()) return std::nullopt;
  const auto row = rows.front();
  return Doctor{row.get<Uuid>("id"), row.get<Uuid>("department_id"), row.get<bool>("active")};
}

}  // namespace ambula::queue::store

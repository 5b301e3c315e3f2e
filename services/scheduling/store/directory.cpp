#include "directory.hpp"

#include <scheduling/sql.hpp>

#include "rows.hpp"

namespace ambula::scheduling::store {
namespace {

std::pair<std::optional<std::string>, std::optional<Uuid>> parts(const TextCursor& cursor) {
  if (!cursor) return {};
  return {cursor->first, cursor->second};
}

std::optional<std::string> fee_amount(const domain::Doctor& doctor) {
  return doctor.fee ? std::optional(doctor.fee->amount) : std::nullopt;
}

std::optional<std::string> fee_currency(const domain::Doctor& doctor) {
  return doctor.fee ? std::optional(doctor.fee->currency) : std::nullopt;
}

}  // namespace

const UnitStatements department_statements{sql::insert_department, sql::lock_department,
                                           sql::save_department, sql::get_department,
                                           sql::list_department};
const UnitStatements specialty_statements{sql::insert_specialty, sql::lock_specialty,
                                          sql::save_specialty, sql::get_specialty,
                                          sql::list_specialty};

void insert(db::Transaction& tx, const UnitStatements& statements, const domain::Unit& unit,
            const outbox::Events& events) {
  tx.exec(statements.insert, unit.id, unit.facility_id, unit.code, unit.name, unit.active,
          unit.record.created_at, unit.record.created_by, events);
}

std::optional<domain::Unit> lock(db::Transaction& tx, const UnitStatements& statements,
                                 const Uuid& facility, const Uuid& id) {
  const auto rows = tx.exec(statements.lock, id, facility);
  if (rows.empty()) return std::nullopt;
  return to_unit(rows.front());
}

std::int64_t save(db::Transaction& tx, const UnitStatements& statements, const domain::Unit& unit,
                  const outbox::Events& events) {
  return tx
      .exec(statements.save, unit.id, unit.facility_id, unit.code, unit.name, unit.active,
            unit.record.updated_at, unit.record.updated_by, events)
      .front()
      .get<std::int64_t>("version");
}

std::optional<domain::Unit> get(db::Session& session, const UnitStatements& statements,
                                const Uuid& facility, const Uuid& id) {
  const auto rows = session.read(statements.get, id, facility);
  if (rows.empty()) return std::nullopt;
  return to_unit(rows.front());
}

std::vector<domain::Unit> list(db::Session& session, const UnitStatements& statements,
                               const Uuid& facility, std::optional<bool> active,
                               const TextCursor& after, int limit) {
  const auto [code, id] = parts(after);
  std::vector<domain::Unit> units;
  for (const auto row : session.read(statements.list, facility, active, code, id, limit))
    units.push_back(to_unit(row));
  return units;
}

void insert(db::Transaction& tx, const domain::Doctor& doctor, const outbox::Events& events) {
  tx.exec(sql::insert_doctor, doctor.id, doctor.facility_id, doctor.display_name, doctor.account_id,
          doctor.specialty, doctor.department_id, doctor.sex, doctor.room, doctor.phone,
          doctor.email, fee_amount(doctor), fee_currency(doctor), doctor.active,
          doctor.record.created_at, doctor.record.created_by, events);
}

std::optional<domain::Doctor> lock_doctor(db::Transaction& tx, const Uuid& facility,
                                          const Uuid& id) {
  const auto rows = tx.exec(sql::lock_doctor, id, facility);
  if (rows.empty()) return std::nullopt;
  return to_doctor(rows.front());
}

std::int64_t save(db::Transaction& tx, const domain::Doctor& doctor, const outbox::Events& events) {
  return tx
      .exec(sql::save_doctor, doctor.id, doctor.facility_id, doctor.display_name, doctor.account_id,
            doctor.specialty, doctor.department_id, doctor.sex, doctor.room, doctor.phone,
            doctor.email, fee_amount(doctor), fee_currency(doctor), doctor.active,
            doctor.record.updated_at, doctor.record.updated_by, events)
      .front()
      .get<std::int64_t>("version");
}

std::optional<domain::Doctor> get_doctor(db::Session& session, const Uuid& facility,
                                         const Uuid& id) {
  const auto rows = session.read(sql::get_doctor, id, facility);
  if (rows.empty()) return std::nullopt;
  return to_doctor(rows.front());
}

std::vector<domain::Doctor> list_doctors(db::Session& session, const Uuid& facility,
                                         const DoctorFilter& filter, const TextCursor& after,
                                         int limit) {
  const auto [name, id] = parts(after);
  std::vector<domain::Doctor> doctors;
  for (const auto row :
       session.read(sql::list_doctors, facility, filter.department_id, filter.specialty,
                    filter.active, filter.name_part, name, id, limit)) {
    doctors.push_back(to_doctor(row));
  }
  return doctors;
}

std::int64_t save_hours(db::Transaction& tx, const domain::Doctor& doctor,
                        const outbox::Events& events) {
  std::vector<int> weekdays;
  std::vector<int> from_mins;
  std::vector<int> to_mins;
  std::vector<int> slot_mins;
  for (const auto& session : doctor.availability.weekly) {
    weekdays.push_back(static_cast<int>(session.day.iso_encoding()));
    from_mins.push_back(session.from.count());
    to_mins.push_back(session.to.count());
    slot_mins.push_back(session.slot.count());
  }
  tx.exec(sql::clear_weekly_sessions, doctor.id, doctor.facility_id);
  tx.exec(sql::insert_weekly_sessions, doctor.facility_id, doctor.id, weekdays, from_mins, to_mins,
          slot_mins);
  return tx
      .exec(sql::save_hours, doctor.id, doctor.facility_id, doctor.availability.valid_from,
            doctor.availability.valid_to, doctor.record.updated_at, doctor.record.updated_by,
            events)
      .front()
      .get<std::int64_t>("hours_version");
}

std::optional<bool> account_is_doctor(db::Transaction& tx, const Uuid& facility,
                                      const Uuid& account) {
  const auto rows = tx.exec(sql::doctor_account, account, facility);
  if (rows.empty()) return std::nullopt;
  return rows.front().get<bool>("may");
}

std::optional<Uuid> doctor_of_account(db::Session& session, const Uuid& facility,
                                      const Uuid& account) {
  const auto rows = session.read(sql::doctor_of_account, account, facility);
  if (rows.empty()) return std::nullopt;
  return rows.front().get<Uuid>("id");
}

std::vector<domain::Appointment> visits_to_come(db::Transaction& tx, const Uuid& facility,
                                                const Uuid& doctor, Instant now) {
  std::vector<domain::Appointment> visits;
  for (const auto row : tx.exec(sql::stranded_appointments, facility, doctor, now))
    visits.push_back(to_appointment(row));
  return visits;
}

}  // namespace ambula::scheduling::store

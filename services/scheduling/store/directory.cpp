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
            unit.status_reason, unit.record.updated_at, unit.record.updated_by, events)
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
            doctor.status_reason, doctor.record.updated_at, doctor.record.updated_by, events)
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

std::vector<std::string> doctor_used_by(db::Transaction& tx, const Uuid& facility,
                                        const Uuid& doctor) {
  std::vector<std::string> kinds;
  const auto row = tx.exec(sql::doctor_used_by, facility, doctor).front();
  if (row.get<bool>("appointments")) kinds.emplace_back("APPOINTMENT");
  if (row.get<bool>("waiting_requests")) kinds.emplace_back("WAITING_REQUEST");
  if (row.get<bool>("seen")) kinds.emplace_back("CONSULTATION");
  return kinds;
}

void delete_doctor(db::Transaction& tx, const Uuid& facility, const Uuid& doctor,
                   const outbox::Events& events) {
  tx.exec(sql::delete_doctor, doctor, facility, events);
}

std::optional<bool> account_is_doctor(db::Transaction& tx, const Uuid& facility,
                                      const Uuid& account) {
  const auto rows = tx.exec(sql::doctor_account, account, facility);
  if (rows.empty()) return std::nullopt;
  return rows.front().get<bool>("may");
}

}  // namespace ambula::scheduling::store

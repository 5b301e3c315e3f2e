#include "hours.hpp"

#include <scheduling/sql.hpp>

#include "rows.hpp"

namespace ambula::scheduling::store {
namespace {

domain::ExceptionRecord to_exception_record(const db::Row& row) {
  return {.exception = to_exception(row),
          .facility_id = row.get<Uuid>("facility_id"),
          .doctor_id = row.get<Uuid>("doctor_id"),
          .reason = row.get<std::optional<std::string>>("reason"),
          .created_at = row.get<Instant>("created_at"),
          .created_by = row.get<Uuid>("created_by")};
}

domain::HolidayRecord to_holiday_record(const db::Row& row) {
  return {.holiday = {row.get<Uuid>("id"), row.get<Date>("date")},
          .facility_id = row.get<Uuid>("facility_id"),
          .name = row.get<std::string>("name"),
          .created_at = row.get<Instant>("created_at"),
          .created_by = row.get<Uuid>("created_by")};
}

std::vector<domain::Holiday> coming_holidays(db::Transaction& tx, const Uuid& facility, Date from) {
  std::vector<domain::Holiday> holidays;
  for (const auto row : tx.exec(sql::coming_holidays, facility, from))
    holidays.push_back({row.get<Uuid>("id"), row.get<Date>("date")});
  return holidays;
}

template <class A, class B>
std::pair<std::optional<A>, std::optional<B>> parts(const std::optional<std::pair<A, B>>& cursor) {
  if (!cursor) return {};
  return {cursor->first, cursor->second};
}

}  // namespace

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
  return tx
      .exec(sql::save_hours, doctor.id, doctor.facility_id, doctor.availability.valid_from,
            doctor.availability.valid_to, weekdays, from_mins, to_mins, slot_mins,
            doctor.record.updated_at, doctor.record.updated_by, events)
      .front()
      .get<std::int64_t>("hours_version");
}

void read_exceptions(db::Transaction& tx, const Uuid& facility, std::span<domain::Doctor> doctors,
                     Instant now) {
  if (doctors.empty()) return;
  const auto today = local_date(doctors.front().zone, now);
  const auto holidays = coming_holidays(tx, facility, today);
  std::vector<Uuid> ids;
  for (auto& doctor : doctors) {
    ids.push_back(doctor.id);
    doctor.availability.exceptions.clear();
    doctor.availability.holidays = holidays;
  }
  // Doctors come in the order of their ids, and so do the exceptions.
  auto doctor = doctors.begin();
  for (const auto row : tx.exec(sql::coming_exceptions, facility, ids, now)) {
    const auto owner = row.get<Uuid>("doctor_id");
    while (doctor != doctors.end() && doctor->id < owner)
      ++doctor;
    if (doctor != doctors.end() && doctor->id == owner)
      doctor->availability.exceptions.push_back(to_exception(row));
  }
}

void insert(db::Transaction& tx, const domain::ExceptionRecord& record) {
  const auto& exception = record.exception;
  tx.exec(sql::insert_exception, exception.id, record.facility_id, record.doctor_id,
          to_string(exception.kind), exception.time.from, exception.time.to,
          static_cast<int>(exception.slot.count()), record.reason, record.created_at,
          record.created_by);
}

std::optional<domain::ExceptionRecord> delete_exception(db::Transaction& tx, const Uuid& facility,
                                                        const Uuid& doctor, const Uuid& id) {
  const auto rows = tx.exec(sql::delete_exception, id, facility, doctor);
  if (rows.empty()) return std::nullopt;
  return to_exception_record(rows.front());
}

std::vector<domain::ExceptionRecord> list_exceptions(
    db::Session& session, const Uuid& facility, const Uuid& doctor, std::optional<Instant> from,
    std::optional<Instant> to, const std::optional<std::pair<Instant, Uuid>>& after, int limit) {
  const auto [after_time, after_id] = parts(after);
  std::vector<domain::ExceptionRecord> exceptions;
  for (const auto row : session.read(sql::list_exceptions, facility, doctor, from, to, after_time,
                                     after_id, limit)) {
    exceptions.push_back(to_exception_record(row));
  }
  return exceptions;
}

std::optional<domain::Rules> lock_facility(db::Transaction& tx, const Uuid& facility) {
  const auto rows = tx.exec(sql::lock_facility, facility);
  if (rows.empty()) return std::nullopt;
  return to_rules(rows.front());
}

std::vector<domain::Doctor> lock_doctors(db::Transaction& tx, const Uuid& facility) {
  std::vector<domain::Doctor> doctors;
  for (const auto row : tx.exec(sql::lock_facility_doctors, facility))
    doctors.push_back(to_doctor(row));
  return doctors;
}

void save_facility_hours(db::Transaction& tx, const Uuid& facility,
                         std::span<const domain::Doctor> doctors, Instant now, const Uuid& actor,
                         const outbox::Events& events) {
  std::vector<Uuid> ids;
  for (const auto& doctor : doctors)
    ids.push_back(doctor.id);
  tx.exec(sql::save_facility_hours, facility, ids, now, actor, events);
}

void insert(db::Transaction& tx, const domain::HolidayRecord& record) {
  tx.exec(sql::insert_holiday, record.holiday.id, record.facility_id, record.holiday.date,
          record.name, record.created_at, record.created_by);
}

std::optional<domain::HolidayRecord> delete_holiday(db::Transaction& tx, const Uuid& facility,
                                                    const Uuid& id) {
  const auto rows = tx.exec(sql::delete_holiday, id, facility);
  if (rows.empty()) return std::nullopt;
  return to_holiday_record(rows.front());
}

std::vector<domain::HolidayRecord> list_holidays(db::Session& session, const Uuid& facility,
                                                 std::optional<Date> from, std::optional<Date> to,
                                                 const std::optional<std::pair<Date, Uuid>>& after,
                                                 int limit) {
  const auto [after_date, after_id] = parts(after);
  std::vector<domain::HolidayRecord> holidays;
  for (const auto row :
       session.read(sql::list_holidays, facility, from, to, after_date, after_id, limit)) {
    holidays.push_back(to_holiday_record(row));
  }
  return holidays;
}

std::vector<domain::Appointment> visits_to_come(db::Transaction& tx, const Uuid& facility,
                                                const std::optional<Uuid>& doctor, Instant now,
                                                const TimeRange& span) {
  std::vector<domain::Appointment> visits;
  for (const auto row : tx.exec(sql::visits_to_come, facility, doctor, now, span.from, span.to))
    visits.push_back(to_appointment(row));
  return visits;
}

}  // namespace ambula::scheduling::store

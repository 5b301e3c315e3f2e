#include "appointments.hpp"

#include <scheduling/sql.hpp>

#include "rows.hpp"

namespace ambula::scheduling::store {
namespace {

template <class Enum>
std::optional<std::string> text_of(const std::optional<Enum>& value) {
  if (!value) return std::nullopt;
  return std::string(to_string(*value));
}

BookingContext to_context(const db::Row& row) {
  BookingContext context;
  context.rules = to_rules(row);
  context.facts.patient_active = row.get<std::optional<bool>>("patient_active");
  context.facts.doctor_active = row.get<std::optional<bool>>("doctor_active");
  if (!context.facts.doctor_active) return context;
  context.facts.department_id = row.get<Uuid>("department_id");
  context.facts.availability = to_availability(row);
  context.hours_version = row.get<std::int64_t>("hours_version");
  return context;
}

}  // namespace

std::optional<BookingContext> booking_context(db::Session& session, const Uuid& facility,
                                              const Uuid& patient, const Uuid& doctor) {
  const auto rows = session.read(sql::booking_facts, facility, patient, doctor);
  if (rows.empty()) return std::nullopt;
  return to_context(rows.front());
}

BookingContext booking_context(db::Transaction& tx, const Uuid& facility, const Uuid& patient,
                               const Uuid& doctor) {
  const auto rows = tx.exec(sql::booking_facts, facility, patient, doctor);
  return rows.empty() ? BookingContext{} : to_context(rows.front());
}

Result<bool> book(db::Session& session, const domain::Appointment& a, const BookingContext& context,
                  const service::Call::IdempotencyParams& answer, const outbox::Events& events) {
  const auto rows = session.execute(
      sql::book_appointment, a.id, a.facility_id, a.patient_id, a.doctor_id, context.hours_version,
      a.time.from, a.time.to, local_date(context.rules.zone, a.time.from),
      domain::seats_for(a.triage_level, context.rules), text_of(a.triage_level), a.reason, a.notes,
      a.created_at, a.created_by, answer, events);
  if (!rows) return rows.error();
  return !rows->empty();
}

Refusal why_not_booked(db::Session& session, const domain::Appointment& wanted,
                       const BookingContext& context) {
  const auto row = session
                       .read(sql::why_not_booked, wanted.facility_id, wanted.patient_id,
                             wanted.doctor_id, context.hours_version, wanted.time.from,
                             wanted.time.to, local_date(context.rules.zone, wanted.time.from),
                             domain::seats_for(wanted.triage_level, context.rules), wanted.id)
                       .front();
  if (!row.get<bool>("doctor_unchanged")) return Refusal::retry;
  if (row.get<bool>("patient_busy")) return Refusal::patient_overlap;
  if (row.get<bool>("day_full")) return Refusal::doctor_day_full;
  return row.get<bool>("doctor_busy") ? Refusal::slot_taken : Refusal::retry;
}

std::optional<domain::Appointment> get(db::Session& session, const Uuid& facility, const Uuid& id) {
  const auto rows = session.read(sql::get_appointment, id, facility);
  if (rows.empty()) return std::nullopt;
  return to_appointment(rows.front());
}

std::optional<Locked> lock(db::Transaction& tx, const Uuid& facility, const Uuid& id) {
  const auto rows = tx.exec(sql::lock_appointment, id, facility);
  if (rows.empty()) return std::nullopt;
  return Locked{to_appointment(rows.front()), to_rules(rows.front())};
}

Result<std::int64_t> save(db::Transaction& tx, const domain::Appointment& a,
                          const domain::Rules& rules, bool needs_seat,
                          const outbox::Events& events) {
  const auto rows = tx.exec(sql::save_appointment, a.id, a.facility_id, a.doctor_id, a.time.from,
                            a.time.to, local_date(rules.zone, a.time.from), a.department_id,
                            to_string(a.status), a.status_reason, a.move_count, a.consultation_id,
                            text_of(a.status_before), domain::seats_for(a.triage_level, rules),
                            a.reason, a.notes, a.updated_at, a.updated_by, events, needs_seat);
  if (rows.empty()) return conflict("doctor-day-full", "The doctor has no seat left on that day.");
  return rows.front().get<std::int64_t>("version");
}

std::vector<domain::Appointment> list(db::Session& session, const Uuid& facility,
                                      const ListFilter& filter,
                                      const std::optional<std::pair<Instant, Uuid>>& after,
                                      int limit) {
  std::optional<Instant> after_time;
  std::optional<Uuid> after_id;
  if (after) std::tie(after_time, after_id) = *after;
  const auto rows = session.read(sql::list_appointments, facility, filter.from, filter.to,
                                 filter.doctor_id, filter.patient_id, filter.department_id,
                                 text_of(filter.status), after_time, after_id, limit);
  std::vector<domain::Appointment> appointments;
  for (const auto row : rows)
    appointments.push_back(to_appointment(row));
  return appointments;
}

std::vector<domain::Calendar> calendars(db::Session& session, const Uuid& facility,
                                        const SlotFilter& filter, const TimeRange& window,
                                        int seats) {
  const auto rows = session.read(sql::calendars, facility, window.from, window.to, filter.doctor_id,
                                 filter.specialty, filter.department_id, seats);
  std::vector<domain::Calendar> calendars;
  for (const auto row : rows) {
    domain::Calendar calendar;
    calendar.doctor_id = row.get<Uuid>("id");
    calendar.availability = to_availability(row);
    const auto from = row.get<std::vector<Instant>>("busy_from");
    const auto to = row.get<std::vector<Instant>>("busy_to");
    for (std::size_t i = 0; i < from.size(); ++i)
      calendar.busy.push_back({from[i], to[i]});
    for (const auto& day : row.get<std::vector<std::string>>("full_days")) {
      if (const auto date = parse_date(day)) calendar.full_days.push_back(*date);
    }
    calendars.push_back(std::move(calendar));
  }
  return calendars;
}

std::optional<domain::Rules> rules(db::Session& session, const Uuid& facility) {
  const auto rows = session.read(sql::facility_rules, facility);
  if (rows.empty()) return std::nullopt;
  return to_rules(rows.front());
}

}  // namespace ambula::scheduling::store

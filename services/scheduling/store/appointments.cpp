#include "appointments.hpp"

#include <algorithm>
#include <scheduling/sql.hpp>

#include "rows.hpp"

namespace ambula::scheduling::store {
namespace {

BookingContext to_context(const db::Row& row) {
  BookingContext context;
  context.rules = to_rules(row);
  context.facts.patient_active = row.get<std::optional<bool>>("patient_active");
  context.facts.doctor_active = row.get<std::optional<bool>>("doctor_active");
  if (!context.facts.doctor_active) return context;
  context.facts.department_id = row.get<Uuid>("department_id");
  context.facts.availability = to_availability_with_exceptions(row);
  context.hours_version = row.get<std::int64_t>("hours_version");
  return context;
}

/// `read` is Session::read or Transaction::exec.
template <class Read>
Refusal why_not(Read&& read, const domain::Appointment& wanted, const BookingContext& context) {
  const auto row = read(sql::why_not_booked, wanted.facility_id, wanted.patient_id,
                        wanted.doctor_id, context.hours_version, wanted.time.from, wanted.time.to,
                        local_date(context.rules.zone, wanted.time.from),
                        domain::seats_for(wanted.triage_level, context.rules), wanted.id)
                       .front();
  if (!row.template get<bool>("doctor_unchanged")) return Refusal::retry;
  if (row.template get<bool>("patient_busy")) return Refusal::patient_overlap;
  if (row.template get<bool>("day_full")) return Refusal::doctor_day_full;
  return row.template get<bool>("doctor_busy") ? Refusal::slot_taken : Refusal::retry;
}

}  // namespace

std::optional<BookingContext> booking_context(db::Session& session, const Uuid& facility,
                                              const Uuid& patient, const Uuid& doctor,
                                              Instant starts_at) {
  const auto rows = session.read(sql::booking_facts, facility, patient, doctor, starts_at,
                                 starts_at + domain::visit_max);
  if (rows.empty()) return std::nullopt;
  return to_context(rows.front());
}

BookingContext booking_context(db::Transaction& tx, const Uuid& facility, const Uuid& patient,
                               const Uuid& doctor, Instant starts_at) {
  const auto rows = tx.exec(sql::booking_facts, facility, patient, doctor, starts_at,
                            starts_at + domain::visit_max);
  return rows.empty() ? BookingContext{} : to_context(rows.front());
}

Result<bool> book(db::Session& session, const domain::Appointment& a, const BookingContext& context,
                  const service::Call::IdempotencyParams& answer, const outbox::Events& events) {
  const auto rows = session.execute(
      sql::book_appointment, a.id, a.facility_id, a.patient_id, a.doctor_id, context.hours_version,
      a.time.from, a.time.to, local_date(context.rules.zone, a.time.from),
      domain::seats_for(a.triage_level, context.rules), text_of(a.triage_level), a.reason, a.notes,
      a.created_at, a.created_by, answer, events, a.assignment_reason);
  if (!rows) return rows.error();
  return !rows->empty();
}

bool book(db::Transaction& tx, const domain::Appointment& a, const BookingContext& context,
          const outbox::Events& events) {
  const service::Call::IdempotencyParams no_answer{a.created_by, std::nullopt, "", 201, "", ""};
  return !tx.exec(sql::book_appointment, a.id, a.facility_id, a.patient_id, a.doctor_id,
                  context.hours_version, a.time.from, a.time.to,
                  local_date(context.rules.zone, a.time.from),
                  domain::seats_for(a.triage_level, context.rules), text_of(a.triage_level),
                  a.reason, a.notes, a.created_at, a.created_by, no_answer, events,
                  a.assignment_reason)
              .empty();
}

Refusal why_not_booked(db::Session& session, const domain::Appointment& wanted,
                       const BookingContext& context) {
  return why_not([&](const auto&... args) { return session.read(args...); }, wanted, context);
}

Refusal why_not_booked(db::Transaction& tx, const domain::Appointment& wanted,
                       const BookingContext& context) {
  return why_not([&](const auto&... args) { return tx.exec(args...); }, wanted, context);
}

void share_doctors(db::Transaction& tx, const Uuid& facility, const std::vector<Uuid>& doctors) {
  tx.exec(sql::share_doctors, facility, doctors);
}

void free_time(db::Transaction& tx, const Uuid& facility, const std::optional<Uuid>& doctor,
               const TimeRange& span) {
  tx.exec(sql::free_time, facility, doctor, span.from, span.to);
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
  const auto rows =
      tx.exec(sql::save_appointment, a.id, a.facility_id, a.doctor_id, a.time.from, a.time.to,
              local_date(rules.zone, a.time.from), a.department_id, to_string(a.status),
              a.status_reason, a.move_count, a.consultation_id, text_of(a.status_before),
              domain::seats_for(a.triage_level, rules), a.reason, a.notes, a.updated_at,
              a.updated_by, events, needs_seat, a.assignment_reason);
  if (rows.empty()) return conflict("doctor-day-full", "The doctor has no seat left on that day.");
  return rows.front().get<std::int64_t>("version");
}

std::vector<domain::Appointment> list(db::Session& session, const Uuid& facility,
                                      const ListFilter& filter,
                                      const std::optional<std::pair<Instant, Uuid>>& after,
                                      int limit) {
  // Without a cursor the page begins at `from`: no id is below the nil id.
  const auto [time, id] = after ? std::pair(std::max(after->first, filter.from),
                                            after->first < filter.from ? Uuid{} : after->second)
                                : std::pair(filter.from, Uuid{});
  const auto status = text_of(filter.status);
  db::Rows rows;
  if (filter.patient_id) {
    rows = session.read(sql::list_by_patient, facility, time, id, filter.to, filter.department_id,
                        status, limit, filter.patient_id, filter.doctor_id);
  } else if (filter.doctor_id) {
    rows = session.read(sql::list_by_doctor, facility, time, id, filter.to, filter.department_id,
                        status, limit, filter.doctor_id);
  } else {
    rows = session.read(sql::list_by_day, facility, time, id, filter.to, filter.department_id,
                        status, limit);
  }
  std::vector<domain::Appointment> appointments;
  for (const auto row : rows)
    appointments.push_back(to_appointment(row));
  return appointments;
}

std::vector<domain::Figures> figures(db::Session& session, const Uuid& facility,
                                     const TimeRange& span) {
  std::vector<domain::Figures> all;
  for (const auto row : session.read(sql::appointment_figures, facility, span.from, span.to)) {
    auto name = row.get<std::optional<std::string>>("doctor_name");
    if (!name) name = row.get<std::optional<std::string>>("department_name");
    all.push_back({.kind = row.get<std::string>("kind"),
                   .key = row.get<std::optional<std::string>>("key"),
                   .name = std::move(name),
                   .appointments = row.get<std::int64_t>("appointments"),
                   .visits = row.get<std::int64_t>("visits"),
                   .open = row.get<std::int64_t>("open"),
                   .cancelled = row.get<std::int64_t>("cancelled"),
                   .no_show = row.get<std::int64_t>("no_show")});
  }
  return all;
}

std::optional<domain::Assessment> find_assessment(db::Session& session, const Uuid& facility,
                                                  const Uuid& id) {
  const auto rows = session.read(sql::find_assessment, id, facility);
  if (rows.empty()) return std::nullopt;
  const auto row = rows.front();
  return domain::Assessment{row.get<Uuid>("patient_id"), *to_level(row, "level"),
                            row.get<Instant>("valid_until")};
}

std::optional<domain::Rules> rules(db::Session& session, const Uuid& facility) {
  const auto rows = session.read(sql::facility_rules, facility);
  if (rows.empty()) return std::nullopt;
  return to_rules(rows.front());
}

std::optional<domain::Rules> rules(db::Transaction& tx, const Uuid& facility) {
  const auto rows = tx.exec(sql::facility_rules, facility);
  if (rows.empty()) return std::nullopt;
  return to_rules(rows.front());
}

}  // namespace ambula::scheduling::store

#include "consultations.hpp"

#include <consultation/sql.hpp>

#include "rows.hpp"

namespace ambula::consultation::store {
namespace {

std::optional<domain::Visit> one_visit(const db::Rows& rows, domain::Visit::Origin origin) {
  if (rows.empty()) return std::nullopt;
  auto visit = to_visit(rows.front());
  visit.origin = origin;
  return visit;
}

/// The diagnoses as the row holds them: one array per member.
struct DiagnosisColumns {
  std::vector<std::string> codes;
  std::vector<std::string> systems;
  std::vector<std::string> texts;
  std::vector<int> primaries;
};
DiagnosisColumns columns_of(const std::vector<domain::Diagnosis>& diagnoses) {
  DiagnosisColumns columns;
  for (const auto& diagnosis : diagnoses) {
    columns.codes.push_back(diagnosis.code.value_or(""));
    columns.systems.push_back(diagnosis.system.value_or(""));
    columns.texts.push_back(diagnosis.text);
    columns.primaries.push_back(diagnosis.primary ? 1 : 0);
  }
  return columns;
}

}  // namespace

std::optional<domain::Visit> visit_of_appointment(db::Transaction& tx, const Uuid& facility,
                                                  const Uuid& appointment) {
  return one_visit(tx.exec(sql::visit_of_appointment, appointment, facility),
                   domain::Visit::Origin::appointment);
}

std::optional<domain::Visit> visit_of_entry(db::Transaction& tx, const Uuid& facility,
                                            const Uuid& entry) {
  return one_visit(tx.exec(sql::visit_of_entry, entry, facility), domain::Visit::Origin::entry);
}

bool insert(db::Transaction& tx, const domain::Consultation& c,
            const std::vector<std::string>& history, const outbox::Events& events) {
  return !tx.exec(sql::insert_consultation, c.id, c.facility_id, c.patient_id, c.visitor_id,
                  c.doctor_id, c.appointment_id, c.queue_entry_id, c.started_at, c.created_by,
                  history, events)
              .empty();
}

std::optional<Locked> lock(db::Transaction& tx, const Uuid& facility, const Uuid& id) {
  const auto locked = tx.exec(sql::lock_consultation, id, facility);
  if (locked.empty()) return std::nullopt;
  const auto rows = tx.exec(sql::get_consultation, id, facility);
  return Locked{to_consultation(rows.front()), to_rules(locked.front())};
}

std::int64_t save(db::Transaction& tx, const domain::Consultation& c,
                  const std::vector<std::string>& history, const outbox::Events& events) {
  const auto& note = c.note;
  const auto& vitals = note.vitals;
  const auto follow_up = note.follow_up.value_or(domain::FollowUp{});
  const auto diagnoses = columns_of(note.diagnoses);
  return tx
      .exec(sql::save_consultation, c.id, c.facility_id, c.doctor_id, to_string(c.status),
            c.completed_at, c.status_reason, c.no_diagnosis_reason, to_string(note.status),
            note.complaint, note.history, note.examination, note.plan, note.follow_up.has_value(),
            follow_up.on, follow_up.note, vitals.respiratory_rate, vitals.spo2, vitals.spo2_scale,
            vitals.on_oxygen, vitals.systolic, vitals.diastolic, vitals.pulse, vitals.consciousness,
            vitals.temperature_c, vitals.weight_kg, vitals.height_cm, diagnoses.codes,
            diagnoses.systems, diagnoses.texts, diagnoses.primaries, c.updated_at, c.updated_by,
            history, events)
      .front()
      .get<std::int64_t>("version");
}

void insert_addendum(db::Transaction& tx, const domain::Consultation& c,
                     const domain::Addendum& addendum) {
  tx.exec(sql::insert_addendum, addendum.id, c.facility_id, c.id, addendum.text, addendum.at,
          addendum.by);
}

std::optional<domain::Consultation> get(db::Session& session, const Uuid& facility,
                                        const Uuid& id) {
  const auto rows = session.read(sql::get_consultation, id, facility);
  if (rows.empty()) return std::nullopt;
  return to_consultation(rows.front());
}

std::vector<domain::Consultation> list(db::Session& session, const Uuid& facility,
                                       const ListFilter& filter, const Reader& reader, Instant now,
                                       const TimeCursor& after, int limit) {
  std::optional<std::string> status;
  if (filter.status) status = std::string(to_string(*filter.status));
  std::optional<Instant> after_time;
  std::optional<Uuid> after_id;
  if (after) std::tie(after_time, after_id) = *after;
  const auto rows =
      session.read(sql::list_consultations, facility, filter.patient_id, filter.doctor_id,
                   filter.appointment_id, filter.queue_entry_id, status, filter.from, filter.to,
                   reader.doctor_id, reader.patient_id, now, after_time, after_id, limit);
  std::vector<domain::Consultation> consultations;
  for (const auto row : rows)
    consultations.push_back(to_consultation(row));
  return consultations;
}

bool is_on_list(db::Session& session, const Uuid& facility, const Uuid& doctor, Instant now,
                const std::optional<Uuid>& patient, const std::optional<Uuid>& visitor) {
  return session.read(sql::is_on_list, facility, doctor, now, patient, visitor)
      .front()
      .get<bool>("on_list");
}

bool knows_patient(db::Session& session, const Uuid& facility, const Uuid& patient) {
  return !session.read(sql::known_patient, patient, facility).empty();
}

}  // namespace ambula::consultation::store

#include "patients.hpp"

#include <patient/sql.hpp>

#include "clinical_items.hpp"
#include "patient/domain/phone.hpp"
#include "rows.hpp"

namespace ambula::patient::store {
namespace {

/// What insert and save write, in the order of their first parameters.
struct Written {
  const domain::Patient& patient;
};

void append_param(db::Params& params, const Written& written) {
  using db::append_param;
  const auto& patient = written.patient;
  const auto& details = patient.details;
  const auto address = details.address.value_or(domain::Address{});
  const auto contact = details.emergency_contact.value_or(domain::EmergencyContact{});
  const auto add = [&params](const auto&... values) { (append_param(params, values), ...); };
  add(patient.id, patient.facility_id, domain::to_string(patient.status), patient.status_reason);
  add(details.given_name, details.family_name, details.birth_date, details.birth_date_estimated,
      domain::to_string(details.sex), details.phone, details.email);
  add(address.line, address.city, address.district, address.state, address.postal_code,
      address.country, details.blood_group);
  add(details.emergency_contact ? std::optional(contact.name) : std::nullopt, contact.relationship,
      contact.phone, details.medical_history, details.notes);
  add(patient.record.updated_at, patient.record.updated_by, patient.account_id,
      patient.email_pending, patient.deleted_at);
  add(patient.preferences.language, patient.preferences.email, patient.preferences.opt_out);
}

std::optional<std::string> phone_digits_of(const domain::Patient& patient) {
  if (!patient.details.phone) return std::nullopt;
  return domain::phone_digits(*patient.details.phone, patient.phone_region);
}

/// A record that was locked knows where its facility is.
domain::Patient to_locked(const db::Row& row) {
  auto patient = to_patient(row);
  patient.phone_region = domain::phone_region(row.text("zone"), row.text("locale"));
  return patient;
}

std::optional<Facility> to_facility(const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  const auto row = rows.front();
  const auto zone = row.get<std::string>("zone");
  const auto locale = row.get<std::string>("locale");
  return Facility{row.get<std::string>("code"), zone, locale, domain::phone_region(zone, locale)};
}

}  // namespace

std::optional<Facility> facility(db::Transaction& tx, const Uuid& id) {
  return to_facility(tx.exec(sql::facility_facts, id));
}

std::optional<Facility> facility(db::Session& session, const Uuid& id) {
  return to_facility(session.read(sql::facility_facts, id));
}

std::int64_t draw_mrn(db::Transaction& tx, const Uuid& facility) {
  return tx.exec(sql::draw_mrn, facility).front().get<std::int64_t>("last");
}

void insert(db::Transaction& tx, const domain::Patient& patient, const outbox::Events& events) {
  tx.exec(sql::insert_patient, Written{patient}, events, phone_digits_of(patient), patient.mrn);
}

std::optional<domain::Patient> get(db::Session& session, const Uuid& facility, const Uuid& id) {
  const auto rows = session.read(sql::get_patient, id, facility);
  if (rows.empty()) return std::nullopt;
  return to_patient(rows.front());
}

std::optional<Locked> lock(db::Transaction& tx, const Uuid& facility, const Uuid& id) {
  const auto rows = tx.exec(sql::lock_patient, id, facility);
  if (rows.empty()) return std::nullopt;
  Locked locked{to_locked(rows.front()), rows.front().get<std::string>("zone")};
  // After the lock: one statement with it would still see the allergies of before.
  locked.patient.allergies = std::move(present_allergies(tx, facility, {id})[id]);
  return locked;
}

std::optional<Hidden> lock_deleted(db::Transaction& tx, const Uuid& facility, const Uuid& id) {
  const auto rows = tx.exec(sql::lock_deleted, id, facility);
  if (rows.empty()) return std::nullopt;
  const auto row = rows.front();
  return Hidden{to_locked(row), row.get<bool>("email_free"), row.get<bool>("account_free")};
}

void tell_binding(db::Transaction& tx, const domain::Patient& patient,
                  const outbox::Events& events) {
  tx.exec(sql::tell_binding, patient.id, patient.facility_id, events);
}

std::vector<std::string> dependants(db::Transaction& tx, const Uuid& facility, const Uuid& id) {
  std::vector<std::string> kinds;
  for (const auto row : tx.exec(sql::dependants, facility, id)) {
    kinds.push_back(row.get<std::string>("kind"));
  }
  return kinds;
}

std::vector<std::pair<Uuid, Uuid>> due_purges(db::Session& session, Instant deleted_before) {
  std::vector<std::pair<Uuid, Uuid>> due;
  for (const auto row : session.read(sql::due_purges, deleted_before)) {
    due.emplace_back(row.get<Uuid>("id"), row.get<Uuid>("facility_id"));
  }
  return due;
}

void purge(db::Transaction& tx, const domain::Patient& patient, const outbox::Events& events) {
  tx.exec(sql::purge_patient, patient.id, patient.facility_id, events);
}

bool is_deleted(db::Transaction& tx, const Uuid& facility, const Uuid& id) {
  return tx.exec(sql::is_deleted, id, facility).front().get<bool>("deleted");
}

std::int64_t save(db::Transaction& tx, const domain::Patient& patient,
                  const outbox::Events& events) {
  return tx.exec(sql::save_patient, Written{patient}, events, phone_digits_of(patient))
      .front()
      .get<std::int64_t>("version");
}

bool is_on_list(db::Session& session, const Uuid& facility, const Uuid& doctor, Instant now,
                const Uuid& patient) {
  return session.read(sql::is_on_list, facility, doctor, now, patient).front().get<bool>("on_list");
}

}  // namespace ambula::patient::store

#include "rows.hpp"

#include <ambula/base/check.hpp>

namespace ambula::patient::store {
namespace {

using Text = std::optional<std::string>;

/// A column with a CHECK can only hold a known name.
template <class T>
T known(const std::optional<T>& value) {
  AMBULA_CHECK(value.has_value());
  return *value;
}

std::optional<domain::Address> to_address(const db::Row& row) {
  domain::Address address{.line = row.get<Text>("address_line"),
                          .city = row.get<Text>("address_city"),
                          .district = row.get<Text>("address_district"),
                          .state = row.get<Text>("address_state"),
                          .postal_code = row.get<Text>("address_postal_code"),
                          .country = row.get<Text>("address_country")};
  if (address == domain::Address{}) return std::nullopt;
  return address;
}

std::optional<domain::EmergencyContact> to_contact(const db::Row& row) {
  const auto name = row.get<Text>("emergency_name");
  if (!name) return std::nullopt;
  return domain::EmergencyContact{*name, row.get<Text>("emergency_relationship"),
                                  row.get<Text>("emergency_phone")};
}

domain::Details to_details(const db::Row& row) {
  domain::Details details;
  details.given_name = row.get<std::string>("given_name");
  details.family_name = row.get<Text>("family_name");
  details.birth_date = row.get<Date>("birth_date");
  details.birth_date_estimated = row.get<bool>("birth_date_estimated");
  details.sex = known(domain::parse_sex(row.text("sex")));
  details.phone = row.get<Text>("phone");
  details.email = row.get<Text>("email");
  details.address = to_address(row);
  details.blood_group = row.get<Text>("blood_group");
  details.emergency_contact = to_contact(row);
  details.medical_history = row.get<Text>("medical_history");
  details.notes = row.get<Text>("notes");
  return details;
}

domain::Record to_record(const db::Row& row) {
  return {row.get<std::int64_t>("version"), row.get<Instant>("created_at"),
          row.get<Uuid>("created_by"), row.get<Instant>("updated_at"), row.get<Uuid>("updated_by")};
}

}  // namespace

domain::Patient to_patient(const db::Row& row) {
  domain::Patient patient;
  patient.id = row.get<Uuid>("id");
  patient.facility_id = row.get<Uuid>("facility_id");
  patient.mrn = row.get<std::string>("mrn");
  patient.status = known(domain::parse_status(row.text("status")));
  patient.status_reason = row.get<Text>("status_reason");
  patient.details = to_details(row);
  patient.account_id = row.get<std::optional<Uuid>>("account_id");
  patient.email_pending = row.get<Text>("email_pending");
  patient.deleted_at = row.get<std::optional<Instant>>("deleted_at");
  patient.preferences = {row.get<std::string>("language"), row.get<bool>("channel_email"),
                         row.get<std::vector<std::string>>("opt_out")};
  patient.record = to_record(row);
  return patient;
}

domain::ClinicalItem to_clinical_item(const db::Row& row) {
  using enum domain::ItemKind;
  using enum domain::ItemStatus;
  domain::ClinicalItem item;
  item.id = row.get<Uuid>("id");
  item.facility_id = row.get<Uuid>("facility_id");
  item.patient_id = row.get<Uuid>("patient_id");
  item.kind = row.text("kind") == domain::to_string(allergy) ? allergy : condition;
  item.status = row.text("status") == domain::to_string(active) ? active : voided;
  item.void_reason = row.get<Text>("void_reason");
  item.name = row.get<std::string>("name");
  item.code = row.get<Text>("code");
  item.system = row.get<Text>("system");
  item.severity = row.get<Text>("severity");
  item.noted_on = row.get<std::optional<Date>>("noted_on");
  item.record = to_record(row);
  return item;
}

domain::Item to_item(const db::Row& row) {
  domain::Item item;
  item.event_id = row.get<Uuid>("event_id");
  item.at = row.get<Instant>("at");
  item.kind = known(domain::parse_kind(row.text("kind")));
  item.event = row.get<std::string>("event");
  item.ref_type = row.get<std::string>("ref_type");
  item.ref_id = row.get<Uuid>("ref_id");
  item.doctor_id = row.get<std::optional<Uuid>>("doctor_id");
  item.department_id = row.get<std::optional<Uuid>>("department_id");
  item.starts_at = row.get<std::optional<Instant>>("starts_at");
  item.label = row.get<Text>("label");
  return item;
}

}  // namespace ambula::patient::store

#include "rows.hpp"

#include <ambula/base/check.hpp>

namespace ambula::consultation::store {
namespace {

using Text = std::optional<std::string>;
using Id = std::optional<Uuid>;

/// CHECK constraints keep the columns to the names of the enums.
template <class T>
T known(std::optional<T> value) {
  AMBULA_CHECK(value.has_value());
  return *value;
}

/// In an array '' stands for "none".
Text none_if_empty(const std::string& text) {
  return text.empty() ? std::nullopt : Text(text);
}

domain::Vitals to_vitals(const db::Row& row) {
  using Whole = std::optional<int>;
  using Real = std::optional<double>;
  return {.respiratory_rate = row.get<Whole>("respiratory_rate"),
          .spo2 = row.get<Whole>("spo2"),
          .spo2_scale = row.get<Whole>("spo2_scale"),
          .on_oxygen = row.get<std::optional<bool>>("on_oxygen"),
          .systolic = row.get<Whole>("systolic"),
          .diastolic = row.get<Whole>("diastolic"),
          .pulse = row.get<Whole>("pulse"),
          .consciousness = row.get<Text>("consciousness"),
          .temperature_c = row.get<Real>("temperature_c"),
          .weight_kg = row.get<Real>("weight_kg"),
          .height_cm = row.get<Real>("height_cm")};
}

std::vector<domain::Diagnosis> to_diagnoses(const db::Row& row) {
  const auto codes = row.get<std::vector<std::string>>("diagnosis_codes");
  const auto systems = row.get<std::vector<std::string>>("diagnosis_systems");
  const auto texts = row.get<std::vector<std::string>>("diagnosis_texts");
  const auto primaries = row.get<std::vector<int>>("diagnosis_primaries");
  std::vector<domain::Diagnosis> diagnoses;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    diagnoses.push_back(
        {none_if_empty(codes[i]), none_if_empty(systems[i]), texts[i], primaries[i] != 0});
  }
  return diagnoses;
}

domain::Note to_note(const db::Row& row) {
  domain::Note note;
  note.status = known(domain::parse_note_status(row.text("note_status")));
  note.complaint = row.get<Text>("complaint");
  note.history = row.get<Text>("history");
  note.examination = row.get<Text>("examination");
  note.vitals = to_vitals(row);
  note.diagnoses = to_diagnoses(row);
  note.plan = row.get<Text>("plan");
  if (row.get<bool>("has_follow_up")) {
    note.follow_up = domain::FollowUp{row.get<std::optional<Date>>("follow_up_on"),
                                      row.get<Text>("follow_up_note")};
  }
  return note;
}

std::vector<domain::Addendum> to_addenda(const db::Row& row) {
  const auto ids = row.get<std::vector<Uuid>>("addendum_ids");
  const auto texts = row.get<std::vector<std::string>>("addendum_texts");
  const auto ats = row.get<std::vector<Instant>>("addendum_ats");
  const auto bys = row.get<std::vector<Uuid>>("addendum_bys");
  std::vector<domain::Addendum> addenda;
  for (std::size_t i = 0; i < ids.size(); ++i)
    addenda.push_back({ids[i], texts[i], ats[i], bys[i]});
  return addenda;
}

template <class Record>
void set_record(Record& record, const db::Row& row) {
  record.version = row.get<std::int64_t>("version");
  record.created_at = row.get<Instant>("created_at");
  record.created_by = row.get<Uuid>("created_by");
  record.updated_at = row.get<Instant>("updated_at");
  record.updated_by = row.get<Uuid>("updated_by");
}

}  // namespace

domain::Visit to_visit(const db::Row& row) {
  return {.origin = {},
          .patient_id = row.get<Id>("patient_id"),
          .visitor_id = row.get<Id>("visitor_id"),
          .doctor_id = row.get<Id>("doctor_id"),
          .appointment_id = row.get<Id>("appointment_id"),
          .queue_entry_id = row.get<Id>("queue_entry_id"),
          .status = row.get<std::string>("status"),
          .live_consultation = row.get<Id>("live_consultation")};
}

domain::Consultation to_consultation(const db::Row& row) {
  domain::Consultation consultation;
  consultation.id = row.get<Uuid>("id");
  consultation.facility_id = row.get<Uuid>("facility_id");
  consultation.patient_id = row.get<Id>("patient_id");
  consultation.visitor_id = row.get<Id>("visitor_id");
  consultation.doctor_id = row.get<Uuid>("doctor_id");
  consultation.appointment_id = row.get<Id>("appointment_id");
  consultation.queue_entry_id = row.get<Id>("queue_entry_id");
  consultation.status = known(domain::parse_status(row.text("status")));
  consultation.started_at = row.get<Instant>("started_at");
  consultation.completed_at = row.get<std::optional<Instant>>("completed_at");
  consultation.status_reason = row.get<Text>("status_reason");
  consultation.no_diagnosis_reason = row.get<Text>("no_diagnosis_reason");
  consultation.note = to_note(row);
  consultation.addenda = to_addenda(row);
  consultation.prescriptions = row.get<std::vector<Uuid>>("prescription_ids");
  consultation.issued = row.get<std::vector<Uuid>>("issued_ids");
  set_record(consultation, row);
  return consultation;
}

domain::Prescription to_prescription(const db::Row& row) {
  domain::Prescription prescription;
  prescription.id = row.get<Uuid>("id");
  prescription.facility_id = row.get<Uuid>("facility_id");
  prescription.consultation_id = row.get<Uuid>("consultation_id");
  prescription.patient_id = row.get<Id>("patient_id");
  prescription.visitor_id = row.get<Id>("visitor_id");
  prescription.doctor_id = row.get<Uuid>("doctor_id");
  prescription.number = row.get<std::string>("number");
  prescription.status = known(domain::parse_rx_status(row.text("status")));
  prescription.fulfilment = known(domain::parse_fulfilment(row.text("fulfilment")));
  prescription.issued_at = row.get<std::optional<Instant>>("issued_at");
  prescription.expires_on = row.get<std::optional<Date>>("expires_on");
  prescription.status_reason = row.get<Text>("status_reason");
  prescription.replaces = row.get<Id>("replaces");
  prescription.notes = row.get<Text>("notes");
  set_record(prescription, row);
  return prescription;
}

domain::Item to_item(const db::Row& row) {
  domain::Item item;
  item.id = row.get<Uuid>("id");
  item.medicine_id = row.get<Id>("medicine_id");
  item.medicine = {row.get<std::string>("medicine_name"), row.get<Text>("medicine_strength"),
                   row.get<Text>("medicine_form")};
  item.dose = row.get<std::string>("dose");
  item.route = row.get<Text>("route");
  item.frequency = row.get<std::string>("frequency");
  item.duration_days = row.get<std::optional<int>>("duration_days");
  item.quantity = row.get<int>("quantity");
  item.quantity_derived = row.get<bool>("quantity_derived");
  item.instructions = row.get<Text>("instructions");
  return item;
}

std::optional<domain::Rules> to_rules(const db::Row& row) {
  if (row.is_null("zone")) return std::nullopt;
  return domain::Rules{row.get<std::string>("zone"), row.get<int>("prescription_days")};
}

}  // namespace ambula::consultation::store

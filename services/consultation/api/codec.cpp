#include "codec.hpp"

#include <algorithm>

#include <ambula/json/json.hpp>

namespace ambula::consultation::api {
namespace {

constexpr json::Text note_rule{.max = 10'000, .multiline = true};
constexpr json::Text reason_rule{.max = 1000, .multiline = true};
constexpr json::Text code_rule{.max = 40};
constexpr std::size_t diagnoses_max = 50;
constexpr std::size_t items_max = 50;
constexpr std::size_t prescriptions_max = 20;
constexpr int quantity_max = 1'000'000;
constexpr int duration_days_max = 3650;
const std::vector<std::string_view> consciousness_names = {"A", "C", "V", "P", "U"};

void refuse_server_fields(json::Object& body) {
  body.read_only({"id", "facility_id", "version", "created_at", "created_by", "updated_at",
                  "updated_by", "status", "patient_id", "visitor_id", "doctor_id"});
}

template <class Record>
void put_record(json::Value& value, const Record& record) {
  value["version"] = record.version;
  value["created_at"] = json::of(record.created_at);
  value["created_by"] = record.created_by.str();
  value["updated_at"] = json::of(record.updated_at);
  value["updated_by"] = record.updated_by.str();
}

std::optional<int> whole(json::Object& body, std::string_view name, int min, int max) {
  const auto number = body.optional_integer(name, min, max);
  return number ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

/// The ranges are what a living person can show; beyond them somebody mistyped.
domain::Vitals vitals_of(json::Object& body) {
  domain::Vitals vitals;
  vitals.respiratory_rate = whole(body, "respiratory_rate", 1, 100);
  vitals.spo2 = whole(body, "spo2", 30, 100);
  vitals.spo2_scale = whole(body, "spo2_scale", 1, 2);
  vitals.on_oxygen = body.optional_boolean("on_oxygen");
  vitals.systolic = whole(body, "systolic", 30, 300);
  vitals.diastolic = whole(body, "diastolic", 10, 200);
  vitals.pulse = whole(body, "pulse", 10, 300);
  if (const auto state = body.optional_choice("consciousness", consciousness_names)) {
    vitals.consciousness = std::string(consciousness_names[*state]);
  }
  vitals.temperature_c = body.optional_number("temperature_c", 25, 45);
  vitals.weight_kg = body.optional_number("weight_kg", 0.2, 500);
  vitals.height_cm = body.optional_number("height_cm", 20, 260);
  return vitals;
}

std::vector<domain::Diagnosis> diagnoses_of(json::Object& note) {
  std::vector<domain::Diagnosis> diagnoses;
  for (auto& body : note.objects("diagnoses", 0, diagnoses_max)) {
    diagnoses.push_back({.code = body.optional_text("code", code_rule),
                         .system = body.optional_text("system"),
                         .text = body.text("text", {.max = 1000}),
                         .primary = body.optional_boolean("primary").value_or(false)});
  }
  if (std::ranges::count(diagnoses, true, &domain::Diagnosis::primary) > 1) {
    note.fault("diagnoses", "one-primary", "At most one diagnosis is the primary one.");
  }
  return diagnoses;
}

void patch_text(json::Object& body, std::string_view name, std::optional<std::string>& target) {
  if (body.is_present(name)) target = body.optional_text(name, note_rule);
}

void patch_note(json::Object& body, domain::Note& note) {
  body.read_only({"status"});
  patch_text(body, "complaint", note.complaint);
  patch_text(body, "history", note.history);
  patch_text(body, "examination", note.examination);
  patch_text(body, "plan", note.plan);
  if (body.is_present("vitals")) {
    auto vitals = body.optional_object("vitals");
    note.vitals = vitals ? vitals_of(*vitals) : domain::Vitals{};
  }
  if (body.is_null("diagnoses")) {
    note.diagnoses.clear();
  } else if (body.is_present("diagnoses")) {
    note.diagnoses = diagnoses_of(body);
  }
  if (!body.is_present("follow_up")) return;
  note.follow_up.reset();
  if (auto follow_up = body.optional_object("follow_up")) {
    note.follow_up = domain::FollowUp{follow_up->optional_date("on"),
                                      follow_up->optional_text("note", note_rule)};
  }
}

domain::Item item_of(json::Object& body) {
  body.read_only({"item_id"});
  domain::Item item;
  item.medicine_id = body.optional_uuid("medicine_id");
  if (item.medicine_id ? body.has("medicine") : true) {
    auto medicine = body.object("medicine");
    item.medicine = {medicine.text("name"), medicine.optional_text("strength"),
                     medicine.optional_text("form")};
  }
  item.dose = body.text("dose");
  item.route = body.optional_text("route");
  item.frequency = body.text("frequency");
  item.duration_days = whole(body, "duration_days", 1, duration_days_max);
  item.quantity = static_cast<int>(body.integer("quantity", 1, quantity_max));
  item.instructions = body.optional_text("instructions", reason_rule);
  return item;
}

PrescriptionInput prescription_of(json::Object& body) {
  refuse_server_fields(body);
  body.read_only({"number", "fulfilment", "issued_at", "expires_on"});
  PrescriptionInput input;
  input.replaces = body.optional_uuid("replaces");
  for (auto& item : body.objects("items", 1, items_max))
    input.items.push_back(item_of(item));
  input.notes = body.optional_text("notes", note_rule);
  return input;
}

Result<std::string> decode_text(std::string_view text, std::string_view name, json::Text rule) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  auto read = body.text(name, rule);
  if (auto fault = body.finish()) return *fault;
  return read;
}

json::Value to_json(const domain::Vitals& vitals) {
  json::Value value = json::Value::object();
  json::put(value, "respiratory_rate", vitals.respiratory_rate);
  json::put(value, "spo2", vitals.spo2);
  json::put(value, "spo2_scale", vitals.spo2_scale);
  json::put(value, "on_oxygen", vitals.on_oxygen);
  json::put(value, "systolic", vitals.systolic);
  json::put(value, "diastolic", vitals.diastolic);
  json::put(value, "pulse", vitals.pulse);
  json::put(value, "consciousness", vitals.consciousness);
  json::put(value, "temperature_c", vitals.temperature_c);
  json::put(value, "weight_kg", vitals.weight_kg);
  json::put(value, "height_cm", vitals.height_cm);
  return value;
}

json::Value to_json(const domain::Diagnosis& diagnosis) {
  json::Value value;
  json::put(value, "code", diagnosis.code);
  json::put(value, "system", diagnosis.system);
  value["text"] = diagnosis.text;
  value["primary"] = diagnosis.primary;
  return value;
}

json::Value to_json(const domain::Note& note) {
  json::Value value;
  value["status"] = to_string(note.status);
  json::put(value, "complaint", note.complaint);
  json::put(value, "history", note.history);
  json::put(value, "examination", note.examination);
  if (note.vitals != domain::Vitals{}) value["vitals"] = to_json(note.vitals);
  value["diagnoses"] = json::Value::array();
  for (const auto& diagnosis : note.diagnoses)
    value["diagnoses"].push_back(to_json(diagnosis));
  json::put(value, "plan", note.plan);
  if (note.follow_up) {
    value["follow_up"] = json::Value::object();
    json::put(value["follow_up"], "on", note.follow_up->on);
    json::put(value["follow_up"], "note", note.follow_up->note);
  }
  return value;
}

json::Value to_json(const domain::Item& item) {
  json::Value value;
  value["item_id"] = item.id.str();
  json::put(value, "medicine_id", item.medicine_id);
  value["medicine"]["name"] = item.medicine.name;
  json::put(value["medicine"], "strength", item.medicine.strength);
  json::put(value["medicine"], "form", item.medicine.form);
  value["dose"] = item.dose;
  json::put(value, "route", item.route);
  value["frequency"] = item.frequency;
  json::put(value, "duration_days", item.duration_days);
  value["quantity"] = item.quantity;
  json::put(value, "instructions", item.instructions);
  return value;
}

}  // namespace

Result<StartInput> decode_start(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  refuse_server_fields(body);
  StartInput input{body.optional_uuid("appointment_id"), body.optional_uuid("queue_entry_id"),
                   body.optional_boolean("take_over").value_or(false)};
  if (!input.appointment_id && !input.queue_entry_id) {
    body.fault("appointment_id", "required", "An appointment or a queue entry is needed.", true);
  }
  if (input.appointment_id && input.queue_entry_id) {
    body.fault("queue_entry_id", "choice", "An appointment or a queue entry, not both.", true);
  }
  if (auto fault = body.finish()) return *fault;
  return input;
}

Result<void> patch_note(std::string_view text, domain::Note& note) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  refuse_server_fields(body);
  auto changed = body.object("note");
  patch_note(changed, note);
  if (auto fault = body.finish()) return *fault;
  return {};
}

Result<PrescriptionInput> decode_prescription(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  auto input = prescription_of(body);
  input.consultation_id = body.uuid("consultation_id");
  if (auto fault = body.finish()) return *fault;
  return input;
}

Result<CompletionInput> decode_completion(std::string_view text) {
  CompletionInput input;
  if (text.empty()) return input;
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  if (body.has("prescriptions")) {
    for (auto& one : body.objects("prescriptions", 0, prescriptions_max)) {
      input.prescriptions.push_back(prescription_of(one));
    }
  }
  input.no_diagnosis_reason = body.optional_text("no_diagnosis_reason", reason_rule);
  if (auto fault = body.finish()) return *fault;
  return input;
}

Result<std::string> decode_reason(std::string_view text) {
  return decode_text(text, "reason", reason_rule);
}

Result<std::string> decode_addendum(std::string_view text) {
  return decode_text(text, "text", note_rule);
}

Result<void> decode_nothing(std::string_view text) {
  if (text.empty()) return {};
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  if (auto fault = body.finish()) return *fault;
  return {};
}

std::string encode(const domain::Consultation& consultation, bool for_patient) {
  json::Value value;
  value["id"] = consultation.id.str();
  value["facility_id"] = consultation.facility_id.str();
  value["status"] = to_string(consultation.status);
  json::put(value, "patient_id", consultation.patient_id);
  json::put(value, "visitor_id", consultation.visitor_id);
  value["doctor_id"] = consultation.doctor_id.str();
  json::put(value, "appointment_id", consultation.appointment_id);
  json::put(value, "queue_entry_id", consultation.queue_entry_id);
  value["started_at"] = json::of(consultation.started_at);
  json::put(value, "completed_at", consultation.completed_at);
  json::put(value, "status_reason", consultation.status_reason);
  json::put(value, "no_diagnosis_reason", consultation.no_diagnosis_reason);
  value["note"] = to_json(consultation.note);
  value["addenda"] = json::Value::array();
  for (const auto& addendum : consultation.addenda) {
    value["addenda"].push_back(
        {{"text", addendum.text}, {"at", json::of(addendum.at)}, {"by", addendum.by.str()}});
  }
  value["prescriptions"] = json::of(for_patient ? consultation.issued : consultation.prescriptions);
  put_record(value, consultation);
  return json::dump(value);
}

std::string encode(const domain::Prescription& prescription) {
  json::Value value;
  value["id"] = prescription.id.str();
  value["facility_id"] = prescription.facility_id.str();
  value["number"] = prescription.number;
  value["status"] = to_string(prescription.status);
  value["fulfilment"] = to_string(prescription.fulfilment);
  value["consultation_id"] = prescription.consultation_id.str();
  json::put(value, "patient_id", prescription.patient_id);
  json::put(value, "visitor_id", prescription.visitor_id);
  value["doctor_id"] = prescription.doctor_id.str();
  json::put(value, "issued_at", prescription.issued_at);
  json::put(value, "expires_on", prescription.expires_on);
  json::put(value, "status_reason", prescription.status_reason);
  json::put(value, "replaces", prescription.replaces);
  value["items"] = json::Value::array();
  for (const auto& item : prescription.items)
    value["items"].push_back(to_json(item));
  json::put(value, "notes", prescription.notes);
  put_record(value, prescription);
  return json::dump(value);
}

}  // namespace ambula::consultation::api

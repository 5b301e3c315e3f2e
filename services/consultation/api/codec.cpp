#include "codec.hpp"

#include <algorithm>
#include <cmath>

#include <ambula/json/json.hpp>

#include "consultation/domain/icd10.hpp"
#include "consultation/domain/quantity.hpp"

namespace ambula::consultation::api {
namespace {

constexpr json::Text note_rule{.max = 10'000, .multiline = true};
constexpr json::Text reason_rule{.max = 1000, .multiline = true};
constexpr json::Text code_rule{.max = 40};
constexpr std::size_t diagnoses_max = 50;
constexpr std::size_t items_max = 50;
constexpr std::size_t prescriptions_max = 20;
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

/// A member that is there is set or, by null, cleared.
void patch_whole(json::Object& body, std::string_view name, int min, int max,
                 std::optional<int>& target) {
  if (!body.is_present(name)) return;
  const auto number = body.optional_integer(name, min, max);
  target = number ? std::optional(static_cast<int>(*number)) : std::nullopt;
}
void patch_number(json::Object& body, std::string_view name, double min, double max,
                  std::optional<double>& target) {
  if (body.is_present(name)) target = body.optional_number(name, min, max);
}

/// The ranges are what a living person can show; beyond them somebody mistyped.
void patch_vitals(json::Object& body, domain::Vitals& vitals) {
  patch_whole(body, "respiratory_rate", 1, 100, vitals.respiratory_rate);
  patch_whole(body, "spo2", 30, 100, vitals.spo2);
  patch_whole(body, "spo2_scale", 1, 2, vitals.spo2_scale);
  if (body.is_present("on_oxygen")) vitals.on_oxygen = body.optional_boolean("on_oxygen");
  patch_whole(body, "systolic", 30, 300, vitals.systolic);
  patch_whole(body, "diastolic", 10, 200, vitals.diastolic);
  patch_whole(body, "pulse", 10, 300, vitals.pulse);
  if (body.is_present("consciousness")) {
    const auto state = body.optional_choice("consciousness", consciousness_names);
    vitals.consciousness.reset();
    if (state) vitals.consciousness = std::string(consciousness_names[*state]);
  }
  patch_number(body, "temperature_c", 25, 45, vitals.temperature_c);
  patch_number(body, "weight_kg", 0.2, 500, vitals.weight_kg);
  patch_number(body, "height_cm", 20, 260, vitals.height_cm);
}

/// A code or a text; the text of a code may be left out.
domain::Diagnosis diagnosis_of(json::Object& body) {
  domain::Diagnosis diagnosis{.code = body.optional_text("code", code_rule),
                              .system = body.optional_text("system"),
                              .text = {},
                              .primary = body.optional_boolean("primary").value_or(false)};
  constexpr json::Text text_rule{.max = 1000};
  diagnosis.text = body.has("code") ? body.optional_text("text", text_rule).value_or("")
                                    : body.text("text", text_rule);
  if (diagnosis.code && domain::is_icd10_system(diagnosis.system)) {
    const auto code = domain::to_icd10(*diagnosis.code);
    if (!code) body.fault("code", "icd10", "Must have the shape of an ICD-10 code, like J20.9.");
    diagnosis.code = code;
  }
  return diagnosis;
}

std::vector<domain::Diagnosis> diagnoses_of(json::Object& note) {
  std::vector<domain::Diagnosis> diagnoses;
  for (auto& body : note.objects("diagnoses", 0, diagnoses_max))
    diagnoses.push_back(diagnosis_of(body));
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
  if (body.is_null("vitals")) {
    note.vitals = {};
  } else if (auto vitals = body.optional_object("vitals")) {
    patch_vitals(*vitals, note.vitals);
  }
  if (body.is_null("diagnoses")) {
    note.diagnoses.clear();
  } else if (body.is_present("diagnoses")) {
    note.diagnoses = diagnoses_of(body);
  }
  if (body.is_null("follow_up")) {
    note.follow_up.reset();
  } else if (auto follow_up = body.optional_object("follow_up")) {
    if (!note.follow_up) note.follow_up.emplace();
    if (follow_up->is_present("on")) note.follow_up->on = follow_up->optional_date("on");
    patch_text(*follow_up, "note", note.follow_up->note);
    if (note.follow_up == domain::FollowUp{}) note.follow_up.reset();
  }
}

/// Left out where it follows from the rest; else it is missing like any other member.
void take_quantity(json::Object& body, domain::Item& item) {
  if (body.has("quantity")) {
    item.quantity = static_cast<int>(body.integer("quantity", 1, domain::quantity_max));
    return;
  }
  const auto derived = domain::derived_quantity(item.dose, item.frequency, item.duration_days);
  item.quantity_derived = derived.has_value();
  item.quantity = derived.value_or(1);
  if (!derived) {
    body.fault("quantity", "required",
               "Is needed: it does not follow from dose, frequency and duration.", true);
  }
}

domain::Item item_of(json::Object& body) {
  body.read_only({"item_id", "quantity_derived"});
  domain::Item item;
  item.medicine_id = body.optional_uuid("medicine_id");
  if (!item.medicine_id || body.has("medicine")) {
    auto medicine = body.object("medicine");
    item.medicine = {medicine.text("name"), medicine.optional_text("strength"),
                     medicine.optional_text("form")};
  }
  item.dose = body.text("dose");
  item.route = body.optional_text("route");
  item.frequency = body.text("frequency");
  patch_whole(body, "duration_days", 1, duration_days_max, item.duration_days);
  take_quantity(body, item);
  item.instructions = body.optional_text("instructions", reason_rule);
  return item;
}

void refuse_prescription_fields(json::Object& body) {
  refuse_server_fields(body);
  body.read_only({"number", "fulfilment", "issued_at", "expires_on", "status_reason"});
}

std::vector<domain::Item> items_of(json::Object& body) {
  std::vector<domain::Item> items;
  for (auto& item : body.objects("items", 1, items_max))
    items.push_back(item_of(item));
  return items;
}

PrescriptionInput prescription_of(json::Object& body) {
  refuse_prescription_fields(body);
  PrescriptionInput input;
  input.content.replaces = body.optional_uuid("replaces");
  input.content.items = items_of(body);
  input.content.notes = body.optional_text("notes", note_rule);
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
  value["quantity_derived"] = item.quantity_derived;
  json::put(value, "instructions", item.instructions);
  return value;
}

double tenths(double minutes) {
  return std::round(minutes * 10) / 10;
}

json::Value to_json(const store::Person& person) {
  json::Value value = json::Value::object();
  json::put(value, "patient_id", person.patient_id);
  json::put(value, "visitor_id", person.visitor_id);
  json::put(value, "display_name", person.display_name);
  json::put(value, "mrn", person.mrn);
  json::put(value, "birth_date", person.birth_date);
  return value;
}

json::Value to_json(const store::DayAppointment& one) {
  json::Value value;
  value["appointment_id"] = one.id.str();
  value["starts_at"] = json::of(one.starts_at);
  value["ends_at"] = json::of(one.ends_at);
  value["status"] = one.status;
  value["person"] = to_json(one.person);
  json::put(value, "consultation_id", one.consultation_id);
  return value;
}

json::Value to_json(const store::DayEntry& one) {
  json::Value value;
  value["queue_entry_id"] = one.id.str();
  json::put(value, "queue_id", one.queue_id);
  value["queue_kind"] = one.queue_kind;
  value["ticket"]["label"] = one.label;
  value["level"] = one.level;
  value["status"] = one.status;
  value["mine"] = one.is_mine;
  value["person"] = to_json(one.person);
  json::put(value, "appointment_id", one.appointment_id);
  json::put(value, "consultation_id", one.consultation_id);
  return value;
}

json::Value to_json(const store::DayDraft& one) {
  json::Value value;
  value["consultation_id"] = one.id.str();
  value["started_at"] = json::of(one.started_at);
  value["person"] = to_json(one.person);
  json::put(value, "appointment_id", one.appointment_id);
  json::put(value, "queue_entry_id", one.queue_entry_id);
  return value;
}

template <class Record>
json::Value to_array(const std::vector<Record>& records) {
  json::Value array = json::Value::array();
  for (const auto& one : records)
    array.push_back(to_json(one));
  return array;
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
  if (auto changed = body.optional_object("note")) patch_note(*changed, note);
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

Result<void> patch_prescription(std::string_view text, domain::Content& content) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  refuse_prescription_fields(body);
  body.read_only({"consultation_id"});
  if (body.is_present("replaces")) content.replaces = body.optional_uuid("replaces");
  if (body.is_present("items")) content.items = items_of(body);
  patch_text(body, "notes", content.notes);
  if (auto fault = body.finish()) return *fault;
  return {};
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

std::string encode(const Uuid& doctor, const store::DoctorDay& day) {
  json::Value value;
  value["date"] = json::of(day.date);
  value["doctor_id"] = doctor.str();
  value["appointments"] = to_array(day.appointments);
  value["queue"] = to_array(day.queue);
  value["drafts"] = to_array(day.drafts);
  auto& figures = value["figures"];
  figures["appointments"] = day.appointments.size();
  figures["queue"] = day.queue.size();
  figures["drafts"] = day.drafts.size();
  figures["seen"] = day.seen;
  if (day.visit_mean_min) figures["visit_mean_min"] = tenths(*day.visit_mean_min);
  return json::dump(value);
}

std::string encode_figures(Date from, Date to, const std::vector<store::DoctorVisits>& figures) {
  json::Value value;
  value["from"] = json::of(from);
  value["to"] = json::of(to);
  value["items"] = json::Value::array();
  std::int64_t visits = 0;
  for (const auto& one : figures) {
    json::Value item;
    item["doctor_id"] = one.doctor_id.str();
    json::put(item, "display_name", one.display_name);
    item["visits"] = one.visits;
    item["visit_mean_min"] = tenths(one.mean_min);
    item["visit_p50_min"] = tenths(one.p50_min);
    item["visit_p90_min"] = tenths(one.p90_min);
    value["items"].push_back(std::move(item));
    visits += one.visits;
  }
  value["total"]["visits"] = visits;
  return json::dump(value);
}

std::string format_minutes(double minutes) {
  const auto count = static_cast<std::int64_t>(std::round(minutes * 10));
  return std::to_string(count / 10) + "." + std::to_string(count % 10);
}

std::string encode(const std::vector<domain::DiagnosisCode>& codes) {
  json::Value value;
  value["items"] = json::Value::array();
  for (const auto& one : codes) {
    value["items"].push_back(
        {{"code", one.code}, {"system", domain::icd10_system}, {"text", one.text}});
  }
  return json::dump(value);
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

#include "codec.hpp"

#include <ambula/base/text.hpp>
#include <ambula/json/json.hpp>

namespace ambula::patient::api {
namespace {

const std::vector<std::string_view> sex_names = {"MALE", "FEMALE", "OTHER", "UNKNOWN"};
const std::vector<std::string_view> blood_groups = {"A+",  "A-",  "B+", "B-",
                                                    "AB+", "AB-", "O+", "O-"};

constexpr json::Text name_rule{.max = 100};
constexpr json::Text phone_rule{.max = 40};
constexpr json::Text email_rule{.max = 254};
constexpr json::Text note_rule{.max = 4000, .multiline = true};
constexpr json::Text reason_rule{.max = 1000, .multiline = true};
constexpr int age_max = 130;
const std::vector<std::string_view> severities = {"MILD", "MODERATE", "SEVERE"};

void refuse_server_fields(json::Object& body) {
  body.read_only({"id", "facility_id", "mrn", "status", "status_reason", "account_id", "version",
                  "email_pending", "created_at", "created_by", "updated_at", "updated_by"});
}

// Each reads one member of a merge patch: absent keeps, null clears. A new record is a patch onto
// nothing.

void patch_text(json::Object& body, std::string_view name, std::optional<std::string>& target,
                json::Text rule) {
  if (body.is_present(name)) target = body.optional_text(name, rule);
}

void patch_required_text(json::Object& body, std::string_view name, std::string& target,
                         json::Text rule) {
  if (target.empty() || body.is_present(name)) target = body.text(name, rule);
}

void patch_address(json::Object& body, std::optional<domain::Address>& target) {
  if (!body.is_present("address")) return;
  auto part = body.optional_object("address");
  if (!part) {
    target.reset();
    return;
  }
  auto address = target.value_or(domain::Address{});
  patch_text(*part, "line", address.line, {});
  patch_text(*part, "city", address.city, name_rule);
  patch_text(*part, "district", address.district, name_rule);
  patch_text(*part, "state", address.state, name_rule);
  patch_text(*part, "postal_code", address.postal_code, {.max = 20});
  patch_text(*part, "country", address.country, name_rule);
  target = address == domain::Address{} ? std::nullopt : std::optional(std::move(address));
}

void patch_contact(json::Object& body, std::optional<domain::EmergencyContact>& target) {
  if (!body.is_present("emergency_contact")) return;
  auto part = body.optional_object("emergency_contact");
  if (!part) {
    target.reset();
    return;
  }
  auto contact = target.value_or(domain::EmergencyContact{});
  patch_required_text(*part, "name", contact.name, name_rule);
  patch_text(*part, "relationship", contact.relationship, name_rule);
  patch_text(*part, "phone", contact.phone, phone_rule);
  target = std::move(contact);
}

/// A birth date, or an age which makes it an estimate. `required`: one of them must be there.
void patch_birth(json::Object& body, DetailsInput& input, bool required) {
  const bool dated = body.is_present("birth_date");
  const bool aged = body.is_present("age_years");
  const auto age = body.optional_integer("age_years", 0, age_max);
  const auto estimated = body.optional_boolean("birth_date_estimated");
  if (dated && aged) {
    body.fault("age_years", "exclusive", "Give birth_date or age_years, not both.", true);
  } else if (aged) {
    input.age_years = static_cast<int>(age.value_or(0));
    input.details.birth_date_estimated = true;
    if (estimated == false) {
      body.fault("birth_date_estimated", "exclusive", "A birth date from an age is an estimate.");
    }
    return;
  } else if (dated || required) {
    input.details.birth_date = body.date("birth_date");
    input.details.birth_date_estimated = false;
  }
  if (estimated) input.details.birth_date_estimated = *estimated;
}

void patch_rest(json::Object& body, domain::Details& details) {
  patch_required_text(body, "given_name", details.given_name, name_rule);
  patch_text(body, "family_name", details.family_name, name_rule);
  patch_text(body, "phone", details.phone, phone_rule);
  patch_text(body, "email", details.email, email_rule);
  patch_address(body, details.address);
  if (body.is_present("blood_group")) {
    const auto group = body.optional_choice("blood_group", blood_groups);
    details.blood_group = group ? std::optional(std::string(blood_groups[*group])) : std::nullopt;
  }
  patch_contact(body, details.emergency_contact);
  patch_text(body, "medical_history", details.medical_history, note_rule);
  patch_text(body, "notes", details.notes, note_rule);
}

json::Value to_json(const domain::Address& address) {
  json::Value value = json::Value::object();
  json::put(value, "line", address.line);
  json::put(value, "city", address.city);
  json::put(value, "district", address.district);
  json::put(value, "state", address.state);
  json::put(value, "postal_code", address.postal_code);
  json::put(value, "country", address.country);
  return value;
}

json::Value to_json(const domain::EmergencyContact& contact) {
  json::Value value;
  value["name"] = contact.name;
  json::put(value, "relationship", contact.relationship);
  json::put(value, "phone", contact.phone);
  return value;
}

json::Value to_json(const std::vector<domain::Allergy>& allergies) {
  json::Value array = json::Value::array();
  for (const auto& allergy : allergies) {
    json::Value value;
    value["id"] = allergy.id.str();
    value["substance"] = allergy.substance;
    json::put(value, "code", allergy.code);
    json::put(value, "system", allergy.system);
    json::put(value, "severity", allergy.severity);
    json::put(value, "noted_on", allergy.noted_on);
    array.push_back(std::move(value));
  }
  return array;
}

void put_identity(json::Value& value, const domain::Patient& patient) {
  value["id"] = patient.id.str();
  value["facility_id"] = patient.facility_id.str();
  value["mrn"] = patient.mrn;
  value["status"] = domain::to_string(patient.status);
  value["given_name"] = patient.details.given_name;
  json::put(value, "family_name", patient.details.family_name);
  value["birth_date"] = json::of(patient.details.birth_date);
  value["birth_date_estimated"] = patient.details.birth_date_estimated;
  value["sex"] = domain::to_string(patient.details.sex);
}

void put_contact(json::Value& value, const domain::Details& details) {
  json::put(value, "phone", details.phone);
  json::put(value, "email", details.email);
  if (details.address) value["address"] = to_json(*details.address);
  json::put(value, "blood_group", details.blood_group);
  if (details.emergency_contact) value["emergency_contact"] = to_json(*details.emergency_contact);
}

/// What an item is called in its own words.
const char* name_of(domain::ItemKind kind) {
  return kind == domain::ItemKind::allergy ? "substance" : "text";
}

void put_record(json::Value& value, const domain::Record& record) {
  value["version"] = record.version;
  value["created_at"] = json::of(record.created_at);
  value["created_by"] = record.created_by.str();
  value["updated_at"] = json::of(record.updated_at);
  value["updated_by"] = record.updated_by.str();
}

}  // namespace

Result<DetailsInput> decode_registration(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  refuse_server_fields(body);
  DetailsInput input;
  patch_rest(body, input.details);
  patch_birth(body, input, true);
  input.details.sex = static_cast<domain::Sex>(body.choice("sex", sex_names));
  if (auto fault = body.finish()) return *fault;
  return input;
}

Result<DetailsInput> patch_details(std::string_view text, domain::Details details) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  refuse_server_fields(body);
  DetailsInput input{std::move(details), std::nullopt};
  patch_rest(body, input.details);
  patch_birth(body, input, false);
  if (body.is_present("sex")) {
    input.details.sex = static_cast<domain::Sex>(body.choice("sex", sex_names));
  }
  if (auto fault = body.finish()) return *fault;
  return input;
}

Result<std::string> decode_reason(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  auto reason = body.text("reason", reason_rule);
  if (auto fault = body.finish()) return *fault;
  return reason;
}

Result<std::optional<std::string>> decode_optional_reason(std::string_view text) {
  if (text.empty()) return std::optional<std::string>{};
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  auto reason = body.optional_text("reason", reason_rule);
  if (auto fault = body.finish()) return *fault;
  return reason;
}

Result<void> decode_nothing(std::string_view text) {
  if (text.empty()) return {};
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  if (auto fault = body.finish()) return *fault;
  return {};
}

Result<domain::Preferences> decode_preferences(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  domain::Preferences preferences;
  preferences.language = body.text("language", {.max = 35});
  preferences.email = body.object("channels").boolean("email");
  if (body.has("opt_out")) preferences.opt_out = body.texts("opt_out", 0, 50, {.max = 50});
  if (auto fault = body.finish()) return *fault;
  return preferences;
}

Result<domain::ClinicalItem> decode_clinical_item(std::string_view text, domain::ItemKind kind) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  body.read_only({"id", "facility_id", "patient_id", "status", "void_reason", "version",
                  "created_at", "created_by", "updated_at", "updated_by"});
  domain::ClinicalItem item;
  item.kind = kind;
  item.name = body.text(name_of(kind));
  item.code = body.optional_text("code");
  item.system = body.optional_text("system");
  if (const auto severity = body.optional_choice("severity", severities)) {
    item.severity = std::string(severities[*severity]);
  }
  item.noted_on = body.optional_date("noted_on");
  if (auto fault = body.finish()) return *fault;
  return item;
}

std::string encode_suggestion(const domain::Patient& patient, Sight sight) {
  json::Value value;
  value["id"] = patient.id.str();
  value["mrn"] = patient.mrn;
  value["display_name"] = domain::display_name(patient.details);
  value["birth_date"] = json::of(patient.details.birth_date);
  if (patient.details.phone && sight != Sight::reduced) {
    value["phone_masked"] = mask_phone(*patient.details.phone);
  }
  return json::dump(value);
}

std::string encode(const domain::Preferences& preferences) {
  json::Value value;
  value["language"] = preferences.language;
  value["channels"] = {{"email", preferences.email}};
  value["opt_out"] = json::of(preferences.opt_out);
  return json::dump(value);
}

std::string encode(const domain::ClinicalItem& item) {
  json::Value value;
  value["id"] = item.id.str();
  value["facility_id"] = item.facility_id.str();
  value["patient_id"] = item.patient_id.str();
  value["status"] = domain::to_string(item.status);
  value[name_of(item.kind)] = item.name;
  json::put(value, "code", item.code);
  json::put(value, "system", item.system);
  json::put(value, "severity", item.severity);
  json::put(value, "noted_on", item.noted_on);
  json::put(value, "void_reason", item.void_reason);
  put_record(value, item.record);
  return json::dump(value);
}

std::string encode(const store::RefusedBinding& binding) {
  json::Value value;
  value["account_id"] = binding.account_id.str();
  value["at"] = json::of(binding.at);
  value["reason"] = binding.reason;
  value["given_name"] = binding.given_name;
  json::put(value, "family_name", binding.family_name);
  value["birth_date"] = json::of(binding.birth_date);
  value["candidates"] = json::Value::array();
  for (const auto& id : binding.candidates)
    value["candidates"].push_back(id.str());
  return json::dump(value);
}

std::string encode_names(const std::vector<std::string>& names) {
  return json::dump(json::of(names));
}

std::string encode(const domain::Patient& patient, Sight sight) {
  json::Value value;
  put_identity(value, patient);
  if (sight == Sight::reduced) {
    value["allergies"] = to_json(patient.allergies);
    return json::dump(value);
  }
  put_contact(value, patient.details);
  json::put(value, "email_pending", patient.email_pending);
  if (sight == Sight::full) {
    json::put(value, "medical_history", patient.details.medical_history);
    json::put(value, "notes", patient.details.notes);
    json::put(value, "status_reason", patient.status_reason);
    json::put(value, "account_id", patient.account_id);
  }
  put_record(value, patient.record);
  return json::dump(value);
}

std::string encode(const domain::NamedItem& named, std::string_view zone) {
  const auto& item = named.item;
  json::Value value;
  value["at"] = json::of(item.at);
  value["kind"] = domain::to_string(item.kind);
  value["event"] = item.event;
  value["ref"] = {{"type", item.ref_type}, {"id", item.ref_id.str()}};
  value["summary"] = domain::summary(item, zone);
  json::put(value, "doctor_id", item.doctor_id);
  json::put(value, "doctor_name", named.doctor_name);
  json::put(value, "department_id", item.department_id);
  json::put(value, "department_name", named.department_name);
  return json::dump(value);
}

}  // namespace ambula::patient::api

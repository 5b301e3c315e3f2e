#include "codec.hpp"

#include <ambula/json/json.hpp>

namespace ambula::scheduling::api {
namespace {

const std::vector<std::string_view> weekday_names = {"SUN", "MON", "TUE", "WED",
                                                     "THU", "FRI", "SAT"};
const std::vector<std::string_view> sex_names = {"MALE", "FEMALE", "OTHER", "UNKNOWN"};
const std::vector<std::string_view> level_names = {"CRITICAL", "HIGH", "MODERATE", "LOW"};

constexpr json::Text code_rule{.max = 40};
constexpr json::Text note_rule{.max = 4000, .multiline = true};
constexpr json::Text reason_rule{.max = 1000, .multiline = true};

void refuse_server_fields(json::Object& body) {
  body.read_only(
      {"id", "facility_id", "version", "created_at", "created_by", "updated_at", "updated_by"});
}

void put_record(json::Value& value, std::int64_t version, Instant created_at,
                const Uuid& created_by, Instant updated_at, const Uuid& updated_by) {
  value["version"] = version;
  value["created_at"] = json::of(created_at);
  value["created_by"] = created_by.str();
  value["updated_at"] = json::of(updated_at);
  value["updated_by"] = updated_by.str();
}

void put_record(json::Value& value, const domain::Record& record) {
  put_record(value, record.version, record.created_at, record.created_by, record.updated_at,
             record.updated_by);
}

std::optional<std::chrono::minutes> duration_of(json::Object& body) {
  // The rule "15 to 180" has its own place among the booking rules; here only what a number may be.
  const auto minutes = body.optional_integer("duration_min", -1'000'000, 1'000'000);
  if (!minutes) return std::nullopt;
  return std::chrono::minutes{*minutes};
}

bool is_amount(std::string_view text) {
  const auto dot = text.find('.');
  const auto whole = text.substr(0, dot);
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  if (!digits(whole) || whole.size() > 9) return false;
  return dot == std::string_view::npos ||
         (digits(text.substr(dot + 1)) && text.size() - dot - 1 <= 2);
}

std::optional<domain::Money> money_of(json::Object& body, std::string_view name) {
  auto money = body.optional_object(name);
  if (!money) return std::nullopt;
  domain::Money value{money->text("amount", {.max = 12}),
                      money->text("currency", {.min = 3, .max = 3})};
  if (!is_amount(value.amount))
    money->fault("amount", "format", "Must be decimal text like \"12.50\".");
  return value;
}

domain::WeeklySession session_of(json::Object& body) {
  domain::WeeklySession session{};
  session.day = std::chrono::weekday{static_cast<unsigned>(body.choice("day", weekday_names))};
  session.from = body.local_time("from");
  session.to = body.local_time("to");
  session.slot = LocalMinutes{static_cast<int>(body.integer("slot_min", 15, 180))};
  return session;
}

/// Sets `target` from an optional member of a merge patch and notes the name.
template <class T, class Read>
void patch_field(json::Object& body, std::string_view name, std::optional<T>& target,
                 std::vector<std::string>& changed, Read read) {
  if (!body.is_present(name)) return;
  target = read();
  changed.emplace_back(name);
}

json::Value to_json(const domain::Slot& slot) {
  return {{"doctor_id", slot.doctor_id.str()},
          {"starts_at", json::of(slot.time.from)},
          {"ends_at", json::of(slot.time.to)}};
}

}  // namespace

Result<UnitInput> decode_unit(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  refuse_server_fields(body);
  UnitInput input{body.text("code", code_rule), body.text("name"),
                  body.optional_boolean("active").value_or(true)};
  if (auto fault = body.finish()) return *fault;
  return input;
}

Result<std::vector<std::string>> patch_unit(std::string_view text, domain::Unit& unit) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  refuse_server_fields(body);
  body.read_only({"active"});
  std::vector<std::string> changed;
  if (body.is_present("code")) {
    unit.code = body.text("code", code_rule);
    changed.emplace_back("code");
  }
  if (body.is_present("name")) {
    unit.name = body.text("name");
    changed.emplace_back("name");
  }
  if (auto fault = body.finish()) return *fault;
  return changed;
}

std::string encode(const domain::Unit& unit) {
  json::Value value;
  value["id"] = unit.id.str();
  value["facility_id"] = unit.facility_id.str();
  value["code"] = unit.code;
  value["name"] = unit.name;
  value["active"] = unit.active;
  put_record(value, unit.record);
  return json::dump(value);
}

Result<domain::Doctor> decode_doctor(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  refuse_server_fields(body);
  domain::Doctor doctor;
  doctor.display_name = body.text("display_name");
  doctor.account_id = body.optional_uuid("account_id");
  doctor.specialty = body.text("specialty", code_rule);
  doctor.department_id = body.uuid("department_id");
  if (const auto sex = body.optional_choice("sex", sex_names))
    doctor.sex = std::string(sex_names[*sex]);
  doctor.room = body.optional_text("room", {.max = 40});
  doctor.phone = body.optional_text("phone", {.max = 40});
  doctor.email = body.optional_text("email", {.max = 254});
  doctor.fee = money_of(body, "fee");
  doctor.active = body.optional_boolean("active").value_or(true);
  if (auto fault = body.finish()) return *fault;
  return doctor;
}

Result<std::vector<std::string>> patch_doctor(std::string_view text, domain::Doctor& doctor) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  refuse_server_fields(body);
  body.read_only({"active"});
  std::vector<std::string> changed;
  if (body.is_present("display_name")) {
    doctor.display_name = body.text("display_name");
    changed.emplace_back("display_name");
  }
  if (body.is_present("specialty")) {
    doctor.specialty = body.text("specialty", code_rule);
    changed.emplace_back("specialty");
  }
  if (body.is_present("department_id")) {
    doctor.department_id = body.uuid("department_id");
    changed.emplace_back("department_id");
  }
  patch_field(body, "account_id", doctor.account_id, changed,
              [&] { return body.optional_uuid("account_id"); });
  patch_field(body, "sex", doctor.sex, changed, [&]() -> std::optional<std::string> {
    const auto sex = body.optional_choice("sex", sex_names);
    return sex ? std::optional(std::string(sex_names[*sex])) : std::nullopt;
  });
  patch_field(body, "room", doctor.room, changed,
              [&] { return body.optional_text("room", {.max = 40}); });
  patch_field(body, "phone", doctor.phone, changed,
              [&] { return body.optional_text("phone", {.max = 40}); });
  patch_field(body, "email", doctor.email, changed,
              [&] { return body.optional_text("email", {.max = 254}); });
  patch_field(body, "fee", doctor.fee, changed, [&] { return money_of(body, "fee"); });
  if (auto fault = body.finish()) return *fault;
  return changed;
}

std::string encode(const domain::Doctor& doctor, bool public_profile) {
  json::Value value;
  value["id"] = doctor.id.str();
  value["facility_id"] = doctor.facility_id.str();
  value["display_name"] = doctor.display_name;
  if (!public_profile) json::put(value, "account_id", doctor.account_id);
  value["specialty"] = doctor.specialty;
  value["department_id"] = doctor.department_id.str();
  json::put(value, "sex", doctor.sex);
  json::put(value, "room", doctor.room);
  if (!public_profile) {
    json::put(value, "phone", doctor.phone);
    json::put(value, "email", doctor.email);
  }
  if (doctor.fee)
    value["fee"] = {{"amount", doctor.fee->amount}, {"currency", doctor.fee->currency}};
  value["active"] = doctor.active;
  put_record(value, doctor.record);
  return json::dump(value);
}

Result<domain::Availability> decode_availability(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  body.read_only({"zone"});
  domain::Availability availability;
  availability.valid_from = body.optional_date("valid_from");
  availability.valid_to = body.optional_date("valid_to");
  for (auto& session : body.objects("weekly", 0, 100))
    availability.weekly.push_back(session_of(session));
  if (auto fault = body.finish()) return *fault;
  if (auto valid = validate(availability); !valid) return valid.error();
  return availability;
}

std::string encode_availability(const domain::Doctor& doctor, std::string_view zone,
                                const std::vector<Uuid>* affected) {
  json::Value value;
  value["doctor_id"] = doctor.id.str();
  value["zone"] = zone;
  json::put(value, "valid_from", doctor.availability.valid_from);
  json::put(value, "valid_to", doctor.availability.valid_to);
  value["weekly"] = json::Value::array();
  for (const auto& session : doctor.availability.weekly) {
    value["weekly"].push_back({{"day", weekday_names[session.day.c_encoding()]},
                               {"from", json::of(session.from)},
                               {"to", json::of(session.to)},
                               {"slot_min", session.slot.count()}});
  }
  value["version"] = doctor.hours_version;
  if (affected != nullptr) value["affected"] = json::of(*affected);
  return json::dump(value);
}

Result<domain::BookingRequest> decode_booking(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  refuse_server_fields(body);
  body.read_only({"status", "ends_at", "department_id", "move_count", "consultation_id"});
  domain::BookingRequest request;
  request.patient_id = body.uuid("patient_id");
  request.doctor_id = body.uuid("doctor_id");
  request.starts_at = body.instant("starts_at");
  request.duration = duration_of(body);
  if (const auto level = body.optional_choice("triage_level", level_names)) {
    request.triage_level = static_cast<domain::TriageLevel>(*level);
  }
  request.reason = body.optional_text("reason", reason_rule);
  request.notes = body.optional_text("notes", note_rule);
  if (auto fault = body.finish()) return *fault;
  return request;
}

Result<RescheduleInput> decode_reschedule(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  RescheduleInput input{body.instant("starts_at"), duration_of(body),
                        body.optional_uuid("doctor_id")};
  if (auto fault = body.finish()) return *fault;
  return input;
}

Result<std::vector<std::string>> patch_appointment(std::string_view text,
                                                   domain::Appointment& appointment) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  refuse_server_fields(body);
  body.read_only({"status", "patient_id", "doctor_id", "department_id", "starts_at", "ends_at",
                  "triage_level", "move_count", "consultation_id"});
  std::vector<std::string> changed;
  patch_field(body, "reason", appointment.reason, changed,
              [&] { return body.optional_text("reason", reason_rule); });
  patch_field(body, "notes", appointment.notes, changed,
              [&] { return body.optional_text("notes", note_rule); });
  if (auto fault = body.finish()) return *fault;
  return changed;
}

Result<std::string> decode_reason(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  auto reason = body.text("reason", reason_rule);
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

std::string encode(const domain::Appointment& appointment) {
  json::Value value;
  value["id"] = appointment.id.str();
  value["facility_id"] = appointment.facility_id.str();
  value["patient_id"] = appointment.patient_id.str();
  value["doctor_id"] = appointment.doctor_id.str();
  value["department_id"] = appointment.department_id.str();
  value["starts_at"] = json::of(appointment.time.from);
  value["ends_at"] = json::of(appointment.time.to);
  value["status"] = to_string(appointment.status);
  if (appointment.triage_level) value["triage_level"] = to_string(*appointment.triage_level);
  json::put(value, "reason", appointment.reason);
  json::put(value, "notes", appointment.notes);
  json::put(value, "status_reason", appointment.status_reason);
  value["move_count"] = appointment.move_count;
  json::put(value, "consultation_id", appointment.consultation_id);
  put_record(value, appointment.version, appointment.created_at, appointment.created_by,
             appointment.updated_at, appointment.updated_by);
  return json::dump(value);
}

std::string encode_slot(const domain::Slot& slot) {
  return json::dump(to_json(slot));
}

std::string encode_slots(const std::vector<domain::Slot>& slots) {
  json::Value value = json::Value::array();
  for (const auto& slot : slots)
    value.push_back(to_json(slot));
  return json::dump(value);
}

std::string with_affected(std::string encoded, const std::vector<Uuid>& affected) {
  encoded.pop_back();
  return encoded + R"(,"affected":)" + json::dump(json::of(affected)) + "}";
}

}  // namespace ambula::scheduling::api

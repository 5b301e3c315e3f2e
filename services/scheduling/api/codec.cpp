#include "codec.hpp"

#include <algorithm>
#include <limits>

#include <ambula/json/json.hpp>
#include <fmt/format.h>

namespace ambula::scheduling::api {
namespace {

/// Longer ones are cut to this: no reckoning with them overflows, and the domain refuses them all
/// the same.
constexpr std::int64_t duration_max_min = 1'000'000;

const std::vector<std::string_view> weekday_names = {"SUN", "MON", "TUE", "WED",
                                                     "THU", "FRI", "SAT"};
const std::vector<std::string_view> sex_names = {"MALE", "FEMALE", "OTHER", "UNKNOWN"};
const std::vector<std::string_view> exception_names = {"LEAVE", "EXTRA"};

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
  const auto minutes =
      body.optional_integer("duration_min", std::numeric_limits<std::int64_t>::min(),
                            std::numeric_limits<std::int64_t>::max());
  if (!minutes) return std::nullopt;
  return std::chrono::minutes{std::clamp(*minutes, -duration_max_min, duration_max_min)};
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

json::Value to_json(const domain::Figures& figures, const char* key_name = nullptr) {
  json::Value value = json::Value::object();
  if (key_name != nullptr) json::put(value, key_name, figures.key);
  json::put(value, "name", figures.name);
  value["appointments"] = figures.appointments;
  value["visits"] = figures.visits;
  value["open"] = figures.open;
  value["cancelled"] = figures.cancelled;
  value["no_show"] = figures.no_show;
  json::put(value, "no_show_rate", figures.no_show_rate());
  return value;
}

/// Whose time it may be when we choose: a specialty's, a department's, or of both.
void read_any_doctor(json::Object& body, BookingInput& input) {
  input.specialty = body.optional_text("specialty", code_rule);
  input.department_id = body.optional_uuid("department_id");
  if (body.has("doctor_id"))
    body.fault("doctor_id", "excluded", "Give a doctor, or let us assign one.", true);
  if (!input.specialty && !input.department_id)
    body.fault("specialty", "required", "Give a specialty or a department.", true);
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
  body.read_only({"active", "status_reason"});
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
  json::put(value, "status_reason", unit.status_reason);
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
  body.read_only({"active", "status_reason"});
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
  if (!public_profile) json::put(value, "status_reason", doctor.status_reason);
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

std::string encode_availability(const domain::Doctor& doctor) {
  json::Value value;
  value["doctor_id"] = doctor.id.str();
  value["zone"] = doctor.zone;
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
  return json::dump(value);
}

Result<ExceptionInput> decode_exception(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  refuse_server_fields(body);
  body.read_only({"doctor_id", "affected", "disruption_id"});
  ExceptionInput input;
  input.kind = body.choice("kind", exception_names) == 0 ? domain::ExceptionKind::leave
                                                         : domain::ExceptionKind::extra;
  input.date = body.optional_date("date");
  if (input.date) {
    for (const auto* name : {"from", "to"}) {
      if (body.has(name)) body.fault(name, "excluded", "Give `date`, or `from` and `to`.", true);
    }
  } else {
    input.time = {body.instant("from"), body.instant("to")};
  }
  if (const auto slot = body.optional_integer("slot_min", 15, 180))
    input.slot = std::chrono::minutes{*slot};
  input.reason = body.optional_text("reason", {.max = 200});
  if (auto fault = body.finish()) return *fault;
  return input;
}

std::string encode(const domain::ExceptionRecord& record) {
  json::Value value;
  value["id"] = record.exception.id.str();
  value["facility_id"] = record.facility_id.str();
  value["doctor_id"] = record.doctor_id.str();
  value["kind"] = to_string(record.exception.kind);
  value["from"] = json::of(record.exception.time.from);
  value["to"] = json::of(record.exception.time.to);
  if (record.exception.kind == domain::ExceptionKind::extra)
    value["slot_min"] = record.exception.slot.count();
  json::put(value, "reason", record.reason);
  put_record(value, 1, record.created_at, record.created_by, record.created_at, record.created_by);
  return json::dump(value);
}

Result<DisruptionInput> decode_disruption(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  refuse_server_fields(body);
  body.read_only({"status", "items"});
  DisruptionInput input;
  input.doctor_id = body.uuid("doctor_id");
  input.span = {body.instant("from"), body.instant("to")};
  input.reason = body.text("reason", {.max = 200});
  if (auto fault = body.finish()) return *fault;
  return input;
}

Result<HolidayInput> decode_holiday(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  refuse_server_fields(body);
  body.read_only({"affected", "disruption_id"});
  HolidayInput input{body.date("date"), body.text("name")};
  if (auto fault = body.finish()) return *fault;
  return input;
}

std::string encode(const domain::HolidayRecord& record) {
  json::Value value;
  value["id"] = record.holiday.id.str();
  value["facility_id"] = record.facility_id.str();
  value["date"] = json::of(record.holiday.date);
  value["name"] = record.name;
  put_record(value, 1, record.created_at, record.created_by, record.created_at, record.created_by);
  return json::dump(value);
}

Result<BookingInput> decode_booking(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  refuse_server_fields(body);
  body.read_only({"status", "ends_at", "move_count", "consultation_id", "assignment"});
  BookingInput input;
  input.patient_id = body.uuid("patient_id");
  if (body.optional_boolean("auto_assign").value_or(false)) {
    read_any_doctor(body, input);
  } else {
    input.doctor_id = body.uuid("doctor_id");
  }
  input.starts_at = body.optional_instant("starts_at");
  input.duration = duration_of(body);
  if (const auto level = body.optional_choice("triage_level", level_names)) {
    input.triage_level = static_cast<domain::TriageLevel>(*level);
  }
  input.assessment_id = body.optional_uuid("assessment_id");
  if (input.triage_level && input.assessment_id) {
    body.fault("assessment_id", "excluded", "Give `triage_level` or `assessment_id`.", true);
  }
  input.reason = body.optional_text("reason", reason_rule);
  input.notes = body.optional_text("notes", note_rule);
  if (auto fault = body.finish()) return *fault;
  return input;
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
  if (appointment.assignment_reason)
    value["assignment"] = {{"reason", *appointment.assignment_reason}};
  json::put(value, "reason", appointment.reason);
  json::put(value, "notes", appointment.notes);
  json::put(value, "status_reason", appointment.status_reason);
  value["move_count"] = appointment.move_count;
  json::put(value, "consultation_id", appointment.consultation_id);
  put_record(value, appointment.version, appointment.created_at, appointment.created_by,
             appointment.updated_at, appointment.updated_by);
  return json::dump(value);
}

std::vector<std::string> csv_head() {
  return {"id",         "starts_at",     "ends_at",       "status",
          "patient_id", "doctor_id",     "department_id", "triage_level",
          "reason",     "status_reason", "move_count",    "created_at"};
}

std::vector<std::string> csv_cells(const domain::Appointment& a) {
  return {a.id.str(),
          format_instant(a.time.from),
          format_instant(a.time.to),
          std::string(to_string(a.status)),
          a.patient_id.str(),
          a.doctor_id.str(),
          a.department_id.str(),
          a.triage_level ? std::string(to_string(*a.triage_level)) : "",
          a.reason.value_or(""),
          a.status_reason.value_or(""),
          std::to_string(a.move_count),
          format_instant(a.created_at)};
}

std::string encode_figures(Date from, Date to, const std::vector<domain::Figures>& figures) {
  json::Value value;
  value["from"] = json::of(from);
  value["to"] = json::of(to);
  value["total"] = to_json(domain::Figures{.kind = "TOTAL"});
  for (const auto* group : {"by_day", "by_doctor", "by_department"})
    value[group] = json::Value::array();
  for (const auto& one : figures) {
    if (one.kind == "TOTAL") value["total"] = to_json(one);
    if (one.kind == "DAY") value["by_day"].push_back(to_json(one, "date"));
    if (one.kind == "DOCTOR") value["by_doctor"].push_back(to_json(one, "doctor_id"));
    if (one.kind == "DEPARTMENT") value["by_department"].push_back(to_json(one, "department_id"));
  }
  return json::dump(value);
}

std::vector<std::string> figures_csv_head() {
  return {"group", "key",       "name",    "appointments", "visits",
          "open",  "cancelled", "no_show", "no_show_rate"};
}

std::vector<std::string> csv_cells(const domain::Figures& figures) {
  const auto rate = figures.no_show_rate();
  return {figures.kind,
          figures.key.value_or(""),
          figures.name.value_or(""),
          std::to_string(figures.appointments),
          std::to_string(figures.visits),
          std::to_string(figures.open),
          std::to_string(figures.cancelled),
          std::to_string(figures.no_show),
          rate ? fmt::format("{:.4f}", *rate) : ""};
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

service::Page encode_slot_page(const std::vector<std::string>& slots,
                               const std::optional<service::Cursor>& next,
                               const service::PageRequest& asked,
                               const std::optional<std::vector<domain::Hidden>>& hidden) {
  auto page = service::page_body(slots, next, asked);
  if (!hidden) return page;
  json::Value explained = json::Value::array();
  for (const auto& one : *hidden) {
    explained.push_back({{"doctor_id", one.doctor_id.str()},
                         {"starts_at", json::of(one.starts_at)},
                         {"rule", one.rule}});
  }
  page.body.pop_back();
  page.body += R"(,"explained":)" + json::dump(explained) + "}";
  return page;
}

Result<std::optional<std::vector<Uuid>>> decode_apply(std::string_view text) {
  if (text.empty()) return std::optional<std::vector<Uuid>>{};
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  std::optional<std::vector<Uuid>> items;
  if (body.has("items")) items = body.uuids("items", 1, 10'000);
  if (auto fault = body.finish()) return *fault;
  return items;
}

std::string encode(const ApplyOutcome& outcome) {
  json::Value value;
  value["moved"] = json::of(outcome.moved);
  value["failed"] = json::Value::array();
  for (const auto& [id, code] : outcome.failed)
    value["failed"].push_back({{"appointment_id", id.str()}, {"code", code}});
  return json::dump(value);
}

std::string encode(const domain::Disruption& disruption) {
  json::Value value;
  value["id"] = disruption.id.str();
  value["facility_id"] = disruption.facility_id.str();
  json::put(value, "doctor_id", disruption.doctor_id);
  value["from"] = json::of(disruption.span.from);
  value["to"] = json::of(disruption.span.to);
  value["reason"] = disruption.reason;
  value["status"] = to_string(disruption.status);
  value["items"] = json::Value::array();
  for (const auto& item : disruption.items) {
    json::Value entry;
    entry["appointment_id"] = item.appointment_id.str();
    if (item.proposal) entry["proposal"] = to_json(*item.proposal);
    json::put(entry, "reason", item.reason);
    entry["applied"] = item.applied;
    value["items"].push_back(std::move(entry));
  }
  put_record(value, disruption.record);
  return json::dump(value);
}

Result<domain::WaitingRequest> decode_waiting_request(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  refuse_server_fields(body);
  body.read_only({"status", "appointment_id"});
  domain::WaitingRequest request;
  request.patient_id = body.uuid("patient_id");
  request.doctor_id = body.optional_uuid("doctor_id");
  request.specialty = body.optional_text("specialty", code_rule);
  request.department_id = body.optional_uuid("department_id");
  const int named =
      (request.doctor_id ? 1 : 0) + (request.specialty ? 1 : 0) + (request.department_id ? 1 : 0);
  if (named != 1)
    body.fault("doctor_id", "one-of", "Give a doctor, a specialty or a department.", true);
  request.window = {body.instant("earliest"), body.instant("latest")};
  request.duration = duration_of(body);
  if (const auto level = body.optional_choice("triage_level", level_names))
    request.triage_level = static_cast<domain::TriageLevel>(*level);
  if (auto fault = body.finish()) return *fault;
  return request;
}

std::string encode(const domain::WaitingRequest& request) {
  json::Value value;
  value["id"] = request.id.str();
  value["facility_id"] = request.facility_id.str();
  value["patient_id"] = request.patient_id.str();
  json::put(value, "doctor_id", request.doctor_id);
  json::put(value, "specialty", request.specialty);
  json::put(value, "department_id", request.department_id);
  value["earliest"] = json::of(request.window.from);
  value["latest"] = json::of(request.window.to);
  if (request.duration) value["duration_min"] = request.duration->count();
  if (request.triage_level) value["triage_level"] = to_string(*request.triage_level);
  value["status"] = to_string(request.status);
  json::put(value, "status_reason", request.status_reason);
  json::put(value, "appointment_id", request.appointment_id);
  put_record(value, request.record);
  return json::dump(value);
}

std::string with_effects(std::string encoded, const std::vector<Uuid>& affected,
                         const std::optional<Uuid>& disruption) {
  encoded.pop_back();
  encoded += R"(,"affected":)" + json::dump(json::of(affected));
  if (disruption) encoded += R"(,"disruption_id":")" + disruption->str() + '"';
  return encoded + "}";
}

std::string encode_names(const std::vector<std::string>& names) {
  return json::dump(json::of(names));
}

}  // namespace ambula::scheduling::api

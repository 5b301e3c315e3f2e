#include "codec.hpp"

#include <algorithm>

#include <ambula/base/text.hpp>
#include <ambula/json/json.hpp>

namespace ambula::queue::api {
namespace {

const std::vector<std::string_view> level_names = {"CRITICAL", "HIGH", "MODERATE", "LOW"};

constexpr json::Text reason_rule{.max = 1000, .multiline = true};
constexpr json::Text room_rule{.max = 40};
constexpr json::Text code_rule{.max = 20};
constexpr json::Text phone_rule{.min = 3, .max = 40};

/// As people write one; whose it is is found out when the visitor is identified.
bool is_phone(std::string_view text) {
  return text.find_first_not_of("+0123456789 ()/.-") == text.npos &&
         std::ranges::count_if(text, is_digit) >= 3;
}

/// Parses the body and hands its object to `read`; faults of all members come back together.
template <class Read>
auto decode(std::string_view text, Read read)
    -> Result<decltype(read(std::declval<json::Object&>()))> {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  auto input = read(body);
  if (auto fault = body.finish()) return *fault;
  return input;
}

/// For commands whose members are all optional.
template <class Read>
auto decode_or_empty(std::string_view text, Read read) {
  return decode(text.empty() ? std::string_view("{}") : text, read);
}

void put_record(json::Value& value, std::int64_t version, Instant created_at,
                const Uuid& created_by, Instant updated_at, const Uuid& updated_by) {
  value["version"] = version;
  value["created_at"] = json::of(created_at);
  value["created_by"] = created_by.str();
  value["updated_at"] = json::of(updated_at);
  value["updated_by"] = updated_by.str();
}

}  // namespace

Result<std::optional<std::string>> patch_queue(std::string_view text) {
  return decode(text, [](json::Object& body) {
    body.read_only(
        {"id", "facility_id", "code", "kind", "department_id", "board_token", "version"});
    return body.optional_text("name");
  });
}

std::string encode(const domain::Queue& queue) {
  json::Value value;
  value["id"] = queue.id.str();
  value["facility_id"] = queue.facility_id.str();
  value["department_id"] = queue.department_id.str();
  value["code"] = queue.code;
  value["name"] = queue.name;
  value["kind"] = to_string(queue.kind);
  value["board_token"] = queue.board_token;
  put_record(value, queue.version, queue.created_at, queue.created_by, queue.updated_at,
             queue.updated_by);
  return json::dump(value);
}

Result<QueueInput> decode_queue(std::string_view text) {
  return decode(text, [](json::Object& body) {
    body.read_only({"id", "facility_id", "board_token", "version"});
    return QueueInput{.code = body.text("code", code_rule),
                      .name = body.text("name"),
                      .department_id = body.uuid("department_id"),
                      .kind = static_cast<domain::Kind>(body.choice("kind", kind_names))};
  });
}

Result<EntryInput> decode_entry(std::string_view text) {
  return decode(text, [](json::Object& body) {
    body.read_only({"id", "facility_id", "ticket", "date", "status", "level", "priority", "calls",
                    "version", "tracking_token", "appointment_id", "visitor_id", "triage"});
    EntryInput input{.queue_id = body.uuid("queue_id"),
                     .patient_id = body.optional_uuid("patient_id"),
                     .visitor = std::nullopt,
                     .doctor_id = body.optional_uuid("doctor_id"),
                     .reason = body.optional_text("reason", reason_rule)};
    if (auto visitor = body.optional_object("visitor")) {
      input.visitor =
          VisitorInput{visitor->text("name"), visitor->optional_text("phone", phone_rule)};
      if (input.visitor->phone && !is_phone(*input.visitor->phone))
        visitor->fault("phone", "format", "Must be a phone number.");
    }
    if (body.has("patient_id") == body.has("visitor"))
      body.fault("patient_id", "required", "Name a patient or a visitor, one of them.", true);
    return input;
  });
}

namespace {

json::Value names_of_patient(const store::Names& names) {
  json::Value value = {{"display_name", *names.patient}};
  json::put(value, "mrn", names.mrn);
  return value;
}

json::Value names_of_visitor(const store::Names& names) {
  json::Value value = {{"name", *names.visitor}};
  json::put(value, "phone", names.phone);
  return value;
}

void put_turn(json::Value& value, const domain::Entry& entry) {
  value["status"] = to_string(entry.status);
  value["level"] = to_string(entry.level());
  if (entry.priority) value["priority"] = to_string(*entry.priority);
  if (entry.triage) value["triage"] = *json::parse(*entry.triage);
  json::put(value, "specialty", entry.specialty);
  value["calls"] = entry.calls;
  value["order_reason"] = domain::order_reason(entry);
  json::put(value, "reason", entry.reason);
  json::put(value, "status_reason", entry.status_reason);
  json::put(value, "room", entry.room);
  json::put(value, "transferred_to", entry.transferred_to);
  json::put(value, "transferred_from", entry.transferred_from);
  value["tracking_token"] = entry.tracking_token;
  json::put(value, "called_at", entry.called_at);
  json::put(value, "started_at", entry.started_at);
  json::put(value, "completed_at", entry.completed_at);
}

}  // namespace

std::string encode(const domain::Entry& entry, const store::Names& names) {
  json::Value value;
  value["id"] = entry.id.str();
  value["facility_id"] = entry.facility_id.str();
  value["queue_id"] = entry.queue_id.str();
  value["queue_kind"] = to_string(entry.queue_kind);
  value["department_id"] = entry.department_id.str();
  value["ticket"] = {{"label", entry.ticket.label}, {"number", entry.ticket.number}};
  value["date"] = json::of(entry.day);
  json::put(value, "patient_id", entry.patient_id);
  if (entry.patient_id && names.patient) value["patient"] = names_of_patient(names);
  json::put(value, "visitor_id", entry.visitor_id);
  if (names.visitor) value["visitor"] = names_of_visitor(names);
  json::put(value, "doctor_id", entry.doctor_id);
  if (entry.assignment) value["assignment"] = {{"reason", *entry.assignment}};
  json::put(value, "appointment_id", entry.appointment_id);
  json::put(value, "consultation_id", entry.consultation_id);
  put_turn(value, entry);
  put_record(value, entry.version, entry.created_at, entry.created_by, entry.updated_at,
             entry.updated_by);
  return json::dump(value);
}

std::string encode_for_board(const domain::Entry& entry) {
  json::Value value;
  value["label"] = entry.ticket.label;
  value["status"] = to_string(entry.status);
  json::put(value, "room", entry.room);
  return json::dump(value);
}

std::string encode_hidden(const domain::Entry& entry) {
  json::Value value;
  value["id"] = entry.id.str();
  value["queue_id"] = entry.queue_id.str();
  value["ticket"] = {{"label", entry.ticket.label}, {"number", entry.ticket.number}};
  value["status"] = to_string(entry.status);
  value["hidden"] = true;
  return json::dump(value);
}

namespace {

/// Fewer would be an anecdote.
constexpr int observations_min = 5;

/// Of the entry's doctor, who sees nobody of a colleague's, when there is evidence; else of the
/// queue; else unknown: no member.
void put_wait(json::Value& value, const store::Position& position) {
  if (position.status != domain::Status::waiting) return;
  const bool own = position.doctor.observations >= observations_min;
  const auto& pace = own ? position.doctor : position.queue;
  if (pace.observations < observations_min) return;
  const int turns = (own ? position.ahead_of_doctor : position.ahead) + 1;
  const auto minutes = [turns](double each) {
    return static_cast<std::int64_t>(each * turns + 0.5);
  };
  value["expected_wait_min"] = minutes(pace.median_min);
  value["expected_wait_spread_min"] = {minutes(pace.low_min), minutes(pace.high_min)};
  value["evidence"] = {{"of", own ? "DOCTOR" : "QUEUE"}, {"turns", pace.observations}};
}

double tenths(double minutes) {
  return static_cast<double>(static_cast<std::int64_t>(minutes * 10 + 0.5)) / 10;
}

}  // namespace

std::string encode_position(const store::Position& position, const std::optional<std::string>& room,
                            const store::Tracked* tracked) {
  json::Value value;
  if (tracked != nullptr) {
    value["label"] = tracked->label;
    value["queue"] = tracked->queue_name;
  }
  value["status"] = to_string(position.status);
  if (position.status != domain::Status::waiting) json::put(value, "room", room);
  value["ahead"] = position.ahead;
  put_wait(value, position);
  return json::dump(value);
}

std::string encode_waits(Date from, Date to, const std::vector<store::DepartmentWaits>& waits) {
  json::Value value;
  value["from"] = json::of(from);
  value["to"] = json::of(to);
  value["items"] = json::Value::array();
  for (const auto& one : waits) {
    json::Value item;
    item["department_id"] = one.department_id.str();
    json::put(item, "department", one.name);
    item["visits"] = one.visits;
    item["wait_min"] = {{"p50", tenths(one.p50_min)}, {"p90", tenths(one.p90_min)}};
    value["items"].push_back(std::move(item));
  }
  return json::dump(value);
}

std::vector<std::string> csv_head() {
  return {"date",        "ticket",          "status",     "level",        "calls",
          "patient_mrn", "patient",         "visitor",    "doctor_id",    "queue_id",
          "arrived_at",  "first_called_at", "started_at", "completed_at", "status_reason"};
}

std::vector<std::string> csv_cells(const store::Named& named) {
  const auto& e = named.entry;
  const auto at = [](const std::optional<Instant>& time) {
    return time ? format_instant(*time) : "";
  };
  return {format_date(e.day),
          e.ticket.label,
          std::string(to_string(e.status)),
          std::string(to_string(e.level())),
          std::to_string(e.calls),
          named.names.mrn.value_or(""),
          named.names.patient.value_or(""),
          named.names.visitor.value_or(""),
          e.doctor_id ? e.doctor_id->str() : "",
          e.queue_id.str(),
          format_instant(e.created_at),
          at(e.first_called_at),
          at(e.started_at),
          at(e.completed_at),
          e.status_reason.value_or("")};
}

Result<CallNextInput> decode_call_next(std::string_view text) {
  return decode_or_empty(text, [](json::Object& body) {
    return CallNextInput{body.optional_uuid("doctor_id"), body.optional_text("room", room_rule)};
  });
}

Result<std::optional<std::string>> decode_call(std::string_view text) {
  return decode_or_empty(text,
                         [](json::Object& body) { return body.optional_text("room", room_rule); });
}

Result<std::string> decode_reason(std::string_view text) {
  return decode(text, [](json::Object& body) { return body.text("reason", reason_rule); });
}

Result<void> decode_nothing(std::string_view text) {
  const auto nothing = decode_or_empty(text, [](json::Object&) { return true; });
  if (!nothing) return nothing.error();
  return {};
}

Result<TransferInput> decode_transfer(std::string_view text) {
  return decode(text, [](json::Object& body) {
    return TransferInput{body.uuid("queue_id"), body.text("reason", reason_rule)};
  });
}

Result<std::optional<Uuid>> decode_assign(std::string_view text) {
  return decode(text, [](json::Object& body) {
    const auto doctor = body.optional_uuid("doctor_id");
    const bool choose = body.optional_boolean("auto").value_or(false);
    if (doctor.has_value() == choose && !(body.has("doctor_id") && !doctor))
      body.fault("doctor_id", "required", "Name a doctor, or auto: true.", true);
    return doctor;
  });
}

Result<Uuid> decode_identify(std::string_view text) {
  return decode(text, [](json::Object& body) { return body.uuid("patient_id"); });
}

Result<domain::Prioritize> decode_prioritize(std::string_view text) {
  auto value = json::parse(text);
  if (!value) return value.error();
  // Older clients send 1 and 0 for HIGH and LOW.
  if (value->is_object() && value->contains("level") && (*value)["level"].is_number_integer()) {
    const auto number = (*value)["level"].get<std::int64_t>();
    if (number == 0 || number == 1) (*value)["level"] = number == 1 ? "HIGH" : "LOW";
  }
  json::Object body(*value);
  const auto level = static_cast<domain::Level>(body.choice("level", level_names));
  domain::Prioritize order{level, body.text("reason", reason_rule)};
  if (auto fault = body.finish()) return *fault;
  return order;
}

Result<TriageRequest> decode_triage(std::string_view text) {
  return decode(text, [](json::Object& body) {
    TriageRequest request{triage::read_input(body), std::nullopt};
    if (auto over = body.optional_object("override")) {
      const auto level = static_cast<domain::Level>(over->choice("level", level_names));
      request.overridden = triage::Override{level, over->text("reason", reason_rule)};
    }
    return request;
  });
}

Result<domain::TriageInput> decode_assess(std::string_view text, bool with_vitals) {
  return decode(text, [&](json::Object& body) {
    if (!with_vitals && body.has("vitals"))
      body.fault("vitals", "unknown-field", "Measurements are taken by staff.", true);
    return triage::read_input(body);
  });
}

std::string encode_assessment(const std::string& result, const domain::Assessment& assessment) {
  json::Value value;
  value["assessment_id"] = assessment.id.str();
  value["valid_until"] = json::of(assessment.valid_until);
  value.update(*json::parse(result));
  return json::dump(value);
}

}  // namespace ambula::queue::api

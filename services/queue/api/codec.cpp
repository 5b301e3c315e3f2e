#include "codec.hpp"

#include <ambula/json/json.hpp>

namespace ambula::queue::api {
namespace {

const std::vector<std::string_view> level_names = {"CRITICAL", "HIGH", "MODERATE", "LOW"};

constexpr json::Text reason_rule{.max = 1000, .multiline = true};
constexpr json::Text room_rule{.max = 40};

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

Result<std::string> patch_queue(std::string_view text) {
  return decode(text, [](json::Object& body) {
    body.read_only(
        {"id", "facility_id", "code", "kind", "department_id", "board_token", "version"});
    return body.text("name");
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

Result<EntryInput> decode_entry(std::string_view text) {
  return decode(text, [](json::Object& body) {
    body.read_only({"id", "facility_id", "ticket", "date", "status", "level", "priority", "calls",
                    "version", "tracking_token", "appointment_id"});
    return EntryInput{.queue_id = body.uuid("queue_id"),
                      .patient_id = body.uuid("patient_id"),
                      .doctor_id = body.optional_uuid("doctor_id"),
                      .reason = body.optional_text("reason", reason_rule)};
  });
}

std::string encode(const domain::Entry& entry, const store::Patient* patient) {
  json::Value value;
  value["id"] = entry.id.str();
  value["facility_id"] = entry.facility_id.str();
  value["queue_id"] = entry.queue_id.str();
  value["department_id"] = entry.department_id.str();
  value["ticket"] = {{"label", entry.ticket.label}, {"number", entry.ticket.number}};
  value["date"] = json::of(entry.day);
  json::put(value, "patient_id", entry.patient_id);
  if (patient != nullptr)
    value["patient"] = {{"display_name", patient->display_name}, {"mrn", patient->mrn}};
  json::put(value, "doctor_id", entry.doctor_id);
  json::put(value, "appointment_id", entry.appointment_id);
  json::put(value, "consultation_id", entry.consultation_id);
  value["status"] = to_string(entry.status);
  value["level"] = to_string(entry.level());
  if (entry.priority) value["priority"] = to_string(*entry.priority);
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
  put_record(value, entry.version, entry.created_at, entry.created_by, entry.updated_at,
             entry.updated_by);
  return json::dump(value);
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

Result<Uuid> decode_assign(std::string_view text) {
  return decode(text, [](json::Object& body) { return body.uuid("doctor_id"); });
}

Result<domain::Prioritize> decode_prioritize(std::string_view text) {
  return decode(text, [](json::Object& body) {
    const auto level = static_cast<domain::Level>(body.choice("level", level_names));
    return domain::Prioritize{level, body.text("reason", reason_rule)};
  });
}

}  // namespace ambula::queue::api

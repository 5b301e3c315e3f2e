#include "codec.hpp"

#include <ambula/json/json.hpp>

namespace ambula::notification::api {

std::string encode(const domain::Message& message) {
  json::Value value;
  value["id"] = message.id.str();
  value["facility_id"] = message.facility_id.str();
  value["template"] = to_string(message.template_name);
  value["language"] = message.language;
  value["channel"] = "EMAIL";
  json::put(value, "recipient_masked", message.recipient_masked);
  value["status"] = to_string(message.status);
  value["attempts"] = message.attempts;
  value["event_id"] = message.event_id.str();
  value["resend_no"] = message.resend_no;
  json::put(value, "patient_id", message.patient_id);
  value["subject_id"] = message.subject_id.str();
  json::put(value, "sent_at", message.sent_at);
  json::put(value, "reason", message.reason);
  json::put(value, "resend_reason", message.resend_reason);
  if (message.status == domain::Status::retrying)
    value["next_attempt_at"] = json::of(message.due_at);
  value["version"] = message.version;
  value["created_at"] = json::of(message.created_at);
  value["created_by"] = message.created_by.str();
  value["updated_at"] = json::of(message.updated_at);
  value["updated_by"] = message.updated_by.str();
  return json::dump(value);
}

Result<std::string> decode_resend(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  auto reason = body.text("reason", {.max = 1000, .multiline = true});
  if (auto fault = body.finish()) return *fault;
  return reason;
}

}  // namespace ambula::notification::api

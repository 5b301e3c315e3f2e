#include "codec.hpp"

#include <ambula/json/json.hpp>

namespace ambula::notification::api {
namespace {

constexpr std::string_view no_address_yet = "***";
constexpr json::Text subject_rule{.max = domain::subject_max};
constexpr json::Text body_rule{.max = domain::body_max, .multiline = true};
constexpr json::Text sample_rule{.min = 0, .max = 1000};
constexpr json::Text items_rule{.min = 0, .max = domain::body_max, .multiline = true};

json::Value of(const domain::Wording& wording) {
  json::Value value;
  value["subject"] = wording.subject;
  value["body"] = wording.body;
  return value;
}

json::Value of(std::span<const std::string_view> names) {
  auto array = json::Value::array();
  for (const auto name : names)
    array.push_back(std::string(name));
  return array;
}

}  // namespace

std::string encode(const domain::Message& message) {
  json::Value value;
  value["id"] = message.id.str();
  value["facility_id"] = message.facility_id.str();
  value["template"] = to_string(message.template_name);
  value["language"] = message.language;
  value["channel"] = "EMAIL";
  value["recipient_masked"] = message.recipient_masked.value_or(std::string(no_address_yet));
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

std::string encode(const WordingView& view) {
  const domain::Wording& words =
      view.own ? static_cast<const domain::Wording&>(*view.own) : view.ours;
  json::Value value;
  value["facility_id"] = view.facility_id.str();
  value["name"] = to_string(view.name);
  value["language"] = view.language;
  value["subject"] = words.subject;
  value["body"] = words.body;
  value["customized"] = view.own.has_value();
  value["default"] = of(view.ours);
  value["values"] = of(domain::values_of(view.name));
  value["subject_values"] = of(domain::subject_values_of(view.name));
  value["required"] = of(domain::required_of(view.name));
  value["version"] = view.own ? view.own->version : 0;
  if (view.own) {
    value["created_at"] = json::of(view.own->created_at);
    value["created_by"] = view.own->created_by.str();
    value["updated_at"] = json::of(view.own->updated_at);
    value["updated_by"] = view.own->updated_by.str();
  }
  return json::dump(value);
}

Result<domain::Wording> decode_wording(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  domain::Wording wording{body.text("subject", subject_rule), body.text("body", body_rule)};
  body.read_only({"facility_id", "name", "language", "customized", "default", "values",
                  "subject_values", "required", "version", "created_at", "created_by", "updated_at",
                  "updated_by"});
  if (auto fault = body.finish()) return *fault;
  return wording;
}

Result<Preview> decode_preview(std::string_view text, domain::Template name) {
  const auto value = json::parse(text.empty() ? "{}" : text);
  if (!value) return value.error();
  json::Object body(*value);
  Preview preview{
      body.optional_text("subject", subject_rule), body.optional_text("body", body_rule), {}};
  for (const auto known : domain::values_of(name)) {
    const auto& rule = known == "items" ? items_rule : sample_rule;
    if (auto sample = body.optional_text(known, rule)) preview.values[std::string(known)] = *sample;
  }
  if (auto fault = body.finish()) return *fault;
  return preview;
}

std::string encode(const mail::Content& content) {
  json::Value value;
  value["subject"] = content.subject;
  value["text"] = content.text;
  value["html"] = content.html;
  return json::dump(value);
}

}  // namespace ambula::notification::api

#include "codec.hpp"

#include <ambula/json/json.hpp>

namespace ambula::notification::events {
namespace {

constexpr json::Text name_rule{.max = 1000};

/// Events of neighbours may have members that we do not know: they are not read.
template <class Read>
auto decode(std::string_view data, Read read)
    -> Result<decltype(read(std::declval<json::Object&>()))> {
  const auto value = json::parse(data);
  if (!value) return value.error();
  json::Object object(*value);
  auto fact = read(object);
  if (auto fault = object.finish_known()) return *fault;
  return fact;
}

void read_preferences(json::Object& object, PatientFact& fact) {
  auto preferences = object.object("preferences");
  fact.language = preferences.text("language");
  if (auto channels = preferences.optional_object("channels")) {
    fact.email_allowed = channels->optional_boolean("email").value_or(true);
  }
  if (preferences.has("opt_out")) fact.opt_out = preferences.texts("opt_out", 0, 100);
}

}  // namespace

std::string encode_message(const domain::Message& message) {
  json::Value value;
  value["message_id"] = message.id.str();
  value["facility_id"] = message.facility_id.str();
  value["template"] = to_string(message.template_name);
  value["channel"] = "EMAIL";
  json::put(value, "patient_id", message.patient_id);
  value["event_id"] = message.event_id.str();
  value["resend_no"] = message.resend_no;
  json::put(value, "reason", message.reason);
  return json::dump(value);
}

Result<FacilityFact> decode_facility(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return FacilityFact{object.uuid("facility_id"), object.text("name", name_rule),
                        object.text("zone"), object.text("locale")};
  });
}

Result<PatientFact> decode_patient(std::string_view data) {
  return decode(data, [](json::Object& object) {
    PatientFact fact;
    fact.id = object.uuid("patient_id");
    fact.given_name = object.text("given_name", name_rule);
    fact.email = object.optional_text("email", name_rule);
    read_preferences(object, fact);
    return fact;
  });
}

Result<NameFact> decode_doctor(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return NameFact{object.uuid("doctor_id"), object.text("display_name", name_rule)};
  });
}

Result<NameFact> decode_department(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return NameFact{object.uuid("department_id"), object.text("name", name_rule)};
  });
}

Result<AppointmentFact> decode_appointment(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return AppointmentFact{.id = object.uuid("appointment_id"),
                           .patient_id = object.uuid("patient_id"),
                           .doctor_id = object.uuid("doctor_id"),
                           .department_id = object.uuid("department_id"),
                           .starts_at = object.instant("starts_at"),
                           .ends_at = object.instant("ends_at"),
                           .status = object.text("status")};
  });
}

Result<PrescriptionFact> decode_prescription(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return PrescriptionFact{.id = object.uuid("prescription_id"),
                            .patient_id = object.optional_uuid("patient_id"),
                            .doctor_id = object.uuid("doctor_id"),
                            .number = object.text("number"),
                            .status = object.text("status"),
                            .expires_on = object.date("expires_on")};
  });
}

Result<Uuid> decode_dispense(std::string_view data) {
  return decode(data, [](json::Object& object) { return object.uuid("prescription_id"); });
}

}  // namespace ambula::notification::events

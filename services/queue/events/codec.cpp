#include "codec.hpp"

#include <ambula/json/json.hpp>

namespace ambula::queue::events {
namespace {

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

}  // namespace

std::string encode_queue(const domain::Queue& queue) {
  json::Value value;
  value["queue_id"] = queue.id.str();
  value["facility_id"] = queue.facility_id.str();
  value["code"] = queue.code;
  value["name"] = queue.name;
  value["kind"] = to_string(queue.kind);
  value["department_id"] = queue.department_id.str();
  return json::dump(value);
}

std::string encode_entry(const domain::Entry& entry, std::int64_t queue_change) {
  json::Value value;
  value["queue_entry_id"] = entry.id.str();
  value["facility_id"] = entry.facility_id.str();
  value["queue_id"] = entry.queue_id.str();
  value["queue_kind"] = to_string(entry.queue_kind);
  value["department_id"] = entry.department_id.str();
  value["ticket"] = {{"label", entry.ticket.label}, {"number", entry.ticket.number}};
  value["day"] = json::of(entry.day);
  json::put(value, "patient_id", entry.patient_id);
  json::put(value, "doctor_id", entry.doctor_id);
  json::put(value, "appointment_id", entry.appointment_id);
  value["status"] = to_string(entry.status);
  value["level"] = to_string(entry.level());
  value["calls"] = entry.calls;
  json::put(value, "transferred_to", entry.transferred_to);
  json::put(value, "transferred_from", entry.transferred_from);
  value["queue_change"] = queue_change;
  return json::dump(value);
}

Result<FacilityFact> decode_facility(std::string_view data) {
  return decode(data, [](json::Object& object) {
    auto settings = object.object("settings");
    return FacilityFact{.id = object.uuid("facility_id"),
                        .zone = object.text("zone"),
                        .max_calls = static_cast<int>(settings.integer("max_calls", 1, 100))};
  });
}

Result<PatientFact> decode_patient(std::string_view data) {
  return decode(data, [](json::Object& object) {
    PatientFact fact;
    fact.id = object.uuid("patient_id");
    fact.mrn = object.text("mrn");
    fact.active = object.text("status") == "ACTIVE";
    fact.display_name = object.text("given_name", {.max = 1000});
    if (const auto family = object.optional_text("family_name", {.max = 1000}))
      fact.display_name += " " + *family;
    return fact;
  });
}

Result<DepartmentFact> decode_department(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return DepartmentFact{.id = object.uuid("department_id"),
                          .code = object.text("code"),
                          .name = object.text("name"),
                          .active = object.boolean("active")};
  });
}

Result<DoctorFact> decode_doctor(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return DoctorFact{.id = object.uuid("doctor_id"),
                      .display_name = object.text("display_name"),
                      .department_id = object.uuid("department_id"),
                      .room = object.optional_text("room"),
                      .active = object.boolean("active")};
  });
}

Result<AppointmentFact> decode_appointment(std::string_view data) {
  return decode(data, [](json::Object& object) {
    AppointmentFact fact{.id = object.uuid("appointment_id"),
                         .patient_id = object.uuid("patient_id"),
                         .doctor_id = object.uuid("doctor_id"),
                         .department_id = object.uuid("department_id"),
                         .triage_level = std::nullopt};
    if (const auto level = object.optional_text("triage_level"))
      fact.triage_level = domain::parse_level(*level);
    return fact;
  });
}

Result<ConsultationFact> decode_consultation(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return ConsultationFact{.id = object.uuid("consultation_id"),
                            .doctor_id = object.uuid("doctor_id"),
                            .appointment_id = object.optional_uuid("appointment_id"),
                            .queue_entry_id = object.optional_uuid("queue_entry_id"),
                            .started_at = object.instant("started_at")};
  });
}

}  // namespace ambula::queue::events

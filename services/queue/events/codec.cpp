#include "codec.hpp"

#include <limits>

#include <ambula/json/json.hpp>

namespace ambula::queue::events {
namespace {

const std::vector<std::string_view> weekday_names = {"SUN", "MON", "TUE", "WED",
                                                     "THU", "FRI", "SAT"};
constexpr std::size_t hours_max = 5000;

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

void read_hours(json::Object& object, DoctorFact& fact) {
  auto availability = object.object("availability");
  fact.valid_from = availability.optional_date("valid_from");
  fact.valid_to = availability.optional_date("valid_to");
  for (auto& session : availability.objects("weekly", 0, hours_max)) {
    fact.weekdays.push_back(static_cast<int>(session.choice("day", weekday_names)));
    fact.from_min.push_back(session.local_time("from").count());
    fact.to_min.push_back(session.local_time("to").count());
  }
  for (auto& exception : object.objects("exceptions", 0, hours_max)) {
    fact.exception_kinds.push_back(exception.text("kind"));
    fact.exception_from.push_back(exception.instant("from"));
    fact.exception_to.push_back(exception.instant("to"));
  }
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

std::string encode_entry(const domain::Entry& entry) {
  json::Value value;
  value["queue_entry_id"] = entry.id.str();
  value["facility_id"] = entry.facility_id.str();
  value["queue_id"] = entry.queue_id.str();
  value["queue_kind"] = to_string(entry.queue_kind);
  value["department_id"] = entry.department_id.str();
  value["ticket"] = {{"label", entry.ticket.label}, {"number", entry.ticket.number}};
  value["day"] = json::of(entry.day);
  json::put(value, "patient_id", entry.patient_id);
  json::put(value, "visitor_id", entry.visitor_id);
  json::put(value, "doctor_id", entry.doctor_id);
  json::put(value, "appointment_id", entry.appointment_id);
  value["status"] = to_string(entry.status);
  value["level"] = to_string(entry.level());
  value["calls"] = entry.calls;
  json::put(value, "transferred_to", entry.transferred_to);
  json::put(value, "transferred_from", entry.transferred_from);
  return json::dump(value);
}

std::string encode_visitor(const domain::Visitor& visitor) {
  json::Value value;
  value["visitor_id"] = visitor.id.str();
  value["facility_id"] = visitor.facility_id.str();
  value["name"] = visitor.name;
  json::put(value, "phone", visitor.phone);
  json::put(value, "patient_id", visitor.patient_id);
  return json::dump(value);
}

std::string encode_assessment(const domain::Assessment& assessment) {
  json::Value value;
  value["assessment_id"] = assessment.id.str();
  value["facility_id"] = assessment.facility_id.str();
  value["patient_id"] = assessment.patient_id.str();
  value["level"] = to_string(assessment.level);
  value["rule_set"] = assessment.rule_set;
  value["valid_until"] = json::of(assessment.valid_until);
  return json::dump(value);
}

std::optional<Uuid> decode_queue_of_entry(std::string_view data) {
  const auto queue = decode(data, [](json::Object& object) { return object.uuid("queue_id"); });
  return queue ? std::optional(*queue) : std::nullopt;
}

Result<FacilityFact> decode_facility(std::string_view data) {
  return decode(data, [](json::Object& object) {
    auto settings = object.object("settings");
    return FacilityFact{
        .id = object.uuid("facility_id"),
        .zone = object.text("zone"),
        .max_calls = static_cast<int>(settings.integer("max_calls", 1, 100)),
        .staging_factor = static_cast<int>(settings.integer("staging_factor", 1, 1000)),
        .visitor_days = static_cast<int>(settings.integer("visitor_days", 1, 10000))};
  });
}

Result<PatientFact> decode_patient(std::string_view data) {
  return decode(data, [](json::Object& object) {
    PatientFact fact;
    fact.id = object.uuid("patient_id");
    fact.mrn = object.text("mrn");
    fact.birth_date = object.optional_date("birth_date");
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
    DoctorFact fact;
    fact.id = object.uuid("doctor_id");
    fact.display_name = object.text("display_name");
    fact.specialty = object.text("specialty");
    fact.department_id = object.uuid("department_id");
    fact.room = object.optional_text("room");
    fact.active = object.boolean("active");
    read_hours(object, fact);
    return fact;
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

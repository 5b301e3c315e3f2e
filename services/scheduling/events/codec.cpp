#include "codec.hpp"

#include <algorithm>

#include <ambula/json/json.hpp>

namespace ambula::scheduling::events {
namespace {

constexpr std::string_view weekday_names[] = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

json::Value encode_availability(const domain::Availability& availability) {
  json::Value value = json::Value::object();
  json::put(value, "valid_from", availability.valid_from);
  json::put(value, "valid_to", availability.valid_to);
  value["weekly"] = json::Value::array();
  for (const auto& session : availability.weekly) {
    value["weekly"].push_back({{"day", weekday_names[session.day.c_encoding()]},
                               {"from", json::of(session.from)},
                               {"to", json::of(session.to)},
                               {"slot_min", session.slot.count()}});
  }
  return value;
}

json::Value to_json(const Uuid& id, std::string_view kind, const TimeRange& time) {
  return {{"exception_id", id.str()},
          {"kind", kind},
          {"from", json::of(time.from)},
          {"to", json::of(time.to)}};
}

json::Value encode_exceptions(const domain::Doctor& doctor) {
  json::Value value = json::Value::array();
  for (const auto& exception : doctor.availability.exceptions)
    value.push_back(to_json(exception.id, to_string(exception.kind), exception.time));
  for (const auto& holiday : doctor.availability.holidays)
    value.push_back(to_json(holiday.id, "HOLIDAY", local_day(doctor.zone, holiday.date)));
  return value;
}

const std::vector<std::string_view> level_names = {"CRITICAL", "HIGH", "MODERATE", "LOW"};

/// Events of neighbours may have members that we do not know: they are not read, and `finish` is
/// not asked.
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

std::string encode_unit(const domain::Unit& unit, std::string_view id_field) {
  json::Value value;
  value[std::string(id_field)] = unit.id.str();
  value["facility_id"] = unit.facility_id.str();
  value["code"] = unit.code;
  value["name"] = unit.name;
  value["active"] = unit.active;
  return json::dump(value);
}

std::string encode_doctor(const domain::Doctor& doctor) {
  json::Value value;
  value["doctor_id"] = doctor.id.str();
  value["facility_id"] = doctor.facility_id.str();
  json::put(value, "account_id", doctor.account_id);
  value["display_name"] = doctor.display_name;
  value["specialty"] = doctor.specialty;
  value["department_id"] = doctor.department_id.str();
  json::put(value, "sex", doctor.sex);
  json::put(value, "room", doctor.room);
  value["active"] = doctor.active;
  value["availability"] = encode_availability(doctor.availability);
  value["exceptions"] = encode_exceptions(doctor);
  return json::dump(value);
}

std::string encode_doctor_deleted(const domain::Doctor& doctor, Instant at) {
  json::Value value;
  value["doctor_id"] = doctor.id.str();
  value["facility_id"] = doctor.facility_id.str();
  value["deleted_at"] = json::of(at);
  return json::dump(value);
}

std::string encode_appointment(const domain::Appointment& appointment,
                               const domain::Appointment* before) {
  json::Value value;
  value["appointment_id"] = appointment.id.str();
  value["facility_id"] = appointment.facility_id.str();
  value["patient_id"] = appointment.patient_id.str();
  value["doctor_id"] = appointment.doctor_id.str();
  value["department_id"] = appointment.department_id.str();
  value["starts_at"] = json::of(appointment.time.from);
  value["ends_at"] = json::of(appointment.time.to);
  value["status"] = to_string(appointment.status);
  if (appointment.triage_level) value["triage_level"] = to_string(*appointment.triage_level);
  json::put(value, "reason", appointment.status_reason);
  value["move_count"] = appointment.move_count;
  if (before != nullptr) {
    value["previous"] = {{"starts_at", json::of(before->time.from)},
                         {"ends_at", json::of(before->time.to)},
                         {"doctor_id", before->doctor_id.str()}};
  }
  return json::dump(value);
}

Result<FacilityFact> decode_facility(std::string_view data) {
  return decode(data, [](json::Object& object) {
    FacilityFact fact;
    fact.id = object.uuid("facility_id");
    fact.rules.zone = object.text("zone");
    fact.currency = object.text("currency");
    auto settings = object.object("settings");
    fact.rules.day_cap = static_cast<int>(settings.integer("day_cap", 1, 1000));
    fact.rules.urgent_seats = static_cast<int>(settings.integer("urgent_seats", 0, 1000));
    fact.rules.desk_may_complete = settings.boolean("desk_may_complete");
    fact.rules.no_show_grace_min =
        static_cast<int>(settings.integer("no_show_grace_min", 0, 24 * 60));
    return fact;
  });
}

Result<PatientFact> decode_patient(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return PatientFact{.id = object.uuid("patient_id"),
                       .active = object.text("status") == "ACTIVE"};
  });
}

Result<AccountFact> decode_account(std::string_view data) {
  return decode(data, [](json::Object& object) {
    AccountFact fact;
    fact.id = object.uuid("account_id");
    fact.active = object.boolean("active");
    for (auto& membership : object.objects("memberships", 0, 1000)) {
      const auto facility = membership.optional_uuid("facility_id");
      const auto roles = membership.texts("roles", 0, 100);
      if (!facility) continue;  // the whole installation: no doctors there
      const bool doctor = std::find(roles.begin(), roles.end(), "doctor") != roles.end();
      fact.memberships.push_back({*facility, doctor});
    }
    return fact;
  });
}

Result<AssessmentFact> decode_assessment(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return AssessmentFact{
        .id = object.uuid("assessment_id"),
        .patient_id = object.uuid("patient_id"),
        .level = static_cast<domain::TriageLevel>(object.choice("level", level_names)),
        .valid_until = object.instant("valid_until")};
  });
}

Result<ConsultationFact> decode_consultation(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return ConsultationFact{.id = object.uuid("consultation_id"),
                            .doctor_id = object.optional_uuid("doctor_id"),
                            .appointment_id = object.optional_uuid("appointment_id")};
  });
}

}  // namespace ambula::scheduling::events

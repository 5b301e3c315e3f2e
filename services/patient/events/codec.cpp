#include "codec.hpp"

#include <ambula/json/json.hpp>

namespace ambula::patient::events {
namespace {

json::Value to_json(const domain::Allergy& allergy) {
  json::Value value;
  value["allergy_id"] = allergy.id.str();
  value["substance"] = allergy.substance;
  json::put(value, "code", allergy.code);
  json::put(value, "system", allergy.system);
  json::put(value, "severity", allergy.severity);
  json::put(value, "noted_on", allergy.noted_on);
  return value;
}

json::Value to_json(const domain::Preferences& preferences) {
  json::Value value;
  value["language"] = preferences.language;
  value["channels"] = {{"email", preferences.email}};
  value["opt_out"] = json::of(preferences.opt_out);
  return value;
}

/// Events of neighbours may have members that we do not know: they are not read and are no fault.
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

std::string encode_patient(const domain::Patient& patient) {
  const auto& details = patient.details;
  json::Value value;
  value["patient_id"] = patient.id.str();
  value["facility_id"] = patient.facility_id.str();
  value["mrn"] = patient.mrn;
  value["status"] = domain::to_string(patient.status);
  value["given_name"] = details.given_name;
  json::put(value, "family_name", details.family_name);
  value["birth_date"] = json::of(details.birth_date);
  value["birth_date_estimated"] = details.birth_date_estimated;
  value["sex"] = domain::to_string(details.sex);
  json::put(value, "phone", details.phone);
  json::put(value, "email", details.email);
  json::put(value, "email_pending", patient.email_pending);
  json::put(value, "account_id", patient.account_id);
  value["allergies"] = json::Value::array();
  for (const auto& allergy : patient.allergies)
    value["allergies"].push_back(to_json(allergy));
  value["preferences"] = to_json(patient.preferences);
  return json::dump(value);
}

std::string encode_deleted(const domain::Patient& patient) {
  json::Value value;
  value["patient_id"] = patient.id.str();
  value["facility_id"] = patient.facility_id.str();
  json::put(value, "deleted_at", patient.deleted_at);
  return json::dump(value);
}

std::string encode_invitation(const domain::Patient& patient) {
  json::Value value;
  value["patient_id"] = patient.id.str();
  value["facility_id"] = patient.facility_id.str();
  json::put(value, "address", patient.details.email);
  value["language"] = patient.preferences.language;
  value["display_name"] = domain::display_name(patient.details);
  return json::dump(value);
}

std::string encode_email_change(const domain::Patient& patient) {
  json::Value value;
  value["patient_id"] = patient.id.str();
  value["facility_id"] = patient.facility_id.str();
  json::put(value, "account_id", patient.account_id);
  json::put(value, "address", patient.email_pending);
  value["language"] = patient.preferences.language;
  return json::dump(value);
}

std::string encode_refusal(const RefusalFact& fact) {
  json::Value value;
  value["account_id"] = fact.account_id.str();
  value["facility_id"] = fact.facility_id.str();
  json::put(value, "patient_id", fact.patient_id);
  value["reason"] = domain::to_string(fact.reason);
  return json::dump(value);
}

Result<SelfRegistrationFact> decode_self_registration(std::string_view data) {
  return decode(data, [](json::Object& object) {
    static const std::vector<std::string_view> sexes = {"MALE", "FEMALE", "OTHER", "UNKNOWN"};
    auto person = object.object("patient");
    return SelfRegistrationFact{.account_id = object.uuid("account_id"),
                                .facility_id = object.uuid("facility_id"),
                                .email = object.text("email", {.max = 254}),
                                .given_name = person.text("given_name"),
                                .family_name = person.optional_text("family_name"),
                                .birth_date = person.date("birth_date"),
                                .sex = static_cast<domain::Sex>(person.choice("sex", sexes)),
                                .phone = person.optional_text("phone")};
  });
}

Result<VerifiedFact> decode_verified(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return VerifiedFact{object.uuid("account_id"), object.uuid("facility_id"),
                        object.uuid("patient_id"), object.text("email", {.max = 254})};
  });
}

Result<std::optional<Uuid>> decode_named_patient(std::string_view data) {
  return decode(data, [](json::Object& object) { return object.optional_uuid("patient_id"); });
}

Result<FacilityFact> decode_facility(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return FacilityFact{object.uuid("facility_id"), object.text("code"), object.text("zone"),
                        object.text("locale")};
  });
}

Result<DepartmentFact> decode_department(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return DepartmentFact{object.uuid("department_id"), object.text("name")};
  });
}

Result<DoctorFact> decode_doctor(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return DoctorFact{object.uuid("doctor_id"), object.text("display_name"),
                      object.uuid("department_id")};
  });
}

Result<VisitorFact> decode_visitor(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return VisitorFact{object.uuid("visitor_id"), object.optional_uuid("patient_id")};
  });
}

Result<AppointmentFact> decode_appointment(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return AppointmentFact{.id = object.uuid("appointment_id"),
                           .patient_id = object.uuid("patient_id"),
                           .doctor_id = object.uuid("doctor_id"),
                           .department_id = object.uuid("department_id"),
                           .starts_at = object.instant("starts_at"),
                           .status = object.text("status")};
  });
}

Result<QueueEntryFact> decode_queue_entry(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return QueueEntryFact{.id = object.uuid("queue_entry_id"),
                          .patient_id = object.optional_uuid("patient_id"),
                          .visitor_id = object.optional_uuid("visitor_id"),
                          .doctor_id = object.optional_uuid("doctor_id"),
                          .department_id = object.uuid("department_id"),
                          .day = object.date("day"),
                          .status = object.text("status"),
                          .ticket = object.object("ticket").text("label")};
  });
}

Result<ConsultationFact> decode_consultation(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return ConsultationFact{.id = object.uuid("consultation_id"),
                            .patient_id = object.optional_uuid("patient_id"),
                            .visitor_id = object.optional_uuid("visitor_id"),
                            .doctor_id = object.uuid("doctor_id"),
                            .status = object.text("status")};
  });
}

Result<PrescriptionFact> decode_prescription(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return PrescriptionFact{.id = object.uuid("prescription_id"),
                            .patient_id = object.optional_uuid("patient_id"),
                            .visitor_id = object.optional_uuid("visitor_id"),
                            .doctor_id = object.uuid("doctor_id"),
                            .number = object.text("number")};
  });
}

Result<DispenseFact> decode_dispense(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return DispenseFact{object.uuid("prescription_id"), object.optional_uuid("dispense_id")};
  });
}

}  // namespace ambula::patient::events

#include "codec.hpp"

#include <ambula/json/json.hpp>

namespace ambula::consultation::events {
namespace {

constexpr json::Text long_text{.max = 10'000, .multiline = true};
constexpr int days_max = 100'000;

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

json::Value to_json(const domain::Item& item) {
  json::Value value;
  value["item_id"] = item.id.str();
  json::put(value, "medicine_id", item.medicine_id);
  json::Value medicine;
  medicine["name"] = item.medicine.name;
  json::put(medicine, "strength", item.medicine.strength);
  json::put(medicine, "form", item.medicine.form);
  value["medicine"] = std::move(medicine);
  value["dose"] = item.dose;
  json::put(value, "route", item.route);
  value["frequency"] = item.frequency;
  json::put(value, "duration_days", item.duration_days);
  value["quantity"] = item.quantity;
  json::put(value, "instructions", item.instructions);
  return value;
}

domain::Dispensing::Kind kind_of(std::string_view type) {
  using Kind = domain::Dispensing::Kind;
  if (type == "PrescriptionDispensed" || type == "PrescriptionPartlyDispensed")
    return Kind::handed_over;
  if (type == "PrescriptionClosedShort") return Kind::closed_short;
  if (type == "PrescriptionQuestioned") return Kind::questioned;
  if (type == "PrescriptionQuestionAnswered") return Kind::question_answered;
  return Kind::other;
}

}  // namespace

std::string encode_consultation(const domain::Consultation& consultation) {
  json::Value value;
  value["consultation_id"] = consultation.id.str();
  value["facility_id"] = consultation.facility_id.str();
  json::put(value, "patient_id", consultation.patient_id);
  json::put(value, "visitor_id", consultation.visitor_id);
  value["doctor_id"] = consultation.doctor_id.str();
  json::put(value, "appointment_id", consultation.appointment_id);
  json::put(value, "queue_entry_id", consultation.queue_entry_id);
  value["status"] = to_string(consultation.status);
  value["started_at"] = json::of(consultation.started_at);
  json::put(value, "completed_at", consultation.completed_at);
  value["prescription_ids"] = json::of(consultation.issued);
  return json::dump(value);
}

std::string encode_prescription(const domain::Prescription& prescription) {
  json::Value value;
  value["prescription_id"] = prescription.id.str();
  value["facility_id"] = prescription.facility_id.str();
  value["number"] = prescription.number;
  value["status"] = to_string(prescription.status);
  json::put(value, "patient_id", prescription.patient_id);
  json::put(value, "visitor_id", prescription.visitor_id);
  value["doctor_id"] = prescription.doctor_id.str();
  value["consultation_id"] = prescription.consultation_id.str();
  json::put(value, "issued_at", prescription.issued_at);
  json::put(value, "expires_on", prescription.expires_on);
  value["items"] = json::Value::array();
  for (const auto& item : prescription.items)
    value["items"].push_back(to_json(item));
  json::put(value, "replaces", prescription.replaces);
  return json::dump(value);
}

Result<FacilityFact> decode_facility(std::string_view data) {
  return decode(data, [](json::Object& object) {
    FacilityFact fact;
    fact.id = object.uuid("facility_id");
    fact.code = object.text("code", long_text);
    fact.name = object.text("name", long_text);
    fact.address = object.optional_text("address", long_text);
    fact.phone = object.optional_text("phone", long_text);
    fact.rules.zone = object.text("zone");
    auto settings = object.object("settings");
    fact.rules.prescription_days =
        static_cast<int>(settings.integer("prescription_days", 1, days_max));
    return fact;
  });
}

Result<PatientFact> decode_patient(std::string_view data) {
  return decode(data, [](json::Object& object) {
    PatientFact fact{.id = object.uuid("patient_id"),
                     .display_name = object.text("given_name", long_text),
                     .mrn = object.text("mrn", long_text),
                     .birth_date = object.date("birth_date")};
    if (const auto family = object.optional_text("family_name", long_text))
      fact.display_name += " " + *family;
    return fact;
  });
}

Result<VisitorFact> decode_visitor(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return VisitorFact{.id = object.uuid("visitor_id"),
                       .name = object.text("name", long_text),
                       .patient_id = object.optional_uuid("patient_id")};
  });
}

Result<DoctorFact> decode_doctor(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return DoctorFact{.id = object.uuid("doctor_id"),
                      .display_name = object.text("display_name", long_text),
                      .department_id = object.uuid("department_id")};
  });
}

Result<MedicineFact> decode_medicine(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return MedicineFact{.id = object.uuid("medicine_id"),
                        .name = object.text("name", long_text),
                        .strength = object.text("strength", long_text),
                        .form = object.text("form", long_text),
                        .active = object.boolean("active")};
  });
}

Result<AppointmentFact> decode_appointment(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return AppointmentFact{.id = object.uuid("appointment_id"),
                           .patient_id = object.uuid("patient_id"),
                           .doctor_id = object.uuid("doctor_id"),
                           .starts_at = object.instant("starts_at"),
                           .ends_at = object.instant("ends_at"),
                           .status = object.text("status")};
  });
}

Result<QueueEntryFact> decode_queue_entry(std::string_view data) {
  return decode(data, [](json::Object& object) {
    auto ticket = object.object("ticket");
    return QueueEntryFact{.id = object.uuid("queue_entry_id"),
                          .queue_id = object.uuid("queue_id"),
                          .queue_kind = object.text("queue_kind"),
                          .ticket_label = ticket.text("label", long_text),
                          .department_id = object.uuid("department_id"),
                          .day = object.date("day"),
                          .patient_id = object.optional_uuid("patient_id"),
                          .visitor_id = object.optional_uuid("visitor_id"),
                          .doctor_id = object.optional_uuid("doctor_id"),
                          .appointment_id = object.optional_uuid("appointment_id"),
                          .status = object.text("status"),
                          .level = object.text("level")};
  });
}

Result<DispenseFact> decode_dispense(std::string_view type, std::string_view data) {
  static const std::vector<std::string_view> fulfilments = {"NONE", "RESERVED", "PARTIAL",
                                                            "FULL", "SHORT",    "DECLINED"};
  return decode(data, [&](json::Object& object) {
    DispenseFact fact;
    fact.prescription_id = object.uuid("prescription_id");
    fact.dispensing.kind = kind_of(type);
    fact.dispensing.fulfilment =
        static_cast<domain::Fulfilment>(object.choice("fulfilment", fulfilments));
    return fact;
  });
}

}  // namespace ambula::consultation::events

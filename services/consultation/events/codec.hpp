#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <ambula/base/result.hpp>

#include "consultation/domain/consultation.hpp"
#include "consultation/domain/prescription.hpp"

// Event data as in schemas/events; the only file here that knows their JSON.
namespace ambula::consultation::events {

/// What was said and found is not told.
std::string encode_consultation(const domain::Consultation& consultation);
/// An issued prescription, items in full.
std::string encode_prescription(const domain::Prescription& prescription);

struct FacilityFact {
  Uuid id;
  std::string code;
  std::string name;
  std::optional<std::string> address;
  std::optional<std::string> phone;
  domain::Rules rules;
};
Result<FacilityFact> decode_facility(std::string_view data);

struct PatientFact {
  Uuid id;
  std::string display_name;
  std::string mrn;
  Date birth_date;
};
Result<PatientFact> decode_patient(std::string_view data);

struct VisitorFact {
  Uuid id;
  std::string name;
  std::optional<Uuid> patient_id;
};
Result<VisitorFact> decode_visitor(std::string_view data);

struct DoctorFact {
  Uuid id;
  std::string display_name;
  Uuid department_id;
};
Result<DoctorFact> decode_doctor(std::string_view data);

struct MedicineFact {
  Uuid id;
  std::string name;
  std::string strength;
  std::string form;
  bool active{false};
};
Result<MedicineFact> decode_medicine(std::string_view data);

struct AppointmentFact {
  Uuid id;
  Uuid patient_id;
  Uuid doctor_id;
  Instant starts_at;
  Instant ends_at;
  std::string status;
};
Result<AppointmentFact> decode_appointment(std::string_view data);

struct QueueEntryFact {
  Uuid id;
  Uuid queue_id;
  std::string queue_kind;
  std::string ticket_label;
  Uuid department_id;
  Date day;
  std::optional<Uuid> patient_id;
  std::optional<Uuid> visitor_id;
  std::optional<Uuid> doctor_id;
  std::optional<Uuid> appointment_id;
  std::string status;
  std::string level;
};
Result<QueueEntryFact> decode_queue_entry(std::string_view data);

struct DispenseFact {
  Uuid prescription_id;
  domain::Dispensing dispensing;
};
/// `type` says what was done: "PrescriptionDispensed" …
Result<DispenseFact> decode_dispense(std::string_view type, std::string_view data);

}  // namespace ambula::consultation::events

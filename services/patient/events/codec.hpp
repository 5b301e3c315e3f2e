#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <ambula/base/result.hpp>

#include "patient/domain/patient.hpp"

// Event data as in schemas/events; the only file here that knows their JSON.
namespace ambula::patient::events {

std::string encode_patient(const domain::Patient& patient);

// What we read of our neighbours' facts.

struct FacilityFact {
  Uuid id;
  std::string code;
  std::string zone;
  std::string locale;
};
Result<FacilityFact> decode_facility(std::string_view data);

struct DepartmentFact {
  Uuid id;
  std::string name;
};
Result<DepartmentFact> decode_department(std::string_view data);

struct DoctorFact {
  Uuid id;
  std::string display_name;
  Uuid department_id;
};
Result<DoctorFact> decode_doctor(std::string_view data);

struct VisitorFact {
  Uuid id;
  std::optional<Uuid> patient_id;
};
Result<VisitorFact> decode_visitor(std::string_view data);

struct AppointmentFact {
  Uuid id;
  Uuid patient_id;
  Uuid doctor_id;
  Uuid department_id;
  Instant starts_at;
  std::string status;
};
Result<AppointmentFact> decode_appointment(std::string_view data);

struct QueueEntryFact {
  Uuid id;
  std::optional<Uuid> patient_id;
  std::optional<Uuid> visitor_id;
  std::optional<Uuid> doctor_id;
  Uuid department_id;
  Date day;
  std::string status;
  std::string ticket;  ///< its label
};
Result<QueueEntryFact> decode_queue_entry(std::string_view data);

struct ConsultationFact {
  Uuid id;
  std::optional<Uuid> patient_id;
  std::optional<Uuid> visitor_id;
  Uuid doctor_id;
  std::string status;
};
Result<ConsultationFact> decode_consultation(std::string_view data);

struct PrescriptionFact {
  Uuid id;
  std::optional<Uuid> patient_id;
  std::optional<Uuid> visitor_id;
  Uuid doctor_id;
  std::string number;
};
Result<PrescriptionFact> decode_prescription(std::string_view data);

struct DispenseFact {
  Uuid prescription_id;
  std::optional<Uuid> dispense_id;
};
Result<DispenseFact> decode_dispense(std::string_view data);

}  // namespace ambula::patient::events

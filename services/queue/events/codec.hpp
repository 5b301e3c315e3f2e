#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <ambula/base/result.hpp>

#include "queue/domain/entry.hpp"

// Event data as in schemas/events; the only file here that knows their JSON.
namespace ambula::queue::events {

std::string encode_queue(const domain::Queue& queue);
std::string encode_entry(const domain::Entry& entry, std::int64_t queue_change);

struct FacilityFact {
  Uuid id;
  std::string zone;
  int max_calls{3};
};
Result<FacilityFact> decode_facility(std::string_view data);

struct PatientFact {
  Uuid id;
  std::string display_name;
  std::string mrn;
  bool active{false};
};
Result<PatientFact> decode_patient(std::string_view data);

struct DepartmentFact {
  Uuid id;
  std::string code;
  std::string name;
  bool active{false};
};
Result<DepartmentFact> decode_department(std::string_view data);

struct DoctorFact {
  Uuid id;
  std::string display_name;
  Uuid department_id;
  std::optional<std::string> room;
  bool active{false};
};
Result<DoctorFact> decode_doctor(std::string_view data);

struct AppointmentFact {
  Uuid id;
  Uuid patient_id;
  Uuid doctor_id;
  Uuid department_id;
  std::optional<domain::Level> triage_level;
};
Result<AppointmentFact> decode_appointment(std::string_view data);

struct ConsultationFact {
  Uuid id;
  Uuid doctor_id;
  std::optional<Uuid> appointment_id;
  std::optional<Uuid> queue_entry_id;
  Instant started_at;
};
Result<ConsultationFact> decode_consultation(std::string_view data);

}  // namespace ambula::queue::events

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/result.hpp>

#include "queue/domain/entry.hpp"
#include "queue/domain/visitor.hpp"

// Event data as in schemas/events; the only file here that knows their JSON.
namespace ambula::queue::events {

std::string encode_queue(const domain::Queue& queue);
std::string encode_entry(const domain::Entry& entry);
std::string encode_visitor(const domain::Visitor& visitor);
std::string encode_assessment(const domain::Assessment& assessment);
/// Which line moved: what live views need of an entry's event.
std::optional<Uuid> decode_queue_of_entry(std::string_view data);

struct FacilityFact {
  Uuid id;
  std::string zone;
  int max_calls{3};
  int staging_factor{6};
  int visitor_days{90};
};
Result<FacilityFact> decode_facility(std::string_view data);

struct PatientFact {
  Uuid id;
  std::string display_name;
  std::string mrn;
  std::optional<Date> birth_date;
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
  std::string specialty;
  Uuid department_id;
  std::optional<std::string> room;
  bool active{false};
  std::optional<Date> valid_from;
  std::optional<Date> valid_to;
  // Weekly sessions and exceptions, column by column.
  std::vector<int> weekdays;  ///< 0 Sunday … 6 Saturday
  std::vector<int> from_min;
  std::vector<int> to_min;
  std::vector<std::string> exception_kinds;
  std::vector<Instant> exception_from;
  std::vector<Instant> exception_to;
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

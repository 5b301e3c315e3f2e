#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/result.hpp>

#include "scheduling/domain/appointment.hpp"
#include "scheduling/domain/directory.hpp"

// Event data as in schemas/events; the only file here that knows their JSON.
namespace ambula::scheduling::events {

std::string encode_unit(const domain::Unit& unit, std::string_view id_field);
/// With all exceptions that the doctor was read with, holidays included.
std::string encode_doctor(const domain::Doctor& doctor);
std::string encode_doctor_deleted(const domain::Doctor& doctor, Instant at);
/// `before`: where a rescheduled visit was.
std::string encode_appointment(const domain::Appointment& appointment,
                               const domain::Appointment* before = nullptr);

struct FacilityFact {
  Uuid id;
  domain::Rules rules;
  std::string currency;
};
Result<FacilityFact> decode_facility(std::string_view data);

struct PatientFact {
  Uuid id;
  bool active{false};
};
Result<PatientFact> decode_patient(std::string_view data);

struct AccountFact {
  struct Membership {
    Uuid facility_id;
    bool doctor{false};
  };
  Uuid id;
  bool active{false};
  std::vector<Membership> memberships;
};
Result<AccountFact> decode_account(std::string_view data);

struct AssessmentFact {
  Uuid id;
  Uuid patient_id;
  domain::TriageLevel level{domain::TriageLevel::low};
  Instant valid_until;
};
Result<AssessmentFact> decode_assessment(std::string_view data);

struct ConsultationFact {
  Uuid id;
  std::optional<Uuid> doctor_id;
  std::optional<Uuid> appointment_id;
};
Result<ConsultationFact> decode_consultation(std::string_view data);

}  // namespace ambula::scheduling::events

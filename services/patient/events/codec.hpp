#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <ambula/base/result.hpp>

#include "patient/domain/binding.hpp"
#include "patient/domain/patient.hpp"

// Event data as in schemas/events; the only file here that knows their JSON.
namespace ambula::patient::events {

std::string encode_patient(const domain::Patient& patient);
std::string encode_deleted(const domain::Patient& patient);
std::string encode_invitation(const domain::Patient& patient);
std::string encode_email_change(const domain::Patient& patient);

struct RefusalFact {
  Uuid account_id;
  Uuid facility_id;
  std::optional<Uuid> patient_id;  ///< the one invited
  domain::Refusal reason;
};
std::string encode_refusal(const RefusalFact& fact);

// What we read of our neighbours' facts.

struct FacilityFact {
  Uuid id;
  std::string code;
  std::string zone;
  std::string locale;
};
Result<FacilityFact> decode_facility(std::string_view data);

/// PatientSelfRegistered.
struct SelfRegistrationFact {
  Uuid account_id;
  Uuid facility_id;
  std::string email;
  std::string given_name;
  std::optional<std::string> family_name;
  Date birth_date{};
  domain::Sex sex{domain::Sex::unknown};
  std::optional<std::string> phone;
};
Result<SelfRegistrationFact> decode_self_registration(std::string_view data);

/// PatientInviteAccepted, PatientEmailVerified: the account, the record and the verified address.
struct VerifiedFact {
  Uuid account_id;
  Uuid facility_id;
  Uuid patient_id;
  std::string email;
};
Result<VerifiedFact> decode_verified(std::string_view data);

/// The patient whom an event names, when it names one.
Result<std::optional<Uuid>> decode_named_patient(std::string_view data);

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

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/result.hpp>

#include "consultation/domain/consultation.hpp"
#include "consultation/domain/diagnosis_list.hpp"
#include "consultation/domain/prescription.hpp"
#include "consultation/store/day.hpp"

// Bodies of this service's resources (schemas/openapi); the only file here that knows their JSON.
namespace ambula::consultation::api {

struct StartInput {
  std::optional<Uuid> appointment_id;  ///< exactly one of the two
  std::optional<Uuid> queue_entry_id;
  bool take_over{false};
};
Result<StartInput> decode_start(std::string_view body);

/// `{note:{…}}`, a merge patch (RFC 7396): members that are given are set, `null` clears, others
/// stay; so in `vitals` and `follow_up`. `diagnoses` is replaced as a whole.
Result<void> patch_note(std::string_view body, domain::Note& note);

struct PrescriptionInput {
  std::optional<Uuid> consultation_id;  ///< absent in those that come with a completion
  domain::Content content;  ///< items without ids; with a medicine_id the name may be empty
};
Result<PrescriptionInput> decode_prescription(std::string_view body);

struct CompletionInput {
  std::vector<PrescriptionInput> prescriptions;
  std::optional<std::string> no_diagnosis_reason;
};
Result<CompletionInput> decode_completion(std::string_view body);

/// `{reason}`, required.
Result<std::string> decode_reason(std::string_view body);
/// A draft's members that are given are replaced; items as a whole.
Result<void> patch_prescription(std::string_view body, domain::Content& content);

/// `{text}`, required.
Result<std::string> decode_addendum(std::string_view body);
/// No members at all; an empty body is as good.
Result<void> decode_nothing(std::string_view body);

std::string encode(const std::vector<domain::DiagnosisCode>& codes);

std::string encode(const Uuid& doctor, const store::DoctorDay& day);
std::string encode_figures(Date from, Date to, const std::vector<store::DoctorVisits>& figures);
/// "12.5": minutes to a tenth, as a table shows them.
std::string format_minutes(double minutes);

/// `for_patient`: of the prescriptions only those that were issued.
std::string encode(const domain::Consultation& consultation, bool for_patient = false);
std::string encode(const domain::Prescription& prescription);

}  // namespace ambula::consultation::api

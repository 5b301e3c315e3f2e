#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/result.hpp>

#include "consultation/domain/consultation.hpp"
#include "consultation/domain/prescription.hpp"

// Bodies of this service's resources (schemas/openapi); the only file here that knows their JSON.
namespace ambula::consultation::api {

struct StartInput {
  std::optional<Uuid> appointment_id;  ///< exactly one of the two
  std::optional<Uuid> queue_entry_id;
  bool take_over{false};
};
Result<StartInput> decode_start(std::string_view body);

/// `{note:{…}}`: the note's members that are given are replaced, `null` clears, others stay.
Result<void> patch_note(std::string_view body, domain::Note& note);

struct PrescriptionInput {
  std::optional<Uuid> consultation_id;  ///< absent in those that come with a completion
  std::optional<Uuid> replaces;
  std::vector<domain::Item> items;  ///< without ids; with a medicine_id the name may be empty
  std::optional<std::string> notes;
};
Result<PrescriptionInput> decode_prescription(std::string_view body);

struct CompletionInput {
  std::vector<PrescriptionInput> prescriptions;
  std::optional<std::string> no_diagnosis_reason;
};
Result<CompletionInput> decode_completion(std::string_view body);

/// `{reason}`, required.
Result<std::string> decode_reason(std::string_view body);
/// `{text}`, required.
Result<std::string> decode_addendum(std::string_view body);
/// No members at all; an empty body is as good.
Result<void> decode_nothing(std::string_view body);

/// `for_patient`: of the prescriptions only those that were issued.
std::string encode(const domain::Consultation& consultation, bool for_patient = false);
std::string encode(const domain::Prescription& prescription);

}  // namespace ambula::consultation::api

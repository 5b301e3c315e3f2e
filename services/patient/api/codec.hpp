#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <ambula/base/result.hpp>

#include "patient/domain/clinical_item.hpp"
#include "patient/domain/history.hpp"
#include "patient/domain/patient.hpp"
#include "patient/store/bindings.hpp"

// Bodies of this service's resources (schemas/openapi); the only file here that knows their JSON.
namespace ambula::patient::api {

/// What a body says about a person. With an age the birth date is not known yet: it is counted back
/// from the facility's day.
struct DetailsInput {
  domain::Details details;
  std::optional<int> age_years;
};
Result<DetailsInput> decode_registration(std::string_view body);
/// Merge patch onto the details of a record.
Result<DetailsInput> patch_details(std::string_view body, domain::Details details);

/// `{reason}`, required.
Result<std::string> decode_reason(std::string_view body);
/// `{reason?}`; an empty body is as good.
Result<std::optional<std::string>> decode_optional_reason(std::string_view body);

/// An empty body, or an object without members.
Result<void> decode_nothing(std::string_view body);

Result<domain::Preferences> decode_preferences(std::string_view body);
/// Only what the client says.
Result<domain::ClinicalItem> decode_clinical_item(std::string_view body, domain::ItemKind kind);

/// How much of a record somebody sees.
enum class Sight {
  full,  ///< desk, nurses, doctors whose list it is
  own,   ///< the patient: without what staff wrote for themselves (medical history, notes, reasons)
  reduced,  ///< the pharmacy: who it is, and allergies
};
std::string encode(const domain::Patient& patient, Sight sight);

/// What a search offers while somebody types; without the phone where less is shown.
std::string encode_suggestion(const domain::Patient& patient, Sight sight);
std::string encode(const domain::Preferences& preferences);
std::string encode(const domain::ClinicalItem& item);
std::string encode(const domain::NamedItem& item, std::string_view zone);
std::string encode(const store::RefusedBinding& binding);
/// A JSON array of names.
std::string encode_names(const std::vector<std::string>& names);

}  // namespace ambula::patient::api

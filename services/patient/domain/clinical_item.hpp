#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <ambula/base/result.hpp>

#include "patient.hpp"

// Allergies and long-term conditions of a patient: noted, and voided with a reason [PAT-7].
namespace ambula::patient::domain {

enum class ItemKind { allergy, condition };
std::string_view to_string(ItemKind kind);

enum class ItemStatus { active, voided };
std::string_view to_string(ItemStatus status);

struct ClinicalItem {
  Uuid id;
  Uuid facility_id;
  Uuid patient_id;
  ItemKind kind{ItemKind::allergy};
  ItemStatus status{ItemStatus::active};
  std::optional<std::string> void_reason;
  std::string name;  ///< the substance, or the condition in words
  std::optional<std::string> code;
  std::optional<std::string> system;
  std::optional<std::string> severity;
  std::optional<Date> noted_on;
  Record record;
};

/// 422 `invalid-value` for a code system without a code, or a day that has not come yet.
Result<void> check(const ClinicalItem& item, Date today);

/// 409 `illegal-transition` for what is voided already.
Result<ClinicalItem> voided(ClinicalItem item, std::string reason);

/// As it is told to neighbours.
Allergy to_allergy(const ClinicalItem& item);

}  // namespace ambula::patient::domain

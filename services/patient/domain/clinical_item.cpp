#include "clinical_item.hpp"

#include <array>

namespace ambula::patient::domain {
namespace {

constexpr std::array<std::string_view, 2> kind_names = {"ALLERGY", "CONDITION"};
constexpr std::array<std::string_view, 2> item_statuses = {"ACTIVE", "VOIDED"};

}  // namespace

std::string_view to_string(ItemKind kind) {
  return kind_names[static_cast<std::size_t>(kind)];
}

std::string_view to_string(ItemStatus status) {
  return item_statuses[static_cast<std::size_t>(status)];
}

Result<void> check(const ClinicalItem& item, Date today) {
  std::vector<FieldError> faults;
  if (item.system && !item.code) {
    faults.push_back({"/system", "exclusive", "Names the system of a code, and there is none."});
  }
  if (item.noted_on && *item.noted_on > today) {
    faults.push_back({"/noted_on", "range", "Must not be in the future."});
  }
  if (faults.empty()) return {};
  return Error{ErrorKind::rule, "invalid-value", "Values of the body break rules.", faults};
}

Result<ClinicalItem> voided(ClinicalItem item, std::string reason) {
  if (item.status != ItemStatus::active) {
    return illegal_transition(to_string(item.status), "void");
  }
  item.status = ItemStatus::voided;
  item.void_reason = std::move(reason);
  return item;
}

Allergy to_allergy(const ClinicalItem& item) {
  return {item.id, item.name, item.code, item.system, item.severity, item.noted_on};
}

}  // namespace ambula::patient::domain

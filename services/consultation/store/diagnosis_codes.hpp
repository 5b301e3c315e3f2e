#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/db/session.hpp>

#include "consultation/domain/diagnosis_list.hpp"

// The diagnosis codes that a facility has loaded.
namespace ambula::consultation::store {

struct CodeCheck {
  bool is_loaded{false};                     ///< whether the facility has a list at all
  std::map<std::string, std::string> texts;  ///< by code, of those in the list
};
CodeCheck check_codes(db::Transaction& tx, const Uuid& facility,
                      const std::vector<std::string>& codes);

/// `prefix`: when what was typed may begin a code.
std::vector<domain::DiagnosisCode> find_codes(db::Session& session, const Uuid& facility,
                                              std::string_view text,
                                              const std::optional<std::string>& prefix, int limit);

/// The facility's whole list; what was there before goes.
void replace_codes(db::Transaction& tx, const Uuid& facility,
                   std::vector<domain::DiagnosisCode> codes);

struct NamedFacility {
  Uuid id;
  std::string name;
};
std::optional<NamedFacility> facility_by_code_or_id(db::Session& session, std::string_view text);

}  // namespace ambula::consultation::store

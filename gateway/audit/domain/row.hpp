#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/time.hpp>
#include <ambula/base/uuid.hpp>

namespace ambula::audit {

inline constexpr std::string_view outcome_success = "SUCCESS";
inline constexpr std::string_view outcome_refused = "REFUSED";
inline constexpr std::string_view outcome_partial = "PARTIAL";  ///< an export that broke off

/// Who did what, when, to whom, from where. Names of fields, never their values; the template of
/// the path, never the path; of a query only what names no person.
struct Row {
  Uuid id;  ///< made when it is written
  Instant at;
  std::optional<Uuid> facility_id;
  std::optional<Uuid> actor_id;
  std::optional<std::string> actor_login;
  std::string action;  ///< the permission asked for, or "sign_in", "refresh" …
  std::string method;
  std::string path_template;
  std::optional<Uuid> patient_id;
  std::optional<std::string> resource;  ///< "doctor/<id>", "export:date=2026-11-24,q"
  std::vector<std::string> changed;
  std::optional<std::int64_t> row_count;  ///< records that an export gave out, told at its end
  std::string outcome{outcome_success};
  std::string request_id;
  std::string remote_addr;
};

/// One row for each patient of an answer, or the row itself when there is none.
std::vector<Row> for_each_patient(const Row& row, const std::vector<Uuid>& patients);

}  // namespace ambula::audit

#pragma once

#include <optional>
#include <vector>

#include <ambula/service/call.hpp>

#include "codec.hpp"
#include "patient/domain/history.hpp"

// Whose records the caller may see, and how much of them. The route's permission was checked
// before.
namespace ambula::patient::api {

/// Which records a list may show. One of the last three narrows it, else it is the whole facility.
struct Reach {
  Sight sight{Sight::full};
  std::optional<Uuid> doctor_id;   ///< those on this doctor's list
  std::optional<Uuid> patient_id;  ///< this one
};
/// Receptionists, administrators and nurses see all of the facility; pharmacists all of it,
/// reduced; doctors their list, patients themselves. An account with several of these roles sees
/// the most it may.
Reach reach(const auth::Principal& principal);

/// How much of one record the caller sees; a patient's wish for another's is 404, a doctor's for
/// one that is not on their list 403 `not-on-your-list`.
Result<Sight> sight_of(service::Call& call, const Uuid& patient);

/// The same for changing it: the desk any, patients their own.
Result<Sight> may_change(const service::Call& call, const Uuid& patient);

/// Allergies and conditions: nurses, doctors whose list it is, patients their own; only the first
/// two write them. Other roles that the caller has beside these do not count.
Result<void> may_read_clinical(service::Call& call, const Uuid& patient);
Result<void> may_write_clinical(service::Call& call, const Uuid& patient);

/// The kinds of the time line that somebody sees: the desk when somebody comes and goes, nurses,
/// doctors whose list it is and the patient everything.
Result<std::vector<domain::Kind>> kinds_for(service::Call& call, const Uuid& patient);

}  // namespace ambula::patient::api

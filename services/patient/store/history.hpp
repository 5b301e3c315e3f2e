#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ambula/db/session.hpp>

#include "patient/domain/history.hpp"

namespace ambula::patient::store {

/// Newest first, of these kinds, before the cursor's (at, event id).
std::vector<domain::NamedItem> history(db::Session& session, const Uuid& facility,
                                       const Uuid& patient, const std::vector<domain::Kind>& kinds,
                                       const std::optional<std::pair<Instant, Uuid>>& before,
                                       int limit);

/// Whose an item is, as far as its event says.
struct Owner {
  std::optional<Uuid> patient_id;
  std::optional<Uuid> visitor_id;
  std::optional<Uuid> prescription_id;  ///< whose patient it is, when the event itself does not say
};
void add_history(db::Transaction& tx, const Uuid& facility, const domain::Item& item,
                 const Owner& owner);

/// Locks the visitor's row, remembers `patient` when given, and answers who the visitor is as far
/// as anybody has told. What is stored about the visitor without a patient is completed.
std::optional<Uuid> note_visitor(db::Transaction& tx, const Uuid& facility, const Uuid& visitor,
                                 const std::optional<Uuid>& patient);
/// Owner with the patient filled in from the visitor, when that is known.
Owner identified(db::Transaction& tx, const Uuid& facility, Owner owner);

/// Locks the prescription's row and answers whose it is, as far as consultation has told.
Owner owner_of_prescription(db::Transaction& tx, const Uuid& facility, const Uuid& prescription);

}  // namespace ambula::patient::store

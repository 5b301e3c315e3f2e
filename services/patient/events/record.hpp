#pragma once

#include <ambula/db/session.hpp>
#include <ambula/outbox/outbox.hpp>

#include "patient/domain/patient.hpp"
#include "patient/store/patients.hpp"

// Makes decisions last: state, history and the events that neighbours are told, in one transaction.
namespace ambula::patient::events {

struct Act {
  Instant now;
  Uuid actor;
  outbox::Events events;  ///< empty, with the cause; filled here
};

/// A new record with its number. Refused when the facility has no number left.
Result<domain::Patient> record_new(db::Transaction& tx, const Uuid& facility_id,
                                   const store::Facility& facility,
                                   const domain::Decision& decision, Act act);

/// Evolves the state, saves it and answers it with its new version. `before` is locked.
domain::Patient record(db::Transaction& tx, const domain::Patient& before,
                       const domain::Decision& decision, Act act);

}  // namespace ambula::patient::events

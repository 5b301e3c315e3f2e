#pragma once

#include <ambula/db/session.hpp>
#include <ambula/outbox/outbox.hpp>

#include "consultation/domain/consultation.hpp"
#include "consultation/domain/prescription.hpp"

// Makes decisions last: state, history and the events that neighbours are told, in one transaction.
namespace ambula::consultation::events {

struct Act {
  Instant now;
  Uuid actor;
  outbox::Events events;  ///< empty, with the cause; filled here
};

/// False: the visit has a live consultation already.
bool record_new(db::Transaction& tx, domain::Consultation& consultation,
                const domain::Decision& decision, Act act);
/// Evolves the state, saves it and sets its new version.
void record(db::Transaction& tx, domain::Consultation& consultation,
            const domain::Decision& decision, Act act);

void record_new(db::Transaction& tx, domain::Prescription& prescription,
                const domain::RxDecision& decision, const domain::Rules& rules, Act act);
void record(db::Transaction& tx, domain::Prescription& prescription,
            const domain::RxDecision& decision, const domain::Rules& rules, Act act);

}  // namespace ambula::consultation::events

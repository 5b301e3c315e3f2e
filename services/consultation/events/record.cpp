#include "record.hpp"

#include "codec.hpp"
#include "consultation/store/consultations.hpp"
#include "consultation/store/prescriptions.hpp"

namespace ambula::consultation::events {
namespace {

using History = std::vector<std::string>;

/// Each event tells the state right after itself.
History advance(domain::Consultation& consultation, const domain::Decision& decision, Act& act) {
  History history;
  for (const auto& event : decision) {
    evolve(consultation, event, act.now);
    history.emplace_back(to_string(event.kind));
    if (is_told(event.kind))
      act.events.add(to_string(event.kind), encode_consultation(consultation));
  }
  consultation.updated_at = act.now;
  consultation.updated_by = act.actor;
  return history;
}

History advance(domain::Prescription& prescription, const domain::RxDecision& decision,
                const domain::Rules& rules, Act& act) {
  History history;
  for (const auto& event : decision) {
    evolve(prescription, event, act.now, rules);
    history.emplace_back(to_string(event.kind));
    if (is_told(event.kind))
      act.events.add(to_string(event.kind), encode_prescription(prescription));
  }
  prescription.updated_at = act.now;
  prescription.updated_by = act.actor;
  return history;
}

template <class Record>
void set_created(Record& record, const Act& act) {
  record.created_at = act.now;
  record.created_by = act.actor;
}

}  // namespace

bool record_new(db::Transaction& tx, domain::Consultation& consultation,
                const domain::Decision& decision, Act act) {
  set_created(consultation, act);
  const auto history = advance(consultation, decision, act);
  return store::insert(tx, consultation, history, act.events);
}

void record(db::Transaction& tx, domain::Consultation& consultation,
            const domain::Decision& decision, Act act) {
  const auto history = advance(consultation, decision, act);
  for (const auto& event : decision) {
    if (event.addendum) store::insert_addendum(tx, consultation, *event.addendum);
  }
  consultation.version = store::save(tx, consultation, history, act.events);
}

void record_new(db::Transaction& tx, domain::Prescription& prescription,
                const domain::RxDecision& decision, const domain::Rules& rules, Act act) {
  set_created(prescription, act);
  const auto history = advance(prescription, decision, rules, act);
  store::insert(tx, prescription, history, act.events);
}

void record(db::Transaction& tx, domain::Prescription& prescription,
            const domain::RxDecision& decision, const domain::Rules& rules, Act act) {
  const auto history = advance(prescription, decision, rules, act);
  for (const auto& event : decision) {
    if (event.content) store::replace_items(tx, prescription);
  }
  prescription.version = store::save(tx, prescription, history, act.events);
}

}  // namespace ambula::consultation::events

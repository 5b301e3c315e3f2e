#pragma once

#include "pharmacy/domain/dispense.hpp"
#include "pharmacy/domain/prescription.hpp"
#include "stock.hpp"

namespace ambula::pharmacy::store {

/// A repeated fact changes nothing.
void insert(db::Transaction& tx, const domain::Prescription& prescription);
/// Maps free text that names a stocked medicine exactly.
void map_by_name(db::Transaction& tx, domain::Prescription& prescription);
struct Mapping {
  Uuid item_id;
  Uuid medicine_id;
};
/// Records what somebody chose for free text; answers the items whose medicine exists.
std::vector<Uuid> map_items(db::Transaction& tx, const Uuid& facility, const Uuid& prescription,
                            const std::vector<Mapping>& mappings);
std::optional<domain::Prescription> lock(db::Transaction& tx, const Uuid& facility, const Uuid& id);

/// Who does it and when, as it goes into history and ledger.
struct Stamp {
  Instant at;
  Uuid by;
};
/// Saves what became of `before`: state, history, events, reservations, and what that does to the
/// (locked) lots. `dispense` is the hand-over among the events; its lines are given their prices.
/// `also` names what else happened, for the history. Answers the new version.
std::int64_t save(db::Transaction& tx, const domain::Prescription& before,
                  const domain::Prescription& after, domain::Dispense* dispense,
                  const outbox::Events& events, const Stamp& stamp,
                  const std::vector<std::string>& also = {});

/// What people at the counter see.
struct View {
  domain::Prescription prescription;
  std::optional<std::string> patient_name;
  std::optional<std::string> mrn;
  std::optional<Date> birth_date;
  std::optional<std::string> allergies;  ///< JSON array
  std::optional<std::string> doctor_name;
  std::vector<std::int64_t> available;  ///< beside prescription.items
  std::vector<domain::Dispense> dispenses;
};
std::optional<View> view(db::Session& session, const Uuid& facility, const Uuid& id, Date today);
std::optional<View> view(db::Transaction& tx, const Uuid& facility, const Uuid& id, Date today);

struct ListFilter {
  std::optional<bool> pending;
  std::optional<domain::Status> status;
  std::optional<domain::Fulfilment> fulfilment;
  std::optional<std::string> q;  ///< in number, patient's name or MRN
  std::optional<Instant> from;
  std::optional<Instant> to;
};
using After = std::optional<std::pair<Instant, Uuid>>;
/// Pending ones by (issued_at, id), who waits longest first; others the newest first.
std::vector<View> list(db::Session& session, const Uuid& facility, Date today,
                       const ListFilter& filter, const After& after, int limit);

std::optional<domain::Dispense> get_dispense(db::Session& session, const Uuid& facility,
                                             const Uuid& id);
std::optional<domain::Dispense> get_dispense(db::Transaction& tx, const Uuid& facility,
                                             const Uuid& id);
std::optional<domain::Dispense> lock_dispense(db::Transaction& tx, const Uuid& facility,
                                              const Uuid& id);
/// In the order (handed_over_at, id).
std::vector<domain::Dispense> list_dispenses(db::Session& session, const Uuid& facility,
                                             std::optional<Uuid> prescription, const After& after,
                                             int limit);
/// Saves what came back (take_back has added it); answers the new version.
std::int64_t save_returned(db::Transaction& tx, const domain::Dispense& dispense);
struct ReturnRow {
  Uuid lot_id;
  Uuid into_lot_id;
  int quantity{0};
  std::string reason;
};
void insert_return(db::Transaction& tx, const domain::Dispense& dispense, const ReturnRow& row);

}  // namespace ambula::pharmacy::store

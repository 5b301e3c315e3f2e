#pragma once

#include "pharmacy/domain/dispense.hpp"
#include "pharmacy/domain/prescription.hpp"
#include "stock.hpp"

namespace ambula::pharmacy::store {

/// A repeated fact changes nothing.
void insert(db::Transaction& tx, const domain::Prescription& prescription);
/// Maps free text that names a stocked medicine exactly.
void map_by_name(db::Transaction& tx, const Uuid& facility, const Uuid& prescription);
/// False: the line was prescribed by id, or there is no such medicine.
bool map_item(db::Transaction& tx, const Uuid& facility, const Uuid& prescription, const Uuid& item,
              const Uuid& medicine);
/// Medicines of its lines, unlocked: for locking their lots, which comes before locking the
/// prescription.
std::vector<Uuid> medicines_of(db::Transaction& tx, const Uuid& facility, const Uuid& prescription);
std::optional<domain::Prescription> lock(db::Transaction& tx, const Uuid& facility, const Uuid& id);

/// Who does it and when, as it goes into history and ledger.
struct Stamp {
  Instant at;
  Uuid by;
};
/// Saves what became of `before`: state, history, events, reservations, and what that does to the
/// (locked) lots. `dispense` is the hand-over among the events. `silent` names the transition when
/// there is no event of ours. Answers the new version.
std::int64_t save(db::Transaction& tx, const domain::Prescription& before,
                  const domain::Prescription& after, const domain::Dispense* dispense,
                  const outbox::Events& events, const Stamp& stamp, std::string_view silent = "");

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
/// In the order (issued_at, id).
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

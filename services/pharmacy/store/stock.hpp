#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ambula/db/session.hpp>
#include <ambula/outbox/outbox.hpp>

#include "pharmacy/domain/stock.hpp"

namespace ambula::pharmacy::store {

/// What the pharmacy obeys and prints.
struct Facility {
  std::string name;
  std::string zone;
  std::string currency;
  std::optional<std::string> address;
  std::optional<std::string> phone;
  int reservation_h{24};
};
std::optional<Facility> facility(db::Session& session, const Uuid& id);
std::optional<Facility> facility(db::Transaction& tx, const Uuid& id);

struct StockedMedicine {
  domain::Medicine medicine;
  domain::StockLevel stock;
};
void insert(db::Transaction& tx, const domain::Medicine& medicine, const outbox::Events& events);
std::optional<domain::Medicine> lock_medicine(db::Transaction& tx, const Uuid& facility,
                                              const Uuid& id);
std::int64_t save(db::Transaction& tx, const domain::Medicine& medicine,
                  const outbox::Events& events);
std::optional<StockedMedicine> get_medicine(db::Session& session, const Uuid& facility,
                                            const Uuid& id, Date today);
std::optional<StockedMedicine> get_medicine(db::Transaction& tx, const Uuid& facility,
                                            const Uuid& id, Date today);

struct MedicineFilter {
  std::optional<bool> active;
  std::optional<bool> low;  ///< available ≤ minimum level
  std::optional<std::string> q;
};
/// In the order (name, id).
std::vector<StockedMedicine> list_medicines(
    db::Session& session, const Uuid& facility, Date today, const MedicineFilter& filter,
    const std::optional<std::pair<std::string, Uuid>>& after, int limit);

/// Makes the lot and its first ledger row.
void insert(db::Transaction& tx, const domain::Lot& lot, domain::MovementKind kind,
            const std::string& reason, std::optional<Uuid> ref);
std::optional<domain::Lot> lock_lot(db::Transaction& tx, const Uuid& facility, const Uuid& id);
/// All lots that hold something for this prescription's lines, or of the medicines `more`, locked
/// in the order (expires_on, id). Comes before locking the prescription.
std::vector<domain::Lot> lock_lots_of(db::Transaction& tx, const Uuid& facility,
                                      const Uuid& prescription, const std::vector<Uuid>& more = {});
/// What came back of a locked lot, locked.
std::vector<domain::Lot> lock_returns(db::Transaction& tx, const Uuid& facility, const Uuid& lot);
/// Whether the lot was ever recalled.
bool was_recalled(db::Transaction& tx, const Uuid& facility, const Uuid& lot);
struct Why {
  std::optional<std::string> reason;
  std::optional<std::string> witness;
};
/// Saves what a verb did, with its history and movement; `lot` is brought up to date. Reservations
/// must be freed before.
void save(db::Transaction& tx, domain::Lot& lot, const domain::LotDecision& decision,
          const Why& why);
std::optional<domain::Lot> get_lot(db::Transaction& tx, const Uuid& facility, const Uuid& id);
/// In the order (expires_on, id).
std::vector<domain::Lot> list_lots(db::Session& session, const Uuid& facility, const Uuid& medicine,
                                   const std::optional<std::pair<Date, Uuid>>& after, int limit);
/// Prescriptions with reservations on a locked lot, by id.
std::vector<Uuid> reserved_by(db::Transaction& tx, const Uuid& facility, const Uuid& lot);
/// Events of ambula.stock.v1.
void emit_stock(db::Transaction& tx, const Uuid& facility, const Uuid& medicine,
                const outbox::Events& events);

}  // namespace ambula::pharmacy::store

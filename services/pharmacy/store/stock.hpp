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
            const std::optional<std::string>& reason, std::optional<Uuid> ref);
std::optional<domain::Lot> lock_lot(db::Transaction& tx, const Uuid& facility, const Uuid& id);
/// All lots of these medicines that hold something, locked in the order (expires_on, id).
std::vector<domain::Lot> lock_lots(db::Transaction& tx, const Uuid& facility,
                                   const std::vector<Uuid>& medicines);
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

struct LedgerRow {
  std::int64_t id{0};
  Instant at;
  Uuid lot_id;
  Uuid medicine_id;
  std::string kind;
  int delta{0};
  int balance{0};
  std::optional<std::string> reason;
  Uuid by;
  std::optional<Uuid> ref;
};
struct LedgerFilter {
  std::optional<Uuid> medicine_id;
  std::optional<Uuid> lot_id;
  std::optional<domain::MovementKind> kind;
  std::optional<Instant> from;
  std::optional<Instant> to;
};
/// In the order of writing.
std::vector<LedgerRow> list_ledger(db::Session& session, const Uuid& facility,
                                   const LedgerFilter& filter, std::optional<std::int64_t> after,
                                   int limit);

}  // namespace ambula::pharmacy::store

#include "stock.hpp"

#include <pharmacy/sql.hpp>

#include "rows.hpp"

namespace ambula::pharmacy::store {
namespace {

std::optional<std::string> amount(const std::optional<domain::Money>& money) {
  return money ? std::optional(money->amount) : std::nullopt;
}
std::optional<std::string> currency(const std::optional<domain::Money>& money) {
  return money ? std::optional(money->currency) : std::nullopt;
}

std::optional<Facility> to_facility(const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  const auto row = rows.front();
  return Facility{.name = row.get<std::string>("name"),
                  .zone = row.get<std::string>("zone"),
                  .currency = row.get<std::string>("currency"),
                  .address = row.get<std::optional<std::string>>("address"),
                  .phone = row.get<std::optional<std::string>>("phone"),
                  .reservation_h = row.get<int>("reservation_h")};
}

std::optional<StockedMedicine> to_stocked(const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return StockedMedicine{to_medicine(rows.front()), to_stock_level(rows.front())};
}

std::optional<domain::Lot> first_lot(const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return to_lot(rows.front());
}

std::vector<domain::Lot> to_lots(const db::Rows& rows) {
  std::vector<domain::Lot> lots;
  for (const auto row : rows)
    lots.push_back(to_lot(row));
  return lots;
}

}  // namespace

std::optional<Facility> facility(db::Session& session, const Uuid& id) {
  return to_facility(session.read(sql::get_facility, id));
}
std::optional<Facility> facility(db::Transaction& tx, const Uuid& id) {
  return to_facility(tx.exec(sql::get_facility, id));
}

void insert(db::Transaction& tx, const domain::Medicine& m, const outbox::Events& events) {
  tx.exec(sql::insert_medicine, m.id, m.facility_id, m.name, m.strength, m.form, m.unit,
          amount(m.price), currency(m.price), m.minimum_level, m.active, m.record.created_at,
          m.record.created_by, events);
}

std::optional<domain::Medicine> lock_medicine(db::Transaction& tx, const Uuid& facility,
                                              const Uuid& id) {
  const auto rows = tx.exec(sql::lock_medicine, id, facility);
  if (rows.empty()) return std::nullopt;
  return to_medicine(rows.front());
}

std::int64_t save(db::Transaction& tx, const domain::Medicine& m, const outbox::Events& events) {
  return tx
      .exec(sql::save_medicine, m.id, m.facility_id, m.name, m.strength, m.form, m.unit,
            amount(m.price), currency(m.price), m.minimum_level, m.active, m.status_reason,
            m.record.updated_at, m.record.updated_by, events)
      .front()
      .get<std::int64_t>("version");
}

std::optional<StockedMedicine> get_medicine(db::Session& session, const Uuid& facility,
                                            const Uuid& id, Date today) {
  return to_stocked(session.read(sql::get_medicine, id, facility, today));
}
std::optional<StockedMedicine> get_medicine(db::Transaction& tx, const Uuid& facility,
                                            const Uuid& id, Date today) {
  return to_stocked(tx.exec(sql::get_medicine, id, facility, today));
}

std::vector<StockedMedicine> list_medicines(
    db::Session& session, const Uuid& facility, Date today, const MedicineFilter& filter,
    const std::optional<std::pair<std::string, Uuid>>& after, int limit) {
  std::optional<std::string> after_name;
  std::optional<Uuid> after_id;
  if (after) std::tie(after_name, after_id) = *after;
  std::vector<StockedMedicine> medicines;
  for (const auto row : session.read(sql::list_medicines, facility, today, filter.active,
                                     filter.low, filter.q, after_name, after_id, limit)) {
    medicines.push_back({to_medicine(row), to_stock_level(row)});
  }
  return medicines;
}

void insert(db::Transaction& tx, const domain::Lot& lot, domain::MovementKind kind,
            const std::string& reason, std::optional<Uuid> ref) {
  tx.exec(sql::insert_lot, lot.id, lot.facility_id, lot.medicine_id, lot.lot_number, lot.expires_on,
          to_string(lot.status), lot.on_hand, amount(lot.unit_cost), currency(lot.unit_cost),
          lot.supplier, lot.returned_from, lot.record.created_at, lot.record.created_by,
          to_string(kind), reason, ref);
}

std::optional<domain::Lot> lock_lot(db::Transaction& tx, const Uuid& facility, const Uuid& id) {
  return first_lot(tx.exec(sql::lock_lot, id, facility));
}

std::vector<domain::Lot> lock_lots_of(db::Transaction& tx, const Uuid& facility,
                                      const Uuid& prescription, const std::vector<Uuid>& more) {
  return to_lots(tx.exec(sql::lock_lots_of, prescription, facility, more));
}

std::vector<domain::Lot> lock_returns(db::Transaction& tx, const Uuid& facility, const Uuid& lot) {
  return to_lots(tx.exec(sql::lock_returns, lot, facility));
}

bool was_recalled(db::Transaction& tx, const Uuid& facility, const Uuid& lot) {
  return !tx.exec(sql::recalls_of, lot, facility).empty();
}

void save(db::Transaction& tx, domain::Lot& lot, const domain::LotDecision& decision,
          const Why& why) {
  const auto kind = decision.movement
                        ? std::optional(std::string(to_string(decision.movement->kind)))
                        : std::nullopt;
  const int delta = decision.movement ? decision.movement->delta : 0;
  const auto row = tx.exec(sql::save_lot, lot.id, lot.facility_id, to_string(decision.status),
                           lot.record.updated_at, lot.record.updated_by, kind, delta,
                           decision.command, why.reason, why.witness)
                       .front();
  lot.status = decision.status;
  lot.on_hand = row.get<int>("on_hand");
  lot.record.version = row.get<std::int64_t>("version");
}

std::optional<domain::Lot> get_lot(db::Transaction& tx, const Uuid& facility, const Uuid& id) {
  return first_lot(tx.exec(sql::get_lot, id, facility));
}

std::vector<domain::Lot> list_lots(db::Session& session, const Uuid& facility, const Uuid& medicine,
                                   const std::optional<std::pair<Date, Uuid>>& after, int limit) {
  std::optional<Date> after_date;
  std::optional<Uuid> after_id;
  if (after) std::tie(after_date, after_id) = *after;
  return to_lots(session.read(sql::list_lots, facility, medicine, after_date, after_id, limit));
}

std::vector<Uuid> reserved_by(db::Transaction& tx, const Uuid& facility, const Uuid& lot) {
  std::vector<Uuid> ids;
  for (const auto row : tx.exec(sql::reserved_by, lot, facility))
    ids.push_back(row.get<Uuid>("prescription_id"));
  return ids;
}

void emit_stock(db::Transaction& tx, const Uuid& facility, const Uuid& medicine,
                const outbox::Events& events) {
  tx.exec(sql::emit_stock_events, medicine, facility, events);
}

}  // namespace ambula::pharmacy::store

#include "prescriptions.hpp"

#include <map>
#include <pharmacy/sql.hpp>

#include "rows.hpp"

namespace ambula::pharmacy::store {
namespace {

/// Reads are the same inside and outside of a transaction.
struct Reader {
  db::Session* session{nullptr};
  db::Transaction* tx{nullptr};

  template <class... Args>
  db::Rows operator()(const db::Statement& statement, const Args&... args) const {
    return tx != nullptr ? tx->exec(statement, args...) : session->read(statement, args...);
  }
};

/// Fills in items, what is available of them, and reservations of prescriptions in the order of
/// their ids.
void fill(const Reader& read, const Uuid& facility, Date today, std::vector<View>& views) {
  std::map<Uuid, View*> by_id;
  std::vector<Uuid> ids;
  for (auto& view : views) {
    by_id[view.prescription.id] = &view;
    ids.push_back(view.prescription.id);
  }
  for (const auto row : read(sql::items_of, facility, ids, today)) {
    auto& view = *by_id.at(row.get<Uuid>("prescription_id"));
    view.prescription.items.push_back(to_item(row));
    view.available.push_back(row.get<std::int64_t>("available"));
  }
  for (const auto row : read(sql::reservations_of, facility, ids)) {
    by_id.at(row.get<Uuid>("prescription_id"))->prescription.reserved.push_back(to_line(row));
  }
}

void fill_lines(const Reader& read, const Uuid& facility,
                std::vector<domain::Dispense>& dispenses) {
  std::map<Uuid, domain::Dispense*> by_id;
  std::vector<Uuid> ids;
  for (auto& dispense : dispenses) {
    by_id[dispense.id] = &dispense;
    ids.push_back(dispense.id);
  }
  for (const auto row : read(sql::dispense_lines_of, facility, ids)) {
    by_id.at(row.get<Uuid>("dispense_id"))->lines.push_back(to_dispense_line(row));
  }
}

std::vector<domain::Dispense> to_dispenses(const Reader& read, const Uuid& facility,
                                           const db::Rows& rows) {
  std::vector<domain::Dispense> dispenses;
  for (const auto row : rows)
    dispenses.push_back(to_dispense(row));
  fill_lines(read, facility, dispenses);
  return dispenses;
}

std::optional<domain::Dispense> first_dispense(const Reader& read, const Uuid& facility,
                                               const db::Statement& statement, const Uuid& id) {
  auto dispenses = to_dispenses(read, facility, read(statement, id, facility));
  if (dispenses.empty()) return std::nullopt;
  return std::move(dispenses.front());
}

View to_view(const db::Row& row) {
  View view;
  view.prescription = to_prescription(row);
  view.patient_name = row.get<std::optional<std::string>>("patient_name");
  view.mrn = row.get<std::optional<std::string>>("mrn");
  view.birth_date = row.get<std::optional<Date>>("birth_date");
  view.allergies = row.get<std::optional<std::string>>("allergies");
  view.doctor_name = row.get<std::optional<std::string>>("doctor_name");
  return view;
}

std::vector<View> to_views(const Reader& read, const Uuid& facility, Date today,
                           const db::Rows& rows) {
  std::vector<View> views;
  for (const auto row : rows)
    views.push_back(to_view(row));
  fill(read, facility, today, views);
  std::map<Uuid, View*> by_id;
  std::vector<Uuid> ids;
  for (auto& view : views) {
    by_id[view.prescription.id] = &view;
    ids.push_back(view.prescription.id);
  }
  for (auto& dispense : to_dispenses(read, facility, read(sql::dispenses_of, facility, ids))) {
    by_id.at(dispense.prescription_id)->dispenses.push_back(std::move(dispense));
  }
  return views;
}

std::optional<View> first_view(const Reader& read, const Uuid& facility, const Uuid& id,
                               Date today) {
  auto views = to_views(read, facility, today, read(sql::get_prescription, id, facility));
  if (views.empty()) return std::nullopt;
  return std::move(views.front());
}

/// Per lot, what leaves and what is reserved more or less.
void move_stock(db::Transaction& tx, const domain::Prescription& before,
                const domain::Prescription& after, const domain::Dispense* dispense,
                const Stamp& stamp) {
  struct Delta {
    int on_hand{0};
    int reserved{0};
  };
  std::map<Uuid, Delta> deltas;
  for (const auto& line : before.reserved)
    deltas[line.lot_id].reserved -= line.quantity;
  for (const auto& line : after.reserved)
    deltas[line.lot_id].reserved += line.quantity;
  std::optional<Uuid> ref;
  if (dispense != nullptr) {
    ref = dispense->id;
    for (const auto& line : dispense->lines)
      deltas[line.line.lot_id].on_hand -= line.line.quantity;
  }
  std::vector<Uuid> lots;
  std::vector<int> on_hand;
  std::vector<int> reserved;
  for (const auto& [lot, delta] : deltas) {
    if (delta.on_hand == 0 && delta.reserved == 0) continue;
    lots.push_back(lot);
    on_hand.push_back(delta.on_hand);
    reserved.push_back(delta.reserved);
  }
  if (lots.empty()) return;
  tx.exec(sql::move_stock, after.facility_id, ref, lots, on_hand, reserved, stamp.at, stamp.by);
}

void save_reservations(db::Transaction& tx, const domain::Prescription& before,
                       const domain::Prescription& after) {
  if (!before.reserved.empty()) tx.exec(sql::clear_reservations, after.id, after.facility_id);
  if (after.reserved.empty()) return;
  std::vector<Uuid> items;
  std::vector<Uuid> lots;
  std::vector<int> quantities;
  for (const auto& line : after.reserved) {
    items.push_back(line.item_id);
    lots.push_back(line.lot_id);
    quantities.push_back(line.quantity);
  }
  tx.exec(sql::insert_reservations, after.id, after.facility_id, items, lots, quantities);
}

void save_dispense(db::Transaction& tx, const domain::Dispense& d) {
  std::vector<Uuid> items;
  std::vector<Uuid> medicines;
  std::vector<Uuid> lots;
  std::vector<int> quantities;
  std::map<Uuid, int> sums;  // UPDATE … FROM applies one row per item only
  for (const auto& handed : d.lines) {
    items.push_back(handed.line.item_id);
    medicines.push_back(handed.line.medicine_id);
    lots.push_back(handed.line.lot_id);
    quantities.push_back(handed.line.quantity);
    sums[handed.line.item_id] += handed.line.quantity;
  }
  std::vector<Uuid> summed;
  std::vector<int> sum;
  for (const auto& [item, quantity] : sums) {
    summed.push_back(item);
    sum.push_back(quantity);
  }
  tx.exec(sql::add_dispensed, d.prescription_id, d.facility_id, summed, sum);
  tx.exec(sql::insert_dispense, d.id, d.facility_id, d.prescription_id, d.note, d.handed_over_at,
          d.handed_over_by, items, medicines, lots, quantities);
}

}  // namespace

void insert(db::Transaction& tx, const domain::Prescription& p) {
  tx.exec(sql::insert_prescription, p.id, p.facility_id, p.number, to_string(p.status),
          p.patient_id, p.visitor_id, p.doctor_id, p.consultation_id, p.issued_at, p.expires_on,
          p.record.created_at, p.record.created_by);
  int position = 0;
  for (const auto& item : p.items) {
    tx.exec(sql::insert_items, item.item_id, p.facility_id, p.id, ++position, item.free_text,
            item.medicine_id, item.name, item.strength, item.form, item.dose, item.route,
            item.frequency, item.duration_days, item.instructions, item.quantity);
  }
}

void map_by_name(db::Transaction& tx, const Uuid& facility, const Uuid& prescription) {
  tx.exec(sql::map_by_name, prescription, facility);
}

bool map_item(db::Transaction& tx, const Uuid& facility, const Uuid& prescription, const Uuid& item,
              const Uuid& medicine) {
  return tx.exec(sql::map_item, prescription, facility, item, medicine).affected() == 1;
}

std::vector<Uuid> medicines_of(db::Transaction& tx, const Uuid& facility,
                               const Uuid& prescription) {
  std::vector<Uuid> ids;
  for (const auto row : tx.exec(sql::medicines_of, prescription, facility))
    ids.push_back(row.get<Uuid>("medicine_id"));
  return ids;
}

std::optional<domain::Prescription> lock(db::Transaction& tx, const Uuid& facility,
                                         const Uuid& id) {
  const auto rows = tx.exec(sql::lock_prescription, id, facility);
  if (rows.empty()) return std::nullopt;
  std::vector<View> views(1);
  views.front().prescription = to_prescription(rows.front());
  // What is available is not read here, so any day will do.
  fill({nullptr, &tx}, facility, views.front().prescription.expires_on, views);
  return std::move(views.front().prescription);
}

std::int64_t save(db::Transaction& tx, const domain::Prescription& before,
                  const domain::Prescription& after, const domain::Dispense* dispense,
                  const outbox::Events& events, const Stamp& stamp, std::string_view silent) {
  move_stock(tx, before, after, dispense, stamp);
  save_reservations(tx, before, after);
  if (dispense != nullptr) save_dispense(tx, *dispense);
  return tx
      .exec(sql::save_prescription, after.id, after.facility_id, to_string(after.status),
            to_string(after.fulfilment), after.ready_at, after.reserved_until, after.reason,
            stamp.at, stamp.by, events, silent)
      .front()
      .get<std::int64_t>("version");
}

std::optional<View> view(db::Session& session, const Uuid& facility, const Uuid& id, Date today) {
  return first_view({&session, nullptr}, facility, id, today);
}
std::optional<View> view(db::Transaction& tx, const Uuid& facility, const Uuid& id, Date today) {
  return first_view({nullptr, &tx}, facility, id, today);
}

std::vector<View> list(db::Session& session, const Uuid& facility, Date today,
                       const ListFilter& filter, const After& after, int limit) {
  std::optional<Instant> after_time;
  std::optional<Uuid> after_id;
  if (after) std::tie(after_time, after_id) = *after;
  const auto status =
      filter.status ? std::optional(std::string(to_string(*filter.status))) : std::nullopt;
  const auto fulfilment =
      filter.fulfilment ? std::optional(std::string(to_string(*filter.fulfilment))) : std::nullopt;
  const Reader read{&session, nullptr};
  return to_views(read, facility, today,
                  read(sql::list_prescriptions, facility, filter.pending, status, fulfilment,
                       filter.q, filter.from, filter.to, after_time, after_id, limit));
}

std::optional<domain::Dispense> get_dispense(db::Session& session, const Uuid& facility,
                                             const Uuid& id) {
  return first_dispense({&session, nullptr}, facility, sql::get_dispense, id);
}
std::optional<domain::Dispense> get_dispense(db::Transaction& tx, const Uuid& facility,
                                             const Uuid& id) {
  return first_dispense({nullptr, &tx}, facility, sql::get_dispense, id);
}

std::optional<domain::Dispense> lock_dispense(db::Transaction& tx, const Uuid& facility,
                                              const Uuid& id) {
  return first_dispense({nullptr, &tx}, facility, sql::lock_dispense, id);
}

std::vector<domain::Dispense> list_dispenses(db::Session& session, const Uuid& facility,
                                             std::optional<Uuid> prescription, const After& after,
                                             int limit) {
  std::optional<Instant> after_time;
  std::optional<Uuid> after_id;
  if (after) std::tie(after_time, after_id) = *after;
  const Reader read{&session, nullptr};
  return to_dispenses(
      read, facility,
      read(sql::list_dispenses, facility, prescription, after_time, after_id, limit));
}

std::int64_t save_returned(db::Transaction& tx, const domain::Dispense& d) {
  std::vector<Uuid> items;
  std::vector<Uuid> lots;
  std::vector<int> returned;
  for (const auto& handed : d.lines) {
    items.push_back(handed.line.item_id);
    lots.push_back(handed.line.lot_id);
    returned.push_back(handed.returned);
  }
  return tx
      .exec(sql::add_returned, d.id, d.facility_id, d.updated_at, d.updated_by, items, lots,
            returned)
      .front()
      .get<std::int64_t>("version");
}

void insert_return(db::Transaction& tx, const domain::Dispense& d, const ReturnRow& row) {
  tx.exec(sql::insert_return, d.facility_id, d.id, d.version, row.lot_id, row.into_lot_id,
          row.quantity, row.reason, d.updated_at, d.updated_by);
}

}  // namespace ambula::pharmacy::store

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

/// Fills in items, what is available of them, and reservations.
void fill(const Reader& read, const Uuid& facility, Date today, std::vector<View>& views) {
  std::map<Uuid, View*> by_id;
  std::vector<Uuid> ids;
  for (auto& view : views) {
    by_id[view.prescription.id] = &view;
    ids.push_back(view.prescription.id);
  }
  for (const auto row : read(sql::items_of, facility, ids, today)) {
    auto& view = *by_id.at(row.get<Uuid>("prescription_id"));
    auto& items = view.prescription.items;
    if (items.empty() || items.back().item_id != row.get<Uuid>("item_id")) {
      items.push_back(to_item(row));
      view.available.push_back(row.get<std::int64_t>("available"));
    }
    if (!row.is_null("lot_id")) view.prescription.reserved.push_back(to_line(row));
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

/// What a prescription's lines are, column by column.
struct Columns {
  std::vector<Uuid> items;
  std::vector<Uuid> medicines;
  std::vector<Uuid> lots;
  std::vector<int> quantities;

  void add(const domain::Line& line) {
    items.push_back(line.item_id);
    medicines.push_back(line.medicine_id);
    lots.push_back(line.lot_id);
    quantities.push_back(line.quantity);
  }
};

std::vector<domain::Line> lines_of(const domain::Dispense* dispense) {
  std::vector<domain::Line> lines;
  if (dispense == nullptr) return lines;
  for (const auto& handed : dispense->lines)
    lines.push_back(handed.line);
  return lines;
}

void move_stock(db::Transaction& tx, const domain::Prescription& before,
                const domain::Prescription& after, const domain::Dispense* dispense,
                const Stamp& stamp) {
  std::vector<Uuid> lots;
  std::vector<int> on_hand;
  std::vector<int> reserved;
  for (const auto& [lot, change] : stock_changes(before, after, lines_of(dispense))) {
    if (change.on_hand == 0 && change.reserved == 0) continue;
    lots.push_back(lot);
    on_hand.push_back(change.on_hand);
    reserved.push_back(change.reserved);
  }
  const auto ref = dispense != nullptr ? std::optional(dispense->id) : std::nullopt;
  tx.exec(sql::move_stock, after.facility_id, after.id, lots, on_hand, reserved, stamp.at, stamp.by,
          "Prescription " + after.number, ref);
}

void save_dispense(db::Transaction& tx, domain::Dispense& d) {
  Columns handed;
  for (const auto& line : d.lines)
    handed.add(line.line);
  const auto priced = tx.exec(sql::insert_dispense, d.id, d.facility_id, d.prescription_id, d.note,
                              d.handed_over_at, d.handed_over_by, handed.items, handed.medicines,
                              handed.lots, handed.quantities);
  for (std::size_t i = 0; i < d.lines.size(); ++i)
    d.lines[i].price = to_price(priced[i]);
}

}  // namespace

void insert(db::Transaction& tx, const domain::Prescription& p) {
  tx.exec(sql::insert_prescription, p.id, p.facility_id, p.number, to_string(p.status),
          p.patient_id, p.visitor_id, p.doctor_id, p.consultation_id, p.issued_at, p.expires_on,
          p.record.created_at, p.record.created_by);
  using Texts = std::vector<std::optional<std::string>>;
  const auto text = [](const auto& number) {
    return number ? std::optional(std::to_string(*number)) : std::nullopt;
  };
  std::vector<Uuid> ids;
  std::vector<int> quantities;
  Texts medicines, names, strengths, forms, doses, routes, frequencies, days, instructions;
  for (const auto& item : p.items) {
    ids.push_back(item.item_id);
    medicines.push_back(item.medicine_id ? std::optional(item.medicine_id->str()) : std::nullopt);
    names.emplace_back(item.name);
    strengths.push_back(item.strength);
    forms.push_back(item.form);
    doses.emplace_back(item.dose);
    routes.push_back(item.route);
    frequencies.emplace_back(item.frequency);
    days.push_back(text(item.duration_days));
    instructions.push_back(item.instructions);
    quantities.push_back(item.quantity);
  }
  tx.exec(sql::insert_items, p.id, p.facility_id, ids, medicines, names, strengths, forms, doses,
          routes, frequencies, days, instructions, quantities);
}

void map_by_name(db::Transaction& tx, domain::Prescription& prescription) {
  for (const auto row : tx.exec(sql::map_by_name, prescription.id, prescription.facility_id)) {
    for (auto& item : prescription.items) {
      if (item.item_id == row.get<Uuid>("item_id")) item.medicine_id = row.get<Uuid>("medicine_id");
    }
  }
}

std::vector<Uuid> map_items(db::Transaction& tx, const Uuid& facility, const Uuid& prescription,
                            const std::vector<Mapping>& mappings) {
  std::vector<Uuid> items;
  std::vector<Uuid> medicines;
  for (const auto& mapping : mappings) {
    items.push_back(mapping.item_id);
    medicines.push_back(mapping.medicine_id);
  }
  std::vector<Uuid> mapped;
  for (const auto row : tx.exec(sql::map_items, prescription, facility, items, medicines))
    mapped.push_back(row.get<Uuid>("item_id"));
  return mapped;
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
                  const domain::Prescription& after, domain::Dispense* dispense,
                  const outbox::Events& events, const Stamp& stamp,
                  const std::vector<std::string>& also) {
  Columns held;
  if (dispense != nullptr || before.reserved != after.reserved) {
    move_stock(tx, before, after, dispense, stamp);
    for (const auto& line : after.reserved)
      held.add(line);
  }
  if (dispense != nullptr) save_dispense(tx, *dispense);
  return tx
      .exec(sql::save_prescription, after.id, after.facility_id, to_string(after.status),
            to_string(after.fulfilment), after.ready_at, after.reserved_until, after.reason,
            stamp.at, stamp.by, events, also, held.items, held.lots, held.quantities)
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
  if (filter.pending == true) {
    return to_views(read, facility, today,
                    read(sql::list_pending, facility, status, fulfilment, filter.q, filter.from,
                         filter.to, after_time, after_id, limit));
  }
  return to_views(read, facility, today,
                  read(sql::list_history, facility, status, fulfilment, filter.q, filter.from,
                       filter.to, after_time, after_id, limit, filter.pending));
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

#include "prescriptions.hpp"

#include <algorithm>
#include <consultation/sql.hpp>

#include "rows.hpp"

namespace ambula::consultation::store {
namespace {

using Texts = std::vector<std::optional<std::string>>;

constexpr std::size_t number_digits = 6;

/// The items as parameters: one array per member.
struct ItemColumns {
  std::vector<Uuid> ids;
  Texts medicine_ids;
  std::vector<std::string> names;
  Texts strengths;
  Texts forms;
  std::vector<std::string> doses;
  Texts routes;
  std::vector<std::string> frequencies;
  Texts durations;
  std::vector<int> quantities;
  std::vector<int> derived;
  Texts instructions;
};

ItemColumns columns_of(const std::vector<domain::Item>& items) {
  ItemColumns columns;
  for (const auto& item : items) {
    columns.ids.push_back(item.id);
    columns.medicine_ids.push_back(item.medicine_id ? std::optional(item.medicine_id->str())
                                                    : std::nullopt);
    columns.names.push_back(item.medicine.name);
    columns.strengths.push_back(item.medicine.strength);
    columns.forms.push_back(item.medicine.form);
    columns.doses.push_back(item.dose);
    columns.routes.push_back(item.route);
    columns.frequencies.push_back(item.frequency);
    columns.durations.push_back(
        item.duration_days ? std::optional(std::to_string(*item.duration_days)) : std::nullopt);
    columns.quantities.push_back(item.quantity);
    columns.derived.push_back(item.quantity_derived ? 1 : 0);
    columns.instructions.push_back(item.instructions);
  }
  return columns;
}

void give_items(std::vector<domain::Prescription>& prescriptions, const db::Rows& rows) {
  for (const auto row : rows) {
    const auto of = std::ranges::find(prescriptions, row.get<Uuid>("prescription_id"),
                                      &domain::Prescription::id);
    if (of != prescriptions.end()) of->items.push_back(to_item(row));
  }
}

std::vector<domain::Prescription> without_items(const db::Rows& rows, std::vector<Uuid>& ids) {
  std::vector<domain::Prescription> prescriptions;
  for (const auto row : rows) {
    prescriptions.push_back(to_prescription(row));
    ids.push_back(prescriptions.back().id);
  }
  return prescriptions;
}

std::vector<domain::Prescription> complete(db::Session& session, const Uuid& facility,
                                           const db::Rows& rows) {
  std::vector<Uuid> ids;
  auto prescriptions = without_items(rows, ids);
  if (!ids.empty())
    give_items(prescriptions, session.read(sql::items_of_prescriptions, facility, ids));
  return prescriptions;
}

std::vector<domain::Prescription> complete(db::Transaction& tx, const Uuid& facility,
                                           const db::Rows& rows) {
  std::vector<Uuid> ids;
  auto prescriptions = without_items(rows, ids);
  if (!ids.empty()) give_items(prescriptions, tx.exec(sql::items_of_prescriptions, facility, ids));
  return prescriptions;
}

}  // namespace

std::string next_number(db::Transaction& tx, const Uuid& facility, int year) {
  const auto number =
      tx.exec(sql::next_prescription_number, facility, year).front().get<int>("last_number");
  auto digits = std::to_string(number);
  if (digits.size() < number_digits) digits.insert(0, number_digits - digits.size(), '0');
  return "RX-" + std::to_string(year) + "-" + digits;
}

void insert(db::Transaction& tx, const domain::Prescription& p,
            const std::vector<std::string>& history, const outbox::Events& events) {
  const auto items = columns_of(p.items);
  tx.exec(sql::insert_prescription, p.id, p.facility_id, p.consultation_id, p.patient_id,
          p.visitor_id, p.doctor_id, p.number, to_string(p.status), p.issued_at, p.expires_on,
          p.replaces, p.notes, p.created_at, p.created_by, items.ids, items.medicine_ids,
          items.names, items.strengths, items.forms, items.doses, items.routes, items.frequencies,
          items.durations, items.quantities, items.derived, items.instructions, history, events);
}

std::optional<LockedPrescription> lock_prescription(db::Transaction& tx, const Uuid& facility,
                                                    const Uuid& id) {
  const auto rows = tx.exec(sql::lock_prescription, id, facility);
  if (rows.empty()) return std::nullopt;
  return LockedPrescription{complete(tx, facility, rows).front(), to_rules(rows.front())};
}

std::vector<domain::Prescription> lock_drafts(db::Transaction& tx, const Uuid& facility,
                                              const Uuid& consultation) {
  return complete(tx, facility, tx.exec(sql::lock_drafts_of_consultation, consultation, facility));
}

std::int64_t save(db::Transaction& tx, const domain::Prescription& p,
                  const std::vector<std::string>& history, const outbox::Events& events) {
  return tx
      .exec(sql::save_prescription, p.id, p.facility_id, to_string(p.status),
            to_string(p.fulfilment), p.issued_at, p.expires_on, p.status_reason, p.replaces,
            p.notes, p.updated_at, p.updated_by, history, events)
      .front()
      .get<std::int64_t>("version");
}

void replace_items(db::Transaction& tx, const domain::Prescription& p) {
  const auto items = columns_of(p.items);
  tx.exec(sql::delete_items, p.id, p.facility_id);
  tx.exec(sql::insert_items, p.id, p.facility_id, items.ids, items.medicine_ids, items.names,
          items.strengths, items.forms, items.doses, items.routes, items.frequencies,
          items.durations, items.quantities, items.derived, items.instructions);
}

std::optional<domain::Prescription> get_prescription(db::Session& session, const Uuid& facility,
                                                     const Uuid& id) {
  const auto rows = session.read(sql::get_prescription, id, facility);
  if (rows.empty()) return std::nullopt;
  return complete(session, facility, rows).front();
}

std::vector<domain::Prescription> list(db::Session& session, const Uuid& facility,
                                       const PrescriptionFilter& filter, const Reader& reader,
                                       Instant now, const TimeCursor& after, int limit) {
  std::optional<std::string> status;
  if (filter.status) status = std::string(to_string(*filter.status));
  std::optional<Instant> after_time;
  std::optional<Uuid> after_id;
  if (after) std::tie(after_time, after_id) = *after;
  return complete(
      session, facility,
      session.read(sql::list_prescriptions, facility, filter.patient_id, filter.doctor_id,
                   filter.consultation_id, status, filter.from, filter.to, reader.doctor_id,
                   reader.patient_id, now, after_time, after_id, limit));
}

bool is_replaceable(db::Transaction& tx, const Uuid& facility, const Uuid& id,
                    const std::optional<Uuid>& patient, const std::optional<Uuid>& visitor) {
  return tx.exec(sql::is_replaceable, id, facility, patient, visitor)
      .front()
      .get<bool>("replaceable");
}

std::vector<KnownMedicine> medicines(db::Transaction& tx, const Uuid& facility,
                                     const std::vector<Uuid>& ids) {
  std::vector<KnownMedicine> known;
  for (const auto row : tx.exec(sql::medicines, facility, ids)) {
    known.push_back({row.get<Uuid>("id"),
                     {row.get<std::string>("name"), row.get<std::string>("strength"),
                      row.get<std::string>("form")},
                     row.get<bool>("active")});
  }
  return known;
}

std::optional<DocumentHead> document_head(db::Session& session, const Uuid& facility,
                                          const Uuid& prescription) {
  using Text = std::optional<std::string>;
  const auto rows = session.read(sql::document_head, prescription, facility);
  if (rows.empty()) return std::nullopt;
  const auto row = rows.front();
  return DocumentHead{.facility_name = row.get<std::string>("facility_name"),
                      .address = row.get<Text>("address"),
                      .phone = row.get<Text>("phone"),
                      .zone = row.get<std::string>("zone"),
                      .doctor_name = row.get<Text>("doctor_name"),
                      .patient_name = row.get<Text>("patient_name"),
                      .mrn = row.get<Text>("mrn"),
                      .birth_date = row.get<std::optional<Date>>("birth_date")};
}

}  // namespace ambula::consultation::store

#include "clinical_items.hpp"

#include <patient/sql.hpp>

#include "rows.hpp"

namespace ambula::patient::store {
namespace {

std::optional<domain::ClinicalItem> first(const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return to_clinical_item(rows.front());
}

Allergies by_patient(const db::Rows& rows) {
  Allergies found;
  for (const auto row : rows) {
    const auto item = to_clinical_item(row);
    found[item.patient_id].push_back(to_allergy(item));
  }
  return found;
}

}  // namespace

void insert(db::Transaction& tx, const domain::ClinicalItem& item) {
  tx.exec(sql::insert_clinical_item, item.id, item.facility_id, item.patient_id,
          domain::to_string(item.kind), item.name, item.code, item.system, item.severity,
          item.noted_on, item.record.created_at, item.record.created_by);
}

std::optional<domain::ClinicalItem> get_item(db::Transaction& tx, const Uuid& facility,
                                             const Uuid& patient, domain::ItemKind kind,
                                             const Uuid& id) {
  return first(tx.exec(sql::get_clinical_item, facility, patient, domain::to_string(kind), id));
}

std::optional<domain::ClinicalItem> get_item(db::Session& session, const Uuid& facility,
                                             const Uuid& patient, domain::ItemKind kind,
                                             const Uuid& id) {
  return first(
      session.read(sql::get_clinical_item, facility, patient, domain::to_string(kind), id));
}

std::int64_t save_voided(db::Transaction& tx, const domain::ClinicalItem& item) {
  return tx
      .exec(sql::void_clinical_item, item.facility_id, item.patient_id, item.id, item.void_reason,
            item.record.updated_at, item.record.updated_by)
      .front()
      .get<std::int64_t>("version");
}

std::vector<domain::ClinicalItem> list_items(db::Session& session, const Uuid& facility,
                                             const ItemFilter& filter,
                                             const std::optional<Uuid>& after, int limit) {
  std::vector<domain::ClinicalItem> items;
  for (const auto row : session.read(sql::list_clinical_items, facility, filter.patient_id,
                                     domain::to_string(filter.kind),
                                     domain::to_string(filter.status), after, limit)) {
    items.push_back(to_clinical_item(row));
  }
  return items;
}

Allergies present_allergies(db::Transaction& tx, const Uuid& facility,
                            const std::vector<Uuid>& patients) {
  return by_patient(tx.exec(sql::present_allergies, facility, patients));
}

Allergies present_allergies(db::Session& session, const Uuid& facility,
                            const std::vector<Uuid>& patients) {
  return by_patient(session.read(sql::present_allergies, facility, patients));
}

}  // namespace ambula::patient::store

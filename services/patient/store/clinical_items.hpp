#pragma once

#include <map>
#include <optional>
#include <vector>

#include <ambula/db/session.hpp>

#include "patient/domain/clinical_item.hpp"

namespace ambula::patient::store {

void insert(db::Transaction& tx, const domain::ClinicalItem& item);

/// Callers that change it hold the patient's lock.
std::optional<domain::ClinicalItem> get_item(db::Transaction& tx, const Uuid& facility,
                                             const Uuid& patient, domain::ItemKind kind,
                                             const Uuid& id);
std::optional<domain::ClinicalItem> get_item(db::Session& session, const Uuid& facility,
                                             const Uuid& patient, domain::ItemKind kind,
                                             const Uuid& id);
/// Writes that it is voided; answers its new version.
std::int64_t save_voided(db::Transaction& tx, const domain::ClinicalItem& item);

struct ItemFilter {
  Uuid patient_id;
  domain::ItemKind kind;
  domain::ItemStatus status;
};
std::vector<domain::ClinicalItem> list_items(db::Session& session, const Uuid& facility,
                                             const ItemFilter& filter,
                                             const std::optional<Uuid>& after, int limit);

/// The allergies that are not voided, by patient.
using Allergies = std::map<Uuid, std::vector<domain::Allergy>>;
Allergies present_allergies(db::Transaction& tx, const Uuid& facility,
                            const std::vector<Uuid>& patients);
Allergies present_allergies(db::Session& session, const Uuid& facility,
                            const std::vector<Uuid>& patients);

}  // namespace ambula::patient::store

#pragma once

#include <ambula/db/rows.hpp>

#include "consultation/domain/consultation.hpp"
#include "consultation/domain/prescription.hpp"

// Rows of this service's tables as domain values; for store/*.cpp.
namespace ambula::consultation::store {

/// Its origin is the caller's.
domain::Visit to_visit(const db::Row& row);
domain::Consultation to_consultation(const db::Row& row);
/// Without its items.
domain::Prescription to_prescription(const db::Row& row);
domain::Item to_item(const db::Row& row);
/// nullopt: the facility is not known here yet.
std::optional<domain::Rules> to_rules(const db::Row& row);

}  // namespace ambula::consultation::store

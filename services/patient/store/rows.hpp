#pragma once

#include <ambula/db/rows.hpp>

#include "patient/domain/clinical_item.hpp"
#include "patient/domain/history.hpp"
#include "patient/domain/patient.hpp"

// Rows of this service's tables as domain values; for store/*.cpp.
namespace ambula::patient::store {

domain::Patient to_patient(const db::Row& row);
domain::ClinicalItem to_clinical_item(const db::Row& row);
domain::Item to_item(const db::Row& row);

}  // namespace ambula::patient::store

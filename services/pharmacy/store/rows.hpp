#pragma once

#include <ambula/db/rows.hpp>

#include "pharmacy/domain/dispense.hpp"
#include "pharmacy/domain/prescription.hpp"

// Rows of this service's tables as domain values; for store/*.cpp.
namespace ambula::pharmacy::store {

domain::Medicine to_medicine(const db::Row& row);
domain::StockLevel to_stock_level(const db::Row& row);
domain::Lot to_lot(const db::Row& row);
domain::Prescription to_prescription(const db::Row& row);
domain::Item to_item(const db::Row& row);
domain::Line to_line(const db::Row& row);
domain::Dispense to_dispense(const db::Row& row);
domain::DispenseLine to_dispense_line(const db::Row& row);
/// Of a line that was handed over.
std::optional<domain::Money> to_price(const db::Row& row);

}  // namespace ambula::pharmacy::store

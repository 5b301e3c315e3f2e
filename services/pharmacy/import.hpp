#pragma once

#include <ambula/base/csv.hpp>
#include <ambula/db/session.hpp>

#include "pharmacy/domain/stock.hpp"

// Medicines and lots from CSV files: checked whole, then written whole or not at all [INV-1,
// INV-2].
namespace ambula::pharmacy {

/// For whom, on whose word, and when.
struct ImportScene {
  Uuid facility_id;
  std::string currency;
  Date today;
  Uuid by;  ///< nil: nobody with an account
  Instant now;
};

/// What stands against a file, by line: "Line 3: quantity: …".
using ImportFaults = std::vector<std::string>;

struct ImportedMedicine {
  std::size_t line;
  domain::Medicine medicine;
};
/// Columns name, strength, form; unit, price, minimum_level may be there. Adds to `faults`.
std::vector<ImportedMedicine> read_medicines(const std::vector<CsvRecord>& records,
                                             const ImportScene& scene, ImportFaults& faults);

struct ImportedLot {
  std::size_t line;
  domain::Medicine medicine;  ///< as it is named: name, strength, form
  domain::Lot lot;
};
/// Columns medicine, strength, form, lot_number, expires_on, quantity; unit_cost, supplier may be
/// there. Adds to `faults`.
std::vector<ImportedLot> read_lots(const std::vector<CsvRecord>& records, const ImportScene& scene,
                                   ImportFaults& faults);

/// How many were written; none when `faults` gained anything.
std::size_t import_medicines(db::Session& session, std::string_view file, const ImportScene& scene,
                             ImportFaults& faults);
std::size_t import_lots(db::Session& session, std::string_view file, const ImportScene& scene,
                        ImportFaults& faults);

}  // namespace ambula::pharmacy

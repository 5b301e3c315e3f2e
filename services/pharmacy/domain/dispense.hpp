#pragma once

#include "stock.hpp"

namespace ambula::pharmacy::domain {

/// One line of a hand-over.
struct DispenseLine {
  Line line;
  int returned{0};
  std::string medicine_name;
  std::string strength;
  std::string form;
  std::optional<std::string> unit;
  std::optional<Money> price;  ///< per unit, when it was handed over
};

/// What was handed over in one act.
struct Dispense {
  Uuid id;
  Uuid facility_id;
  Uuid prescription_id;
  std::optional<Uuid> patient_id;
  std::string prescription_number;
  std::optional<std::string> note;
  Instant handed_over_at;
  Uuid handed_over_by;
  std::int64_t version{1};
  Instant updated_at;
  Uuid updated_by;
  std::vector<DispenseLine> lines;
};

struct Return {
  Uuid lot_id;
  int quantity{0};
};
/// What comes back of which line (a lot may have served several); adds to `returned`. 422
/// `unknown-lot`, 422 `more-than-dispensed`.
Result<std::vector<Line>> take_back(Dispense& dispense, const std::vector<Return>& returns);

}  // namespace ambula::pharmacy::domain

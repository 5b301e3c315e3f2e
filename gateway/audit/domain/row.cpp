#include "row.hpp"

namespace ambula::audit {

std::vector<Row> for_each_patient(const Row& row, const std::vector<Uuid>& patients) {
  if (patients.empty()) return {row};
  std::vector<Row> rows(patients.size(), row);
  for (std::size_t i = 0; i < patients.size(); ++i)
    rows[i].patient_id = patients[i];
  return rows;
}

}  // namespace ambula::audit

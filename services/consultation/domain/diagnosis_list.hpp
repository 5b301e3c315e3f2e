#pragma once

#include <string>
#include <vector>

#include <ambula/base/csv.hpp>
#include <ambula/base/result.hpp>

// A facility's list of diagnosis codes, as an authority publishes it.
namespace ambula::consultation::domain {

struct DiagnosisCode {
  std::string code;
  std::string text;

  bool operator==(const DiagnosisCode&) const = default;
};

inline constexpr std::size_t diagnosis_list_max = 200'000;

/// Reads records with the columns `code` and `text` (others are passed over; the first record names
/// them), codes with or without their dot. All of it or nothing: 422 `invalid-list` says for the
/// first faults on which line of the file each is and which rule it breaks.
Result<std::vector<DiagnosisCode>> read_diagnosis_list(const std::vector<CsvRecord>& records);

}  // namespace ambula::consultation::domain

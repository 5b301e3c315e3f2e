#include "diagnosis_list.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include <ambula/base/text.hpp>

#include "icd10.hpp"

namespace ambula::consultation::domain {
namespace {

constexpr std::size_t faults_max = 20;
constexpr std::size_t text_max = 1000;

struct Columns {
  std::size_t code;
  std::size_t text;
};

std::optional<Columns> columns_of(const CsvRecord& head) {
  std::optional<std::size_t> code;
  std::optional<std::size_t> text;
  for (std::size_t i = 0; i < head.cells.size(); ++i) {
    const auto name = to_lower_ascii(trim(head.cells[i]));
    if (name == "code") code = i;
    if (name == "text") text = i;
  }
  if (!code || !text) return std::nullopt;
  return Columns{*code, *text};
}

FieldError fault(const CsvRecord& record, std::string_view rule, std::string_view detail) {
  return {"line " + std::to_string(record.line), std::string(rule), std::string(detail)};
}

/// The code of a record, or which rule it breaks.
std::optional<FieldError> read_record(const CsvRecord& record, const Columns& columns,
                                      DiagnosisCode& code) {
  if (record.cells.size() <= std::max(columns.code, columns.text))
    return fault(record, "columns", "Has fewer columns than the first line.");
  const auto shaped = to_icd10_dotted(trim(record.cells[columns.code]));
  if (!shaped) return fault(record, "icd10", "The code has not the shape of an ICD-10 code.");
  const auto text = trim(record.cells[columns.text]);
  if (text.empty() || code_points(text) > text_max || has_control(text, false))
    return fault(record, "length", "The text must have 1 to 1000 characters on one line.");
  code = {*shaped, std::string(text)};
  return std::nullopt;
}

}  // namespace

Result<std::vector<DiagnosisCode>> read_diagnosis_list(const std::vector<CsvRecord>& records) {
  Error refusal = rule_broken("invalid-list", "Nothing was loaded.");
  const auto columns = records.empty() ? std::nullopt : columns_of(records.front());
  if (!columns) {
    refusal.fields.push_back({"line 1", "columns", "Must name the columns code and text."});
    return refusal;
  }
  std::vector<DiagnosisCode> codes;
  std::set<std::string, std::less<>> seen;
  for (std::size_t i = 1; i < records.size() && refusal.fields.size() < faults_max; ++i) {
    DiagnosisCode code;
    if (auto broken = read_record(records[i], *columns, code)) {
      refusal.fields.push_back(*std::move(broken));
    } else if (!seen.insert(code.code).second) {
      refusal.fields.push_back(fault(records[i], "duplicate", "The code stands above already."));
    } else {
      codes.push_back(std::move(code));
    }
  }
  if (codes.size() > diagnosis_list_max)
    refusal.fields.push_back({"", "length", "A list has at most 200 000 codes."});
  if (codes.empty() && refusal.fields.empty())
    refusal.fields.push_back({"", "length", "There is no code in it."});
  if (!refusal.fields.empty()) return refusal;
  return codes;
}

}  // namespace ambula::consultation::domain

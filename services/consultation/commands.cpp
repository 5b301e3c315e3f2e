#include "commands.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>

#include <ambula/base/csv.hpp>

#include "consultation/domain/diagnosis_list.hpp"
#include "consultation/store/constraints.hpp"
#include "consultation/store/diagnosis_codes.hpp"

namespace ambula::consultation {
namespace {

using Arguments = std::vector<std::string>;

int fault(const std::string& line, int code = 1) {
  std::fprintf(stderr, "ambula-consultation: %s\n", line.c_str());
  return code;
}

int fault(const Error& error) {
  for (const auto& one : error.fields)
    std::fprintf(stderr, "%s: %s\n", one.pointer.c_str(), one.detail.c_str());
  return fault(error.detail);
}

Result<std::vector<domain::DiagnosisCode>> read_list(std::istream& file) {
  std::ostringstream text;
  text << file.rdbuf();
  const auto records = parse_csv(text.str());
  if (!records) return records.error();
  return domain::read_diagnosis_list(*records);
}

/// All or nothing: the facility has its old list or the new one, never a part.
int load(db::Session& session, const std::string& facility,
         const std::vector<domain::DiagnosisCode>& codes) {
  const auto found = store::facility_by_code_or_id(session, facility);
  if (!found) return fault("there is no facility of this code or id here");
  const auto done = session.transact([&](db::Transaction& tx) -> Result<void> {
    store::replace_codes(tx, found->id, codes);
    return {};
  });
  if (!done) return fault(done.error());
  std::printf("%zu diagnosis codes loaded for %s\n", codes.size(), found->name.c_str());
  return 0;
}

int load_diagnosis_codes(const Arguments& arguments, config::Reader& reader) {
  if (arguments.size() != 2) return fault("diagnosis-codes wants FACILITY FILE", 2);
  db::Options options;
  options.url = reader.required_secret("AMBULA_DB_URL", "PostgreSQL URL of the service's role");
  options.application_name = "ambula-consultation-operator";
  options.schema = "consultation";
  options.constraints = store::constraints();
  options.statement_timeout_ms = 0;
  if (!reader.faults().empty()) return fault(reader.faults().front(), 2);
  std::ifstream file(arguments[1], std::ios::binary);
  if (!file) return fault("the file cannot be read");
  const auto codes = read_list(file);
  if (!codes) return fault(codes.error());
  try {
    db::Session session(options);
    return load(session, arguments[0], *codes);
  } catch (const std::exception& failure) {
    return fault(failure.what());
  }
}

}  // namespace

std::vector<service::Definition::Command> commands() {
  return {{"diagnosis-codes",
           "FACILITY FILE: load a facility's (code or id) ICD-10 list from CSV (code,text)",
           load_diagnosis_codes}};
}

}  // namespace ambula::consultation

#include "commands.hpp"

#include <cstdio>
#include <fstream>
#include <pharmacy/sql.hpp>
#include <sstream>

#include <ambula/base/zone.hpp>

#include "pharmacy/import.hpp"
#include "pharmacy/store/constraints.hpp"
#include "pharmacy/store/reports.hpp"

namespace ambula::pharmacy {
namespace {

using Arguments = std::vector<std::string>;

int fault(const std::string& line, int code = 2) {
  std::fprintf(stderr, "ambula-pharmacy: %s\n", line.c_str());
  return code;
}

/// Runs with a connection as the service's own role; a failure is one line.
int with_database(config::Reader& reader, const std::function<int(db::Session&)>& work) {
  db::Options options;
  options.url = reader.required_secret("AMBULA_DB_URL", "PostgreSQL URL of the pharmacy role");
  options.application_name = "ambula-pharmacy-operator";
  options.schema = "pharmacy";
  options.constraints = store::constraints();
  options.statement_timeout_ms = 0;
  if (!reader.faults().empty()) return fault(reader.faults().front());
  try {
    db::Session session(options);
    return work(session);
  } catch (const std::exception& failure) {
    return fault(failure.what(), 1);
  }
}

/// Whether the books are right: nothing but a fault of ours, or a hand in the tables, makes them
/// wrong.
int stock_check(const Arguments& arguments, config::Reader& reader) {
  if (!arguments.empty()) return fault("stock-check takes no arguments");
  return with_database(reader, [](db::Session& session) {
    const auto faults = store::check_stock(session);
    for (const auto& one : faults) {
      std::printf("%s facility %s record %s\n", one.rule.c_str(), one.facility_id.str().c_str(),
                  one.record_id.str().c_str());
    }
    if (faults.empty()) std::puts("The books are right.");
    return faults.empty() ? 0 : 1;
  });
}

std::optional<ImportScene> scene_of(db::Session& session, const Arguments& arguments) {
  const auto rows = session.read(sql::find_facility, arguments[0]);
  const auto by = arguments.size() > 2 ? Uuid::parse(arguments[2]) : Uuid{};
  if (rows.size() != 1 || !by) return std::nullopt;
  const auto now = system_now();
  return ImportScene{rows.front().get<Uuid>("id"), rows.front().get<std::string>("currency"),
                     local_date(rows.front().get<std::string>("zone"), now), *by, now};
}

using Import = std::size_t (*)(db::Session&, std::string_view file, const ImportScene&,
                               ImportFaults&);

int import_file(const Arguments& arguments, config::Reader& reader, Import import) {
  if (arguments.size() < 2 || arguments.size() > 3)
    return fault("wants FACILITY (code or id) FILE [ACCOUNT id]");
  std::ifstream file(arguments[1], std::ios::binary);
  if (!file) return fault("cannot read " + arguments[1], 1);
  std::ostringstream text;
  text << file.rdbuf();
  return with_database(reader, [&](db::Session& session) {
    const auto scene = scene_of(session, arguments);
    if (!scene) return fault("there is no such facility, or ACCOUNT is no id", 1);
    ImportFaults faults;
    const auto count = import(session, text.str(), *scene, faults);
    for (const auto& one : faults)
      std::fprintf(stderr, "%s\n", one.c_str());
    if (!faults.empty()) return fault("nothing was written", 1);
    std::printf("%zu written\n", count);
    return 0;
  });
}

}  // namespace

std::vector<service::Definition::Command> commands() {
  return {
      {"stock-check", "Add up every ledger, reservation and hand-over; exit 1 when one is wrong",
       stock_check},
      {"import-medicines",
       "FACILITY FILE.csv [ACCOUNT]: name,strength,form[,unit,price,minimum_level]",
       [](const Arguments& arguments, config::Reader& reader) {
         return import_file(arguments, reader, import_medicines);
       }},
      {"import-lots",
       "FACILITY FILE.csv [ACCOUNT]: medicine,strength,form,lot_number,expires_on,quantity"
       "[,unit_cost,supplier]",
       [](const Arguments& arguments, config::Reader& reader) {
         return import_file(arguments, reader, import_lots);
       }},
  };
}

}  // namespace ambula::pharmacy

#include "import.hpp"

#include <algorithm>
#include <map>
#include <pharmacy/sql.hpp>
#include <set>
#include <tuple>

#include <ambula/base/text.hpp>

#include "pharmacy/events/codec.hpp"
#include "pharmacy/store/stock.hpp"

namespace ambula::pharmacy {
namespace {

constexpr std::size_t faults_max = 100;
constexpr std::size_t lines_max = 100'000;
constexpr std::size_t name_max = 200;
constexpr std::size_t short_max = 100;

/// The cells of one line by the names of the head; collects what is wrong with them.
class Line {
 public:
  Line(const std::map<std::string, std::size_t, std::less<>>& columns, const CsvRecord& record,
       ImportFaults& faults)
      : columns_(columns), record_(record), faults_(faults) {}

  std::optional<std::string> optional_text(std::string_view name, std::size_t max) {
    const auto column = columns_.find(name);
    if (column == columns_.end() || column->second >= record_.cells.size()) return std::nullopt;
    const auto text = trim(record_.cells[column->second]);
    if (text.empty()) return std::nullopt;
    if (code_points(text) > max || has_control(text, false))
      fault(name, "must be at most " + std::to_string(max) + " characters on one line");
    return std::string(text);
  }
  std::string text(std::string_view name, std::size_t max) {
    auto text = optional_text(name, max);
    if (!text) fault(name, "is missing");
    return std::move(text).value_or("");
  }
  int quantity(std::string_view name, int min, std::optional<int> otherwise = std::nullopt) {
    const auto text = optional_text(name, short_max);
    if (!text && otherwise) return *otherwise;
    const auto number = text ? parse_int(*text) : std::nullopt;
    if (number && *number >= min && *number <= domain::quantity_max)
      return static_cast<int>(*number);
    fault(name, "must be a whole number from " + std::to_string(min) + " to 1000000");
    return min;
  }
  Date date(std::string_view name, Date otherwise) {
    const auto text = optional_text(name, short_max);
    const auto date = text ? parse_date(*text) : std::nullopt;
    if (!date) fault(name, "must be a date, YYYY-MM-DD");
    return date.value_or(otherwise);
  }
  std::optional<domain::Money> money(std::string_view name, const std::string& currency) {
    auto amount = optional_text(name, short_max);
    if (!amount) return std::nullopt;
    if (!domain::is_amount(*amount)) {
      fault(name, "must be decimal text like 12.50");
      return std::nullopt;
    }
    return domain::Money{*std::move(amount), currency};
  }
  void fault(std::string_view name, const std::string& what) {
    if (faults_.size() < faults_max)
      faults_.push_back("Line " + std::to_string(record_.line) + ": " + std::string(name) + " " +
                        what);
  }
  std::size_t number() const { return record_.line; }

 private:
  const std::map<std::string, std::size_t, std::less<>>& columns_;
  const CsvRecord& record_;
  ImportFaults& faults_;
};

using Names = std::vector<std::string_view>;

/// Reads the head, then calls `read(Line&)` for each record behind it.
template <class Read>
void each_line(const std::vector<CsvRecord>& records, const Names& needed, const Names& optional,
               ImportFaults& faults, Read read) {
  if (records.empty()) return faults.push_back("The file is empty.");
  if (records.size() > lines_max + 1)
    return faults.push_back("The file has more than 100000 lines.");
  std::map<std::string, std::size_t, std::less<>> columns;
  for (const auto& cell : records.front().cells) {
    const auto name = to_lower_ascii(trim(cell));
    const bool known = std::find(needed.begin(), needed.end(), name) != needed.end() ||
                       std::find(optional.begin(), optional.end(), name) != optional.end();
    if (!known || !columns.emplace(name, columns.size()).second)
      return faults.push_back("Line 1: column " + std::to_string(columns.size() + 1) +
                              " is unknown or repeated");
  }
  for (const auto name : needed) {
    if (!columns.contains(name))
      faults.push_back("Line 1: column " + std::string(name) + " is missing");
  }
  if (!faults.empty()) return;
  for (std::size_t i = 1; i < records.size(); ++i) {
    Line line(columns, records[i], faults);
    if (records[i].cells.size() > columns.size()) line.fault("it", "has more cells than the head");
    read(line);
  }
}

/// What makes a medicine one, as the database compares it.
using Key = std::tuple<std::string, std::string, std::string>;

std::map<Key, Uuid> known_medicines(db::Transaction& tx, const ImportScene& scene) {
  std::map<Key, Uuid> known;
  for (const auto row : tx.exec(sql::known_medicines, scene.facility_id)) {
    known[{row.get<std::string>("name"), row.get<std::string>("strength"),
           row.get<std::string>("form")}] = row.get<Uuid>("id");
  }
  return known;
}

/// The database folds case, so that it is done in one way.
std::vector<Key> keys_of(db::Transaction& tx, const std::vector<domain::Medicine>& medicines) {
  std::vector<std::string> names;
  std::vector<std::string> strengths;
  std::vector<std::string> forms;
  for (const auto& medicine : medicines) {
    names.push_back(medicine.name);
    strengths.push_back(medicine.strength);
    forms.push_back(medicine.form);
  }
  std::vector<Key> keys;
  for (const auto row : tx.exec(sql::fold_medicines, names, strengths, forms)) {
    keys.emplace_back(row.get<std::string>("name"), row.get<std::string>("strength"),
                      row.get<std::string>("form"));
  }
  return keys;
}

void line_fault(ImportFaults& faults, std::size_t line, const std::string& what) {
  if (faults.size() < faults_max) faults.push_back("Line " + std::to_string(line) + ": " + what);
}

domain::Record record_of(const ImportScene& scene) {
  return {1, scene.now, scene.by, scene.now, scene.by};
}

outbox::Events events_of(const ImportScene& scene) {
  outbox::Cause cause;
  if (!scene.by.is_nil()) cause.actor_id = scene.by;
  return outbox::Events(cause);
}

void write(db::Transaction& tx, domain::Medicine medicine, const ImportScene& scene) {
  medicine.id = Uuid::make(scene.now);
  medicine.facility_id = scene.facility_id;
  medicine.record = record_of(scene);
  auto events = events_of(scene);
  events.add("MedicineAdded", events::encode_medicine(medicine));
  store::insert(tx, medicine, events);
}

void write(db::Transaction& tx, domain::Lot lot, const Uuid& medicine, const ImportScene& scene) {
  lot.id = Uuid::make(scene.now);
  lot.facility_id = scene.facility_id;
  lot.medicine_id = medicine;
  lot.record = record_of(scene);
  store::insert(tx, lot, domain::MovementKind::receipt,
                lot.supplier ? "Received from " + *lot.supplier : "Received", std::nullopt);
}

template <class Imported>
std::vector<domain::Medicine> medicines_of(const std::vector<Imported>& imported) {
  std::vector<domain::Medicine> medicines;
  for (const auto& one : imported)
    medicines.push_back(one.medicine);
  return medicines;
}

/// Which of these lots there are already, in the order of the file.
std::vector<std::size_t> received(db::Transaction& tx, const ImportScene& scene,
                                  const std::vector<Uuid>& medicines,
                                  const std::vector<ImportedLot>& lots) {
  std::vector<std::string> numbers;
  std::vector<std::string> days;
  for (const auto& one : lots) {
    numbers.push_back(one.lot.lot_number);
    days.push_back(format_date(one.lot.expires_on));
  }
  std::vector<std::size_t> found;
  for (const auto row : tx.exec(sql::lots_received, scene.facility_id, medicines, numbers, days))
    found.push_back(static_cast<std::size_t>(row.get<std::int64_t>("place")));
  return found;
}

/// All in one transaction, which a fault undoes.
template <class Write>
std::size_t write_all(db::Session& session, std::size_t count, ImportFaults& faults, Write write) {
  const auto done = session.transact([&](db::Transaction& tx) -> Result<std::size_t> {
    write(tx);
    if (!faults.empty()) return conflict("import-refused", "The file has faults.");
    return count;
  });
  if (!done && faults.empty()) faults.push_back(done.error().detail);
  return done ? *done : 0;
}

}  // namespace

std::vector<ImportedMedicine> read_medicines(const std::vector<CsvRecord>& records,
                                             const ImportScene& scene, ImportFaults& faults) {
  std::vector<ImportedMedicine> medicines;
  each_line(records, {"name", "strength", "form"}, {"unit", "price", "minimum_level"}, faults,
            [&](Line& line) {
              domain::Medicine medicine;
              medicine.name = line.text("name", name_max);
              medicine.strength = line.text("strength", short_max);
              medicine.form = line.text("form", short_max);
              medicine.unit = line.optional_text("unit", short_max);
              medicine.price = line.money("price", scene.currency);
              medicine.minimum_level = line.quantity("minimum_level", 0, 0);
              medicines.push_back({line.number(), std::move(medicine)});
            });
  return medicines;
}

std::vector<ImportedLot> read_lots(const std::vector<CsvRecord>& records, const ImportScene& scene,
                                   ImportFaults& faults) {
  std::vector<ImportedLot> lots;
  each_line(records, {"medicine", "strength", "form", "lot_number", "expires_on", "quantity"},
            {"unit_cost", "supplier"}, faults, [&](Line& line) {
              ImportedLot one{line.number(), {}, {}};
              one.medicine.name = line.text("medicine", name_max);
              one.medicine.strength = line.text("strength", short_max);
              one.medicine.form = line.text("form", short_max);
              one.lot.lot_number = line.text("lot_number", short_max);
              one.lot.expires_on = line.date("expires_on", scene.today);
              if (is_expired(one.lot, scene.today)) line.fault("expires_on", "has passed already");
              one.lot.on_hand = line.quantity("quantity", 1);
              one.lot.unit_cost = line.money("unit_cost", scene.currency);
              one.lot.supplier = line.optional_text("supplier", name_max);
              lots.push_back(std::move(one));
            });
  return lots;
}

std::size_t import_medicines(db::Session& session, std::string_view file, const ImportScene& scene,
                             ImportFaults& faults) {
  const auto records = parse_csv(file);
  if (!records) return faults.push_back(records.error().detail), 0;
  const auto medicines = read_medicines(*records, scene, faults);
  if (!faults.empty()) return 0;
  return write_all(session, medicines.size(), faults, [&](db::Transaction& tx) {
    auto known = known_medicines(tx, scene);
    const auto keys = keys_of(tx, medicines_of(medicines));
    for (std::size_t i = 0; i < medicines.size(); ++i) {
      if (!known.emplace(keys[i], Uuid{}).second)
        line_fault(faults, medicines[i].line, "there is this medicine already");
      if (faults.empty()) write(tx, medicines[i].medicine, scene);
    }
  });
}

std::size_t import_lots(db::Session& session, std::string_view file, const ImportScene& scene,
                        ImportFaults& faults) {
  const auto records = parse_csv(file);
  if (!records) return faults.push_back(records.error().detail), 0;
  const auto lots = read_lots(*records, scene, faults);
  if (!faults.empty()) return 0;
  return write_all(session, lots.size(), faults, [&](db::Transaction& tx) {
    const auto known = known_medicines(tx, scene);
    const auto keys = keys_of(tx, medicines_of(lots));
    std::vector<Uuid> medicines;
    for (std::size_t i = 0; i < lots.size(); ++i) {
      const auto medicine = known.find(keys[i]);
      medicines.push_back(medicine == known.end() ? Uuid{} : medicine->second);
      if (medicine == known.end()) line_fault(faults, lots[i].line, "there is no such medicine");
    }
    // A file that is read twice must not be the stock twice, nor a line that stands in it twice.
    std::set<std::tuple<Uuid, std::string_view, Date>> named;
    for (std::size_t i = 0; i < lots.size(); ++i) {
      const auto& lot = lots[i].lot;
      if (!medicines[i].is_nil() &&
          !named.emplace(medicines[i], lot.lot_number, lot.expires_on).second)
        line_fault(faults, lots[i].line, "this lot stands in the file before");
    }
    for (const auto i : received(tx, scene, medicines, lots))
      line_fault(faults, lots[i].line, "this lot was received already");
    for (std::size_t i = 0; i < lots.size() && faults.empty(); ++i)
      write(tx, lots[i].lot, medicines[i], scene);
  });
}

}  // namespace ambula::pharmacy

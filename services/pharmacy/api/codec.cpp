#include "codec.hpp"

#include <algorithm>

#include <ambula/json/json.hpp>

namespace ambula::pharmacy::api {
namespace {

constexpr json::Text reason_rule{.max = 1000, .multiline = true};
constexpr json::Text short_rule{.max = 100};
constexpr std::size_t lines_max = 200;

void refuse_server_fields(json::Object& body) {
  body.read_only(
      {"id", "facility_id", "version", "created_at", "created_by", "updated_at", "updated_by"});
}

void put_record(json::Value& value, const domain::Record& record) {
  value["version"] = record.version;
  value["created_at"] = json::of(record.created_at);
  value["created_by"] = record.created_by.str();
  value["updated_at"] = json::of(record.updated_at);
  value["updated_by"] = record.updated_by.str();
}

/// Parses, reads with `read(json::Object&)`, and refuses what nobody asked for.
template <class Read>
auto decode(std::string_view text, Read read)
    -> Result<decltype(read(std::declval<json::Object&>()))> {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  auto decoded = read(body);
  if (auto fault = body.finish()) return *fault;
  return decoded;
}

int quantity_of(json::Object& body, std::string_view name, int min = 1) {
  return static_cast<int>(body.integer(name, min, domain::quantity_max));
}

std::optional<domain::Money> money_of(json::Object& body, std::string_view name) {
  auto money = body.optional_object(name);
  if (!money) return std::nullopt;
  domain::Money value{money->text("amount", {.max = 12}),
                      money->text("currency", {.min = 3, .max = 3})};
  if (!domain::is_amount(value.amount))
    money->fault("amount", "format", "Must be decimal text like \"12.50\".");
  return value;
}

json::Value to_json(const std::optional<domain::Money>& money) {
  if (!money) return nullptr;
  return {{"amount", money->amount}, {"currency", money->currency}};
}

/// {name, strength, form}
template <class Named>
json::Value medicine_json(const Named& named) {
  return {{"name", named.name}, {"strength", named.strength}, {"form", named.form}};
}

json::Value to_json(const store::Value& worth, const std::string& currency) {
  json::Value value;
  value["on_hand"] = worth.on_hand;
  value["uncosted"] = worth.uncosted;
  value["cost"] = to_json(domain::Money{worth.cost, currency});
  value["usable_cost"] = to_json(domain::Money{worth.usable_cost, currency});
  if (worth.price) value["price"] = to_json(domain::Money{*worth.price, currency});
  return value;
}

/// The share of prescriptions handed over in full; nothing when there were none.
template <class Counted>
json::Value rate_json(const Counted& figures) {
  if (figures.issued == 0) return nullptr;
  const auto ten_thousandths = (figures.filled * 10'000 + figures.issued / 2) / figures.issued;
  return static_cast<double>(ten_thousandths) / 10'000;
}

json::Value to_json(const domain::Dispense& dispense) {
  json::Value value;
  value["id"] = dispense.id.str();
  value["facility_id"] = dispense.facility_id.str();
  value["prescription_id"] = dispense.prescription_id.str();
  value["status"] = "HANDED_OVER";
  value["lines"] = json::Value::array();
  for (const auto& handed : dispense.lines) {
    json::Value line = {{"item_id", handed.line.item_id.str()},
                        {"medicine_id", handed.line.medicine_id.str()},
                        {"lot_id", handed.line.lot_id.str()},
                        {"lot_number", handed.line.lot_number},
                        {"expires_on", json::of(handed.line.expires_on)},
                        {"quantity", handed.line.quantity},
                        {"returned", handed.returned}};
    if (handed.price) line["price"] = to_json(handed.price);
    value["lines"].push_back(std::move(line));
  }
  json::put(value, "note", dispense.note);
  value["handed_over_at"] = json::of(dispense.handed_over_at);
  value["handed_over_by"] = dispense.handed_over_by.str();
  put_record(value, {dispense.version, dispense.handed_over_at, dispense.handed_over_by,
                     dispense.updated_at, dispense.updated_by});
  return value;
}

json::Value allocation_json(const domain::Line& line) {
  return {{"lot_id", line.lot_id.str()},
          {"lot_number", line.lot_number},
          {"expires_on", json::of(line.expires_on)},
          {"quantity", line.quantity}};
}

json::Value item_json(const store::View& view, std::size_t index) {
  const auto& item = view.prescription.items[index];
  json::Value value;
  value["item_id"] = item.item_id.str();
  json::put(value, "medicine_id", item.medicine_id);
  value["medicine"]["name"] = item.name;
  json::put(value["medicine"], "strength", item.strength);
  json::put(value["medicine"], "form", item.form);
  value["dose"] = item.dose;
  json::put(value, "route", item.route);
  value["frequency"] = item.frequency;
  json::put(value, "duration_days", item.duration_days);
  value["quantity"] = item.quantity;
  json::put(value, "instructions", item.instructions);
  value["dispensed"] = item.dispensed;
  value["remaining"] = item.remaining();
  value["available"] = view.available[index];
  value["reserved"] = json::Value::array();
  for (const auto& line : view.prescription.reserved) {
    if (line.item_id == item.item_id) value["reserved"].push_back(allocation_json(line));
  }
  return value;
}

json::Value patient_json(const store::View& view) {
  json::Value value;
  value["display_name"] =
      view.patient_name ? json::Value(*view.patient_name) : json::Value(nullptr);
  json::put(value, "mrn", view.mrn);
  json::put(value, "birth_date", view.birth_date);
  value["allergies"] = json::Value::array();
  if (view.allergies) {
    if (auto parsed = json::parse(*view.allergies)) value["allergies"] = *std::move(parsed);
  }
  return value;
}

json::Value lines_json(const domain::Prescription& prescription, const domain::Plan& plan) {
  json::Value lines = json::Value::array();
  for (const auto& line : plan) {
    const auto item =
        std::find_if(prescription.items.begin(), prescription.items.end(),
                     [&](const domain::Item& known) { return known.item_id == line.want.item_id; });
    json::Value value;
    value["item_id"] = line.want.item_id.str();
    value["medicine_id"] = json::of(line.want.medicine_id);
    value["prescribed"] = item->quantity;
    value["remaining"] = item->remaining();
    value["available"] = line.available;
    value["shortage"] = line.shortage;
    if (!line.code.empty()) value["code"] = line.code;
    value["allocations"] = json::Value::array();
    for (const auto& allocation : line.allocations)
      value["allocations"].push_back(allocation_json(allocation));
    lines.push_back(std::move(value));
  }
  return lines;
}

}  // namespace

Result<std::vector<Mapping>> decode_validate(std::string_view text) {
  if (text.empty()) return std::vector<Mapping>{};
  return decode(text, [](json::Object& body) {
    std::vector<Mapping> mappings;
    if (!body.has("lines")) return mappings;
    for (auto& line : body.objects("lines", 0, lines_max)) {
      mappings.push_back({line.uuid("item_id"), line.uuid("medicine_id")});
    }
    return mappings;
  });
}

Result<DispenseInput> decode_dispense(std::string_view text) {
  if (text.empty()) return DispenseInput{};
  return decode(text, [](json::Object& body) {
    DispenseInput input;
    // Null is no list, and not "all that remains" either.
    if (body.is_present("lines")) {
      input.lines.emplace();
      for (auto& line : body.objects("lines", 1, lines_max)) {
        input.lines->push_back({line.uuid("item_id"), std::nullopt, quantity_of(line, "quantity"),
                                line.optional_uuid("lot_id")});
      }
    }
    input.note = body.optional_text("note", reason_rule);
    return input;
  });
}

Result<ReturnInput> decode_return(std::string_view text) {
  return decode(text, [](json::Object& body) {
    ReturnInput input;
    for (auto& line : body.objects("lines", 1, lines_max)) {
      input.lines.push_back({line.uuid("lot_id"), quantity_of(line, "quantity")});
    }
    input.reason = body.text("reason", reason_rule);
    return input;
  });
}

Result<std::string> decode_reason(std::string_view text) {
  return decode(text, [](json::Object& body) { return body.text("reason", reason_rule); });
}

Result<std::optional<std::string>> decode_optional_reason(std::string_view text) {
  if (text.empty()) return std::optional<std::string>{};
  return decode(text, [](json::Object& body) { return body.optional_text("reason", reason_rule); });
}

Result<void> decode_nothing(std::string_view text) {
  if (text.empty()) return {};
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  if (auto fault = body.finish()) return *fault;
  return {};
}

Result<domain::Medicine> decode_medicine(std::string_view text) {
  return decode(text, [](json::Object& body) {
    refuse_server_fields(body);
    body.read_only({"on_hand", "reserved", "available"});
    domain::Medicine medicine;
    medicine.name = body.text("name");
    medicine.strength = body.text("strength", short_rule);
    medicine.form = body.text("form", short_rule);
    medicine.unit = body.optional_text("unit", short_rule);
    medicine.price = money_of(body, "price");
    medicine.minimum_level = static_cast<int>(
        body.optional_integer("minimum_level", 0, domain::quantity_max).value_or(0));
    medicine.active = body.optional_boolean("active").value_or(true);
    return medicine;
  });
}

Result<std::vector<std::string>> patch_medicine(std::string_view text, domain::Medicine& medicine) {
  return decode(text, [&](json::Object& body) {
    refuse_server_fields(body);
    body.read_only({"active", "status_reason", "on_hand", "reserved", "available"});
    std::vector<std::string> changed;
    const auto present = [&](std::string_view name) {
      if (!body.is_present(name)) return false;
      changed.emplace_back(name);
      return true;
    };
    if (present("name")) medicine.name = body.text("name");
    if (present("strength")) medicine.strength = body.text("strength", short_rule);
    if (present("form")) medicine.form = body.text("form", short_rule);
    if (present("unit")) medicine.unit = body.optional_text("unit", short_rule);
    if (present("price")) medicine.price = money_of(body, "price");
    if (present("minimum_level")) medicine.minimum_level = quantity_of(body, "minimum_level", 0);
    return changed;
  });
}

Result<domain::Lot> decode_lot(std::string_view text) {
  return decode(text, [](json::Object& body) {
    refuse_server_fields(body);
    body.read_only({"medicine_id", "status", "on_hand", "reserved", "expired", "returned_from"});
    domain::Lot lot;
    lot.lot_number = body.text("lot_number", short_rule);
    lot.expires_on = body.date("expires_on");
    lot.on_hand = quantity_of(body, "quantity");
    lot.quantity = lot.on_hand;
    lot.unit_cost = money_of(body, "unit_cost");
    lot.supplier = body.optional_text("supplier");
    return lot;
  });
}

Result<AdjustInput> decode_adjust(std::string_view text) {
  return decode(text, [](json::Object& body) {
    AdjustInput input{
        static_cast<int>(body.integer("delta", -domain::quantity_max, domain::quantity_max)),
        body.text("reason", reason_rule)};
    if (input.delta == 0) body.fault("delta", "range", "Must not be zero.");
    return input;
  });
}

Result<CountInput> decode_count(std::string_view text) {
  return decode(text, [](json::Object& body) {
    return CountInput{quantity_of(body, "counted", 0), body.text("reason", reason_rule)};
  });
}

Result<RemovalInput> decode_removal(std::string_view text, bool quantity_needed) {
  return decode(text, [&](json::Object& body) {
    RemovalInput input;
    if (quantity_needed || body.has("quantity")) input.quantity = quantity_of(body, "quantity");
    input.reason = body.text("reason", reason_rule);
    input.witness = body.optional_text("witness");
    return input;
  });
}

std::string encode(const store::View& view) {
  const auto& p = view.prescription;
  json::Value value;
  value["id"] = p.id.str();
  value["facility_id"] = p.facility_id.str();
  value["number"] = p.number;
  value["status"] = to_string(p.status);
  value["fulfilment"] = to_string(p.fulfilment);
  json::put(value, "patient_id", p.patient_id);
  json::put(value, "visitor_id", p.visitor_id);
  value["patient"] = patient_json(view);
  value["doctor_id"] = p.doctor_id.str();
  value["doctor"]["display_name"] =
      view.doctor_name ? json::Value(*view.doctor_name) : json::Value(nullptr);
  value["consultation_id"] = p.consultation_id.str();
  value["issued_at"] = json::of(p.issued_at);
  value["expires_on"] = json::of(p.expires_on);
  json::put(value, "ready_at", p.ready_at);
  json::put(value, "reserved_until", p.reserved_until);
  json::put(value, "reason", p.reason);
  value["items"] = json::Value::array();
  for (std::size_t i = 0; i < p.items.size(); ++i)
    value["items"].push_back(item_json(view, i));
  value["dispenses"] = json::Value::array();
  for (const auto& dispense : view.dispenses)
    value["dispenses"].push_back(to_json(dispense));
  put_record(value, p.record);
  return json::dump(value);
}

std::string encode(const domain::Dispense& dispense) {
  return json::dump(to_json(dispense));
}

std::string encode(const store::StockedMedicine& stocked) {
  const auto& medicine = stocked.medicine;
  json::Value value;
  value["id"] = medicine.id.str();
  value["facility_id"] = medicine.facility_id.str();
  value["name"] = medicine.name;
  value["strength"] = medicine.strength;
  value["form"] = medicine.form;
  json::put(value, "unit", medicine.unit);
  if (medicine.price) value["price"] = to_json(medicine.price);
  value["minimum_level"] = medicine.minimum_level;
  value["active"] = medicine.active;
  json::put(value, "status_reason", medicine.status_reason);
  value["on_hand"] = stocked.stock.on_hand;
  value["reserved"] = stocked.stock.reserved;
  value["available"] = stocked.stock.available;
  put_record(value, medicine.record);
  return json::dump(value);
}

std::string encode(const domain::Lot& lot, Date today) {
  json::Value value;
  value["id"] = lot.id.str();
  value["facility_id"] = lot.facility_id.str();
  value["medicine_id"] = lot.medicine_id.str();
  value["lot_number"] = lot.lot_number;
  value["expires_on"] = json::of(lot.expires_on);
  value["status"] = to_string(lot.status);
  value["expired"] = is_expired(lot, today);
  value["on_hand"] = lot.on_hand;
  value["reserved"] = lot.reserved;
  json::put(value, "quantity", lot.quantity);
  if (lot.unit_cost) value["unit_cost"] = to_json(lot.unit_cost);
  json::put(value, "supplier", lot.supplier);
  json::put(value, "returned_from", lot.returned_from);
  put_record(value, lot.record);
  return json::dump(value);
}

std::string encode(const store::LedgerRow& row) {
  json::Value value;
  value["at"] = json::of(row.at);
  value["lot_id"] = row.lot_id.str();
  value["lot_number"] = row.lot_number;
  value["medicine_id"] = row.medicine_id.str();
  value["medicine"] = medicine_json(row);
  value["kind"] = row.kind;
  value["delta"] = row.delta;
  value["balance"] = row.balance;
  value["reason"] = row.reason;
  value["by"] = row.by.str();
  json::put(value, "ref", row.ref);
  return json::dump(value);
}

std::string encode(const store::Alert& alert) {
  json::Value value;
  value["kind"] = alert.kind;
  value["medicine_id"] = alert.medicine_id.str();
  value["medicine"] = medicine_json(alert);
  json::put(value, "lot_id", alert.lot_id);
  json::put(value, "lot_number", alert.lot_number);
  json::put(value, "lot_status", alert.lot_status);
  json::put(value, "expires_on", alert.expires_on);
  json::put(value, "within_days", alert.within_days);
  value["on_hand"] = alert.on_hand;
  value["available"] = alert.available;
  value["minimum_level"] = alert.minimum_level;
  value["since"] = json::of(alert.since);
  return json::dump(value);
}

std::string encode(const store::StockRow& row) {
  json::Value value;
  value["medicine_id"] = row.medicine.id.str();
  value["medicine"] = medicine_json(row.medicine);
  json::put(value, "unit", row.medicine.unit);
  value["active"] = row.medicine.active;
  value["minimum_level"] = row.medicine.minimum_level;
  value["level"] = to_string(level_of(row.medicine, row.stock.available));
  value["on_hand"] = row.stock.on_hand;
  value["reserved"] = row.stock.reserved;
  value["available"] = row.stock.available;
  value["quarantined"] = row.quarantined;
  value["recalled"] = row.recalled;
  value["expired"] = row.expired;
  value["lots"] = row.lots;
  json::put(value, "next_expires_on", row.next_expires_on);
  return json::dump(value);
}

std::string encode(const store::ValueRow& row, const std::string& currency) {
  json::Value value;
  value["medicine_id"] = row.medicine_id.str();
  value["medicine"] = medicine_json(row);
  value.update(to_json(row.value, currency));
  return json::dump(value);
}

std::string with_total(std::string page, const store::Value& total, const std::string& currency) {
  page.pop_back();
  return page + R"(,"total":)" + json::dump(to_json(total, currency)) + "}";
}

std::string encode(const Figures& figures) {
  json::Value value;
  value["from"] = json::of(figures.span.from);
  value["to"] = json::of(figures.span.to);
  value["zone"] = figures.span.zone;
  value["now"] = {{"pending", figures.now.pending},   {"ready", figures.now.ready},
                  {"low", figures.now.low},           {"out", figures.now.out},
                  {"expiring", figures.now.expiring}, {"expired", figures.now.expired}};
  value["days"] = json::Value::array();
  for (const auto& day : figures.days) {
    value["days"].push_back({{"date", json::of(day.day)},
                             {"issued", day.issued},
                             {"filled", day.filled},
                             {"rate", rate_json(day)},
                             {"dispenses", day.dispenses},
                             {"prescriptions", day.prescriptions},
                             {"units", day.units}});
  }
  value["top_prescribers"] = json::Value::array();
  for (const auto& doctor : figures.prescribers) {
    value["top_prescribers"].push_back({{"doctor_id", doctor.doctor_id.str()},
                                        {"display_name", json::of(doctor.display_name)},
                                        {"issued", doctor.issued},
                                        {"filled", doctor.filled},
                                        {"rate", rate_json(doctor)},
                                        {"units", doctor.units}});
  }
  return json::dump(value);
}

std::string encode_validation(const domain::Prescription& prescription, const domain::Plan& plan) {
  json::Value value;
  value["ok"] = !has_shortage(plan);
  value["lines"] = lines_json(prescription, plan);
  return json::dump(value);
}

std::string encode_lines(const domain::Prescription& prescription, const domain::Plan& plan) {
  return json::dump(lines_json(prescription, plan));
}

}  // namespace ambula::pharmacy::api

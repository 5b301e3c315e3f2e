#include "codec.hpp"

#include <ambula/json/json.hpp>

namespace ambula::pharmacy::events {
namespace {

constexpr json::Text any_text{.max = 4000, .multiline = true};

/// Events of neighbours may have members that we do not know: they are not read.
template <class Read>
auto decode(std::string_view data, Read read)
    -> Result<decltype(read(std::declval<json::Object&>()))> {
  const auto value = json::parse(data);
  if (!value) return value.error();
  json::Object object(*value);
  auto fact = read(object);
  if (auto fault = object.finish_known()) return *fault;
  return fact;
}

json::Value to_json(const std::vector<domain::Line>& lines) {
  json::Value array = json::Value::array();
  for (const auto& line : lines) {
    array.push_back({{"item_id", line.item_id.str()},
                     {"medicine_id", line.medicine_id.str()},
                     {"lot_id", line.lot_id.str()},
                     {"lot_number", line.lot_number},
                     {"quantity", line.quantity}});
  }
  return array;
}

json::Value state_json(const domain::Prescription& state, const std::optional<Uuid>& dispense,
                       const std::vector<domain::Line>& lines) {
  json::Value value;
  value["prescription_id"] = state.id.str();
  value["facility_id"] = state.facility_id.str();
  json::put(value, "dispense_id", dispense);
  value["fulfilment"] = to_string(state.fulfilment);
  value["lines"] = to_json(lines);
  value["remaining"] = json::Value::array();
  for (const auto& item : state.items) {
    value["remaining"].push_back(
        {{"item_id", item.item_id.str()}, {"remaining", item.remaining()}});
  }
  return value;
}

/// What the events of ambula.stock.v1 begin with.
json::Value stock_json(const domain::Medicine& medicine) {
  json::Value value;
  value["medicine_id"] = medicine.id.str();
  value["facility_id"] = medicine.facility_id.str();
  value["medicine"] = {
      {"name", medicine.name}, {"strength", medicine.strength}, {"form", medicine.form}};
  return value;
}

domain::Item item_of(json::Object& object) {
  domain::Item item;
  item.item_id = object.uuid("item_id");
  item.medicine_id = object.optional_uuid("medicine_id");
  item.free_text = !item.medicine_id;
  auto medicine = object.object("medicine");
  item.name = medicine.text("name", any_text);
  item.strength = medicine.optional_text("strength", any_text);
  item.form = medicine.optional_text("form", any_text);
  item.dose = object.text("dose", any_text);
  item.route = object.optional_text("route", any_text);
  item.frequency = object.text("frequency", any_text);
  if (const auto days = object.optional_integer("duration_days", 1, 1'000'000)) {
    item.duration_days = static_cast<int>(*days);
  }
  item.quantity = static_cast<int>(object.integer("quantity", 1, domain::quantity_max));
  item.instructions = object.optional_text("instructions", any_text);
  return item;
}

std::string allergies_of(json::Object& object) {
  json::Value array = json::Value::array();
  for (auto& allergy : object.objects("allergies", 0, 1000)) {
    json::Value one;
    one["substance"] = allergy.text("substance", any_text);
    json::put(one, "code", allergy.optional_text("code", any_text));
    json::put(one, "system", allergy.optional_text("system", any_text));
    json::put(one, "severity", allergy.optional_text("severity", any_text));
    json::put(one, "noted_on", allergy.optional_date("noted_on"));
    array.push_back(std::move(one));
  }
  return json::dump(array);
}

}  // namespace

std::string encode_dispense(const domain::Prescription& state, const domain::Event& event,
                            std::optional<Uuid> by) {
  auto value = state_json(state, event.dispense_id, event.lines);
  json::put(value, "by", by);
  json::put(value, "reason", event.reason);
  return json::dump(value);
}

std::string encode_returned(const domain::Prescription& state, const Uuid& dispense,
                            const std::vector<domain::Line>& lines, const Uuid& by,
                            std::string_view reason) {
  auto value = state_json(state, dispense, lines);
  value["by"] = by.str();
  value["reason"] = reason;
  return json::dump(value);
}

std::string encode_medicine(const domain::Medicine& medicine) {
  json::Value value;
  value["medicine_id"] = medicine.id.str();
  value["facility_id"] = medicine.facility_id.str();
  value["name"] = medicine.name;
  value["strength"] = medicine.strength;
  value["form"] = medicine.form;
  value["active"] = medicine.active;
  return json::dump(value);
}

std::string encode_stock(const domain::Medicine& medicine, const domain::StockLevel& stock) {
  auto value = stock_json(medicine);
  value["on_hand"] = stock.on_hand;
  value["reserved"] = stock.reserved;
  value["available"] = stock.available;
  value["minimum_level"] = medicine.minimum_level;
  return json::dump(value);
}

std::string encode_lot(const domain::Medicine& medicine, const domain::Lot& lot,
                       std::optional<int> within_days) {
  auto value = stock_json(medicine);
  value["lot_id"] = lot.id.str();
  value["lot_number"] = lot.lot_number;
  value["expires_on"] = json::of(lot.expires_on);
  value["on_hand"] = lot.on_hand;
  json::put(value, "within_days", within_days);
  return json::dump(value);
}

Result<FacilityFact> decode_facility(std::string_view data) {
  return decode(data, [](json::Object& object) {
    auto settings = object.object("settings");
    return FacilityFact{
        .id = object.uuid("facility_id"),
        .code = object.text("code"),
        .name = object.text("name", any_text),
        .zone = object.text("zone"),
        .currency = object.text("currency"),
        .address = object.optional_text("address", any_text),
        .phone = object.optional_text("phone", any_text),
        .reservation_h = static_cast<int>(settings.integer("reservation_h", 1, 100'000))};
  });
}

Result<PatientFact> decode_patient(std::string_view data) {
  return decode(data, [](json::Object& object) {
    PatientFact fact;
    fact.id = object.uuid("patient_id");
    fact.mrn = object.text("mrn");
    fact.display_name = object.text("given_name", {.max = 1000});
    if (const auto family = object.optional_text("family_name", {.max = 1000}))
      fact.display_name += " " + *family;
    fact.birth_date = object.date("birth_date");
    fact.allergies = allergies_of(object);
    return fact;
  });
}

Result<VisitorFact> decode_visitor(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return VisitorFact{.id = object.uuid("visitor_id"),
                       .name = object.text("name", {.max = 1000}),
                       .patient_id = object.optional_uuid("patient_id")};
  });
}

Result<DoctorFact> decode_doctor(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return DoctorFact{.id = object.uuid("doctor_id"),
                      .display_name = object.text("display_name", {.max = 1000})};
  });
}

Result<domain::Prescription> decode_prescription(std::string_view data) {
  return decode(data, [](json::Object& object) {
    domain::Prescription state;
    state.id = object.uuid("prescription_id");
    state.number = object.text("number");
    const auto status = domain::parse_status(object.text("status"));
    if (!status) object.fault("status", "choice", "Must be a status of prescriptions.");
    state.status = status.value_or(domain::Status::issued);
    state.patient_id = object.optional_uuid("patient_id");
    state.visitor_id = object.optional_uuid("visitor_id");
    state.doctor_id = object.uuid("doctor_id");
    state.consultation_id = object.uuid("consultation_id");
    state.issued_at = object.instant("issued_at");
    state.expires_on = object.date("expires_on");
    for (auto& item : object.objects("items", 1, 1000))
      state.items.push_back(item_of(item));
    return state;
  });
}

}  // namespace ambula::pharmacy::events

#include "codec.hpp"

#include <ambula/json/json.hpp>
#include <ambula/testing/schemas.hpp>
#include <gtest/gtest.h>

// Our codecs and the published examples are the same, byte for byte [INT-3].
namespace ambula::pharmacy::events::codec_test {

std::string example(std::string_view type) {
  return testing::event_example(type);
}

Uuid id(const json::Value& value, const char* name) {
  return *Uuid::parse(value.at(name).get<std::string>());
}

domain::Prescription state_of(const json::Value& value) {
  domain::Prescription p;
  p.id = id(value, "prescription_id");
  p.facility_id = id(value, "facility_id");
  p.fulfilment = *domain::parse_fulfilment(value.at("fulfilment").get<std::string>());
  for (const auto& line : value.at("remaining")) {
    domain::Item item;
    item.item_id = id(line, "item_id");
    item.quantity = line.at("remaining").get<int>();
    p.items.push_back(item);
  }
  return p;
}

std::vector<domain::Line> lines_of(const json::Value& value) {
  std::vector<domain::Line> lines;
  for (const auto& line : value.at("lines")) {
    lines.push_back({id(line, "item_id"), id(line, "medicine_id"), id(line, "lot_id"),
                     line.at("lot_number").get<std::string>(), Date{},
                     line.at("quantity").get<int>()});
  }
  return lines;
}

TEST(EventCodec, DispenseEventsAreTheirExamples) {
  for (int kind = 0; kind <= static_cast<int>(domain::EventKind::closed_short); ++kind) {
    const auto type = to_string(static_cast<domain::EventKind>(kind));
    const auto published = example(type);
    const auto value = json::parse(published);
    ASSERT_TRUE(value) << type;
    domain::Event event{.kind = static_cast<domain::EventKind>(kind), .lines = lines_of(*value)};
    if (value->contains("reason")) event.reason = value->at("reason").get<std::string>();
    if (value->contains("dispense_id")) event.dispense_id = id(*value, "dispense_id");
    std::optional<Uuid> by;
    if (value->contains("by")) by = id(*value, "by");
    EXPECT_EQ(encode_dispense(state_of(*value), event, by), published) << type;
  }
  const auto published = example("DispenseReturned");
  const auto value = json::parse(published);
  EXPECT_EQ(encode_returned(state_of(*value), id(*value, "dispense_id"), lines_of(*value),
                            id(*value, "by"), value->at("reason").get<std::string>()),
            published);
}

TEST(EventCodec, MedicineAndStockEventsAreTheirExamples) {
  for (const auto* type :
       {"MedicineAdded", "MedicineUpdated", "MedicineDeactivated", "MedicineReactivated"}) {
    const auto published = example(type);
    const auto value = json::parse(published);
    domain::Medicine m;
    m.id = id(*value, "medicine_id");
    m.facility_id = id(*value, "facility_id");
    m.name = value->at("name").get<std::string>();
    m.strength = value->at("strength").get<std::string>();
    m.form = value->at("form").get<std::string>();
    m.active = value->at("active").get<bool>();
    EXPECT_EQ(encode_medicine(m), published) << type;
  }
}

domain::Medicine medicine_of(const json::Value& value) {
  domain::Medicine m;
  m.id = id(value, "medicine_id");
  m.facility_id = id(value, "facility_id");
  m.name = value.at("medicine").at("name").get<std::string>();
  m.strength = value.at("medicine").at("strength").get<std::string>();
  m.form = value.at("medicine").at("form").get<std::string>();
  return m;
}

TEST(EventCodec, StockEventsAreTheirExamples) {  // INV-3
  for (const auto* type : {"StockLow", "StockOut", "StockReplenished"}) {
    const auto published = example(type);
    const auto value = json::parse(published);
    auto m = medicine_of(*value);
    m.minimum_level = value->at("minimum_level").get<int>();
    EXPECT_EQ(encode_stock(m, {value->at("on_hand").get<int>(), value->at("reserved").get<int>(),
                               value->at("available").get<int>()}),
              published)
        << type;
  }
  for (const auto* type : {"LotExpiring", "LotExpired", "LotRecalled"}) {
    const auto published = example(type);
    const auto value = json::parse(published);
    domain::Lot lot;
    lot.id = id(*value, "lot_id");
    lot.lot_number = value->at("lot_number").get<std::string>();
    lot.expires_on = *parse_date(value->at("expires_on").get<std::string>());
    lot.on_hand = value->at("on_hand").get<int>();
    std::optional<int> within;
    if (value->contains("within_days")) within = value->at("within_days").get<int>();
    EXPECT_EQ(encode_lot(medicine_of(*value), lot, within), published) << type;
  }
}

TEST(EventCodec, FactsOfNeighboursAreRead) {
  const auto facility = decode_facility(example("FacilityRegistered"));
  ASSERT_TRUE(facility);
  EXPECT_EQ(facility->zone, "Asia/Kolkata");
  EXPECT_EQ(facility->currency, "INR");
  EXPECT_EQ(facility->reservation_h, 24);
  const auto patient = decode_patient(example("PatientAllergiesChanged"));
  ASSERT_TRUE(patient);
  EXPECT_EQ(patient->display_name, "Asha Exámple");
  EXPECT_NE(patient->allergies.find("Penicillin"), std::string::npos);
  EXPECT_TRUE(decode_visitor(example("VisitorIdentified"))->patient_id);
  EXPECT_EQ(decode_doctor(example("DoctorRegistered"))->display_name, "Dr. Nila Sample");
  const auto prescription = decode_prescription(example("PrescriptionIssued"));
  ASSERT_TRUE(prescription);
  ASSERT_EQ(prescription->items.size(), 2U);
  EXPECT_EQ(prescription->items[0].quantity, 21);
  EXPECT_FALSE(prescription->items[0].free_text);
  EXPECT_TRUE(prescription->items[1].free_text);
  EXPECT_EQ(decode_prescription(example("PrescriptionExpired"))->status, domain::Status::expired);
}

TEST(EventCodec, GarbageIsAnErrorAndNewMembersAreNot) {
  EXPECT_FALSE(decode_prescription("{}"));
  EXPECT_FALSE(decode_patient("nonsense"));
  auto grown = example("PrescriptionIssued");
  grown.insert(1, R"("a_member_of_the_future":{"x":[1,2]},)");
  EXPECT_TRUE(decode_prescription(grown));
}

}  // namespace ambula::pharmacy::events::codec_test

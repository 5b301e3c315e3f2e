#include "codec.hpp"

#include <ambula/json/json.hpp>
#include <ambula/testing/schemas.hpp>
#include <gtest/gtest.h>

// Our codecs and the published examples are the same, byte for byte [INT-3].
namespace ambula::consultation::events::codec_test {

std::string example(std::string_view type) {
  return testing::event_example(type);
}

std::optional<std::string> text(const json::Value& value, const char* name) {
  if (!value.contains(name)) return std::nullopt;
  return value.at(name).get<std::string>();
}
std::optional<Uuid> id(const json::Value& value, const char* name) {
  const auto found = text(value, name);
  return found ? Uuid::parse(*found) : std::nullopt;
}
std::optional<Instant> instant(const json::Value& value, const char* name) {
  const auto found = text(value, name);
  return found ? parse_instant(*found) : std::nullopt;
}

TEST(EventCodec, ConsultationEventsAreTheirExamples) {
  for (const auto type : {"ConsultationStarted", "ConsultationTakenOver", "ConsultationCompleted",
                          "ConsultationCancelled", "ConsultationAmended"}) {
    const auto published = example(type);
    const auto value = json::parse(published);
    ASSERT_TRUE(value) << type;
    domain::Consultation c;
    c.id = *id(*value, "consultation_id");
    c.facility_id = *id(*value, "facility_id");
    c.patient_id = id(*value, "patient_id");
    c.visitor_id = id(*value, "visitor_id");
    c.doctor_id = *id(*value, "doctor_id");
    c.appointment_id = id(*value, "appointment_id");
    c.queue_entry_id = id(*value, "queue_entry_id");
    c.status = *domain::parse_status(*text(*value, "status"));
    c.started_at = *instant(*value, "started_at");
    c.completed_at = instant(*value, "completed_at");
    for (const auto& one : value->at("prescription_ids"))
      c.issued.push_back(*Uuid::parse(one.get<std::string>()));
    EXPECT_EQ(encode_consultation(c), published) << type;
  }
}

domain::Item item_of(const json::Value& value) {
  domain::Item item;
  item.id = *id(value, "item_id");
  item.medicine_id = id(value, "medicine_id");
  const auto& medicine = value.at("medicine");
  item.medicine = {*text(medicine, "name"), text(medicine, "strength"), text(medicine, "form")};
  item.dose = *text(value, "dose");
  item.route = text(value, "route");
  item.frequency = *text(value, "frequency");
  if (value.contains("duration_days")) item.duration_days = value.at("duration_days").get<int>();
  item.quantity = value.at("quantity").get<int>();
  item.instructions = text(value, "instructions");
  return item;
}

TEST(EventCodec, PrescriptionEventsAreTheirExamples) {
  using domain::RxEventKind;
  for (int kind = static_cast<int>(RxEventKind::issued);
       kind <= static_cast<int>(RxEventKind::expired); ++kind) {
    const auto type = to_string(static_cast<RxEventKind>(kind));
    const auto published = example(type);
    const auto value = json::parse(published);
    ASSERT_TRUE(value) << type;
    domain::Prescription p;
    p.id = *id(*value, "prescription_id");
    p.facility_id = *id(*value, "facility_id");
    p.number = *text(*value, "number");
    p.status = *domain::parse_rx_status(*text(*value, "status"));
    p.patient_id = id(*value, "patient_id");
    p.visitor_id = id(*value, "visitor_id");
    p.doctor_id = *id(*value, "doctor_id");
    p.consultation_id = *id(*value, "consultation_id");
    p.issued_at = instant(*value, "issued_at");
    p.expires_on = parse_date(*text(*value, "expires_on"));
    p.replaces = id(*value, "replaces");
    for (const auto& item : value->at("items"))
      p.items.push_back(item_of(item));
    EXPECT_EQ(encode_prescription(p), published) << type;
  }
}

TEST(EventCodec, FactsOfNeighboursAreRead) {
  const auto facility = decode_facility(example("FacilityUpdated"));
  ASSERT_TRUE(facility);
  EXPECT_EQ(facility->rules.zone, "Asia/Kolkata");
  EXPECT_EQ(facility->rules.prescription_days, 90);
  EXPECT_EQ(facility->address, "1 Example Road, Sampletown");
  EXPECT_EQ(decode_patient(example("PatientRegistered"))->mrn, "AMB-00000015");
  EXPECT_EQ(decode_patient(example("PatientUpdated"))->display_name, "Asha Exámple");
  EXPECT_FALSE(decode_visitor(example("VisitorRecorded"))->patient_id);
  EXPECT_TRUE(decode_visitor(example("VisitorIdentified"))->patient_id);
  EXPECT_EQ(decode_doctor(example("DoctorRegistered"))->display_name, "Dr. Nila Sample");
  EXPECT_TRUE(decode_medicine(example("MedicineAdded"))->active);
  EXPECT_EQ(decode_appointment(example("AppointmentBooked"))->status, "BOOKED");
  const auto entry = decode_queue_entry(example("QueueEntryCreated"));
  ASSERT_TRUE(entry);
  EXPECT_FALSE(entry->patient_id);
  EXPECT_TRUE(entry->visitor_id);
  EXPECT_EQ(entry->status, "WAITING");
}

TEST(EventCodec, DispenseFactsAreRead) {
  using Kind = domain::Dispensing::Kind;
  using domain::Fulfilment;
  const std::tuple<std::string_view, Kind, Fulfilment> expected[] = {
      {"PrescriptionReserved", Kind::other, Fulfilment::reserved},
      {"PrescriptionReservationReleased", Kind::other, Fulfilment::none},
      {"PrescriptionReady", Kind::other, Fulfilment::reserved},
      {"PrescriptionPartlyDispensed", Kind::handed_over, Fulfilment::partial},
      {"PrescriptionDispensed", Kind::handed_over, Fulfilment::full},
      {"PrescriptionDeclined", Kind::other, Fulfilment::declined},
      {"PrescriptionDeclineUndone", Kind::other, Fulfilment::none},
      {"PrescriptionQuestioned", Kind::questioned, Fulfilment::none},
      {"PrescriptionQuestionAnswered", Kind::question_answered, Fulfilment::none},
      {"PrescriptionClosedShort", Kind::closed_short, Fulfilment::short_},
      {"DispenseReturned", Kind::other, Fulfilment::partial}};
  for (const auto& [type, kind, fulfilment] : expected) {
    const auto fact = decode_dispense(type, example(type));
    ASSERT_TRUE(fact) << type;
    EXPECT_EQ(fact->dispensing.kind, kind) << type;
    EXPECT_EQ(fact->dispensing.fulfilment, fulfilment) << type;
  }
}

TEST(EventCodec, GarbageIsAnErrorAndNewMembersAreNot) {
  EXPECT_FALSE(decode_patient("{}"));
  EXPECT_FALSE(decode_dispense("PrescriptionDispensed", "nonsense"));
  auto grown = example("VisitorRecorded");
  grown.insert(1, R"("a_member_of_the_future":{"x":[1,2]},)");
  EXPECT_TRUE(decode_visitor(grown));
}

}  // namespace ambula::consultation::events::codec_test

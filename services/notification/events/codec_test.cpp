#include "codec.hpp"

#include <ambula/json/json.hpp>
#include <ambula/testing/schemas.hpp>
#include <gtest/gtest.h>

// Our codecs and the published examples are the same, byte for byte [INT-3].
namespace ambula::notification::events::codec_test {

std::string example(std::string_view type) {
  return testing::event_example(type);
}

TEST(EventCodec, WhatIsToldOfAMessageIsItsExample) {
  const auto published = example("MessageSent");
  const auto value = json::parse(published);
  ASSERT_TRUE(value);
  const auto id = [&](const char* name) {
    return *Uuid::parse(value->at(name).get<std::string>());
  };
  domain::Message message;
  message.id = id("message_id");
  message.facility_id = id("facility_id");
  message.patient_id = id("patient_id");
  message.event_id = id("event_id");
  message.template_name = *domain::parse_template(value->at("template").get<std::string>());
  EXPECT_EQ(encode_message(message), published);
  message.reason = "recipient-refused";
  EXPECT_NE(encode_message(message).find(R"("resend_no":0,"reason":"recipient-refused"})"),
            std::string::npos);
  message.facility_id = {};
  EXPECT_EQ(encode_message(message).find("facility_id"), std::string::npos);
}

TEST(EventCodec, FactsOfNeighboursAreRead) {
  EXPECT_EQ(decode_facility(example("FacilityUpdated"))->zone, "Asia/Kolkata");
  EXPECT_EQ(decode_facility(example("FacilityUpdated"))->locale, "en-IN");
  EXPECT_EQ(decode_doctor(example("DoctorRegistered"))->name, "Dr. Nila Sample");
  EXPECT_EQ(decode_department(example("DepartmentRegistered"))->name, "General Medicine");
  EXPECT_FALSE(decode_patient("{}"));
}

TEST(EventCodec, SettingsOfAFacilityAreRead) {
  const auto facility = decode_facility(example("FacilityUpdated"));
  ASSERT_TRUE(facility);
  EXPECT_EQ(facility->reminders_min, std::vector{1440});
  EXPECT_EQ(facility->stock_digest_to, std::vector<std::string>{"stock@clinic.example"});
  EXPECT_EQ(facility->phone, "+910000000000");
}

TEST(EventCodec, AccountMailIsRead) {
  const auto fact = decode_account_mail(example("AccountMailRequested"));
  ASSERT_TRUE(fact);
  EXPECT_EQ(fact->template_name, domain::Template::account_verify);
  EXPECT_EQ(fact->mail.address, "asha@mail.example");
  EXPECT_EQ(fact->mail.token, "example-single-use-token");
  EXPECT_EQ(fact->mail.language, "en-IN");
  EXPECT_FALSE(fact->facility_id.is_nil());
}

TEST(EventCodec, StockIsRead) {
  for (const auto* type : {"StockLow", "StockOut", "StockReplenished"}) {
    const auto level = decode_stock_level(example(type));
    ASSERT_TRUE(level) << type;
    EXPECT_EQ(level->medicine, "Examplicillin 500 mg capsule");
    EXPECT_EQ(level->minimum_level, 50);
  }
  for (const auto* type : {"LotExpiring", "LotExpired", "LotRecalled"}) {
    const auto lot = decode_stock_lot(example(type));
    ASSERT_TRUE(lot) << type;
    EXPECT_EQ(lot->lot_number, "L-2026-07");
    EXPECT_EQ(lot->on_hand, 45);
  }
  EXPECT_EQ(decode_stock_lot(example("LotExpiring"))->within_days, 30);
}

TEST(EventCodec, PatientsAreRead) {
  EXPECT_FALSE(decode_patient(example("PatientRegistered"))->email);
  const auto patient = decode_patient(example("PatientPreferencesChanged"));
  ASSERT_TRUE(patient);
  EXPECT_EQ(patient->given_name, "Asha");
  EXPECT_EQ(patient->email, "asha@mail.example");
  EXPECT_EQ(patient->language, "hi");
  EXPECT_FALSE(patient->email_allowed);
  EXPECT_EQ(patient->opt_out, std::vector<std::string>{"appointment-reminder"});
}

TEST(EventCodec, AppointmentsAndPrescriptionsAreRead) {
  for (const auto* type :
       {"AppointmentBooked", "AppointmentRescheduled", "AppointmentCancelled",
        "AppointmentReinstated", "AppointmentCheckedIn", "AppointmentCompleted"}) {
    EXPECT_TRUE(decode_appointment(example(type))) << type;
  }
  EXPECT_EQ(decode_appointment(example("AppointmentRescheduled"))->starts_at,
            parse_instant("2026-12-02T05:00:00Z"));
  const auto prescription = decode_prescription(example("PrescriptionIssued"));
  ASSERT_TRUE(prescription);
  EXPECT_EQ(prescription->number, "AMB-RX-0000042");
  EXPECT_TRUE(prescription->patient_id);
  for (const auto* type :
       {"PrescriptionOnHold", "PrescriptionResumed", "PrescriptionCompleted",
        "PrescriptionCancelled", "PrescriptionCancellationRefused", "PrescriptionExpired"}) {
    EXPECT_TRUE(decode_prescription(example(type))) << type;
  }
  for (const auto* type :
       {"PrescriptionReady", "PrescriptionPartlyDispensed", "PrescriptionDispensed",
        "PrescriptionReservationReleased", "PrescriptionDeclined", "DispenseReturned"}) {
    EXPECT_EQ(decode_dispense(example(type)).value(), prescription->id) << type;
  }
}

}  // namespace ambula::notification::events::codec_test

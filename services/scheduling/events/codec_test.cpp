#include "codec.hpp"

#include <ambula/json/json.hpp>
#include <ambula/testing/schemas.hpp>
#include <gtest/gtest.h>

// Our codecs and the published examples are the same, byte for byte [INT-3].
namespace ambula::scheduling::events::codec_test {

std::string example(std::string_view type) {
  return testing::event_example(type);
}

Uuid id(const json::Value& value, const char* name) {
  return *Uuid::parse(value.at(name).get<std::string>());
}

std::optional<std::string> text(const json::Value& value, const char* name) {
  if (!value.contains(name)) return std::nullopt;
  return value.at(name).get<std::string>();
}

Instant instant(const json::Value& value, const char* name) {
  return *parse_instant(value.at(name).get<std::string>());
}

domain::Appointment appointment_of(const json::Value& value) {
  domain::Appointment a;
  a.id = id(value, "appointment_id");
  a.facility_id = id(value, "facility_id");
  a.patient_id = id(value, "patient_id");
  a.doctor_id = id(value, "doctor_id");
  a.department_id = id(value, "department_id");
  a.time = {instant(value, "starts_at"), instant(value, "ends_at")};
  a.status = *domain::parse_status(value.at("status").get<std::string>());
  if (const auto level = text(value, "triage_level"))
    a.triage_level = domain::parse_triage_level(*level);
  a.status_reason = text(value, "reason");
  a.move_count = value.at("move_count").get<int>();
  return a;
}

TEST(EventCodec, AppointmentEventsAreTheirExamples) {
  for (int kind = 0; kind <= static_cast<int>(domain::EventKind::reinstated); ++kind) {
    const auto type = to_string(static_cast<domain::EventKind>(kind));
    const auto published = example(type);
    const auto value = json::parse(published);
    ASSERT_TRUE(value) << type;
    const auto appointment = appointment_of(*value);
    domain::Appointment before;
    const bool moved = value->contains("previous");
    if (moved) {
      const auto& previous = value->at("previous");
      before.time = {instant(previous, "starts_at"), instant(previous, "ends_at")};
      before.doctor_id = id(previous, "doctor_id");
    }
    EXPECT_EQ(encode_appointment(appointment, moved ? &before : nullptr), published) << type;
  }
}

TEST(EventCodec, UnitEventsAreTheirExamples) {
  for (const std::string stem : {"Department", "Specialty"}) {
    const std::string id_field = stem == "Department" ? "department_id" : "specialty_id";
    for (const std::string what : {"Registered", "Updated", "Deactivated", "Reactivated"}) {
      const auto published = example(stem + what);
      const auto value = json::parse(published);
      ASSERT_TRUE(value);
      const domain::Unit unit{.id = id(*value, id_field.c_str()),
                              .facility_id = id(*value, "facility_id"),
                              .code = *text(*value, "code"),
                              .name = *text(*value, "name"),
                              .active = value->at("active").get<bool>(),
                              .record = {}};
      EXPECT_EQ(encode_unit(unit, id_field), published) << stem << what;
    }
  }
}

TEST(EventCodec, FactsOfNeighboursAreRead) {
  const auto facility = decode_facility(example("FacilityRegistered"));
  ASSERT_TRUE(facility);
  EXPECT_EQ(facility->rules.zone, "Asia/Kolkata");
  EXPECT_EQ(facility->rules.day_cap, 12);
  const auto patient = decode_patient(example("PatientRegistered"));
  ASSERT_TRUE(patient);
  EXPECT_TRUE(patient->active);
  EXPECT_FALSE(decode_patient(example("PatientDeactivated"))->active);
  const auto account = decode_account(example("AccountCreated"));
  ASSERT_TRUE(account);
  ASSERT_EQ(account->memberships.size(), 1U);
  EXPECT_TRUE(account->memberships[0].doctor);
  const auto consultation = decode_consultation(example("ConsultationStarted"));
  ASSERT_TRUE(consultation);
  EXPECT_TRUE(consultation->appointment_id.has_value());
}

TEST(EventCodec, GarbageIsAnErrorAndNewMembersAreNot) {
  EXPECT_FALSE(decode_patient("{}"));
  EXPECT_FALSE(decode_patient("[]"));
  EXPECT_FALSE(decode_patient("nonsense"));
  auto grown = example("PatientRegistered");
  grown.insert(1, R"("a_member_of_the_future":{"x":[1,2]},)");
  EXPECT_TRUE(decode_patient(grown));
}

}  // namespace ambula::scheduling::events::codec_test

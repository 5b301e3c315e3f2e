#include "codec.hpp"

#include <filesystem>
#include <fstream>

#include <ambula/json/json.hpp>
#include <ambula/testing/schemas.hpp>
#include <gtest/gtest.h>

#include "patient/domain/history.hpp"

// Our codecs and the published examples are the same, byte for byte [INT-3].
namespace ambula::patient::events::codec_test {

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

domain::Allergy allergy_of(const json::Value& value) {
  domain::Allergy allergy{.id = id(value, "allergy_id"),
                          .substance = *text(value, "substance"),
                          .code = text(value, "code"),
                          .system = text(value, "system"),
                          .severity = text(value, "severity"),
                          .noted_on = {}};
  if (const auto day = text(value, "noted_on")) allergy.noted_on = parse_date(*day);
  return allergy;
}

domain::Patient patient_of(const json::Value& value) {
  domain::Patient p;
  p.id = id(value, "patient_id");
  p.facility_id = id(value, "facility_id");
  p.mrn = *text(value, "mrn");
  p.status = *domain::parse_status(*text(value, "status"));
  p.details.given_name = *text(value, "given_name");
  p.details.family_name = text(value, "family_name");
  p.details.birth_date = *parse_date(*text(value, "birth_date"));
  p.details.birth_date_estimated = value.at("birth_date_estimated").get<bool>();
  p.details.sex = *domain::parse_sex(*text(value, "sex"));
  p.details.phone = text(value, "phone");
  p.details.email = text(value, "email");
  p.email_pending = text(value, "email_pending");
  if (value.contains("account_id")) p.account_id = id(value, "account_id");
  for (const auto& allergy : value.at("allergies"))
    p.allergies.push_back(allergy_of(allergy));
  const auto& preferences = value.at("preferences");
  p.preferences.language = *text(preferences, "language");
  p.preferences.email = preferences.at("channels").at("email").get<bool>();
  p.preferences.opt_out = preferences.at("opt_out").get<std::vector<std::string>>();
  return p;
}

TEST(EventCodec, PatientEventsAreTheirExamples) {
  for (const auto* type :
       {"PatientRegistered", "PatientUpdated", "PatientDeactivated", "PatientReactivated",
        "PatientAllergiesChanged", "PatientPreferencesChanged"}) {
    const auto published = example(type);
    const auto value = json::parse(published);
    ASSERT_TRUE(value) << type;
    EXPECT_EQ(encode_patient(patient_of(*value)), published) << type;
  }
}

TEST(EventCodec, BindingEventsAreTheirExamples) {  // ID-5 PAT-6 PAT-8
  auto patient = patient_of(*json::parse(example("PatientRegistered")));
  patient.deleted_at = *parse_instant("2026-11-24T09:30:00.125Z");
  EXPECT_EQ(encode_deleted(patient), example("PatientDeleted"));
  patient.details.given_name = "Asha";
  patient.details.family_name = "Example";
  patient.details.email = "asha@mail.example";
  EXPECT_EQ(encode_invitation(patient), example("PatientInvited"));
  patient.account_id = Uuid::parse("019ab915-0775-759f-9a1f-a94234bc3a07");
  patient.email_pending = "asha.new@mail.example";
  EXPECT_EQ(encode_email_change(patient), example("PatientEmailChangeRequested"));
  EXPECT_EQ(encode_refusal({*patient.account_id, patient.facility_id, patient.id,
                            domain::Refusal::already_bound}),
            example("PatientBindingRefused"));
}

TEST(EventCodec, FactsAboutAccountsAreRead) {  // ID-5 PAT-8
  const auto registered = decode_self_registration(example("PatientSelfRegistered"));
  ASSERT_TRUE(registered);
  EXPECT_EQ(registered->email, "asha@mail.example");
  EXPECT_EQ(registered->birth_date, *parse_date("1990-02-28"));
  EXPECT_EQ(registered->family_name, "Example");
  const auto accepted = decode_verified(example("PatientInviteAccepted"));
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->account_id, registered->account_id);
  EXPECT_EQ(decode_verified(example("PatientEmailVerified"))->email, "asha.new@mail.example");
  EXPECT_EQ(*decode_named_patient(example("PatientEmailVerified")), accepted->patient_id);
  EXPECT_FALSE(*decode_named_patient(example("QueueEntryCreated"))) << "a visitor's";
}

TEST(EventCodec, DirectoryFactsOfNeighboursAreRead) {
  const auto facility = decode_facility(example("FacilityRegistered"));
  ASSERT_TRUE(facility);
  EXPECT_EQ(facility->code, "AMB");
  EXPECT_EQ(facility->zone, "Asia/Kolkata");
  EXPECT_EQ(facility->locale, "en-IN");
  const auto department = decode_department(example("DepartmentRegistered"));
  ASSERT_TRUE(department);
  EXPECT_EQ(department->name, "General Medicine");
  const auto doctor = decode_doctor(example("DoctorRegistered"));
  ASSERT_TRUE(doctor);
  EXPECT_EQ(doctor->display_name, "Dr. Nila Sample");
  EXPECT_EQ(doctor->department_id, department->id);
  EXPECT_FALSE(decode_visitor(example("VisitorRecorded"))->patient_id);
  EXPECT_TRUE(decode_visitor(example("VisitorIdentified"))->patient_id);
}

TEST(EventCodec, VisitFactsOfNeighboursAreRead) {
  const auto visit = decode_appointment(example("AppointmentBooked"));
  ASSERT_TRUE(visit);
  EXPECT_EQ(visit->status, "BOOKED");
  EXPECT_EQ(visit->starts_at, *parse_instant("2026-11-30T04:00:00Z"));
  const auto entry = decode_queue_entry(example("QueueEntryCreated"));
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->ticket, "GM-17");
  EXPECT_EQ(entry->day, *parse_date("2026-11-24"));
  EXPECT_FALSE(entry->patient_id);
  EXPECT_TRUE(entry->visitor_id);
  const auto consultation = decode_consultation(example("ConsultationAmended"));
  ASSERT_TRUE(consultation);
  EXPECT_TRUE(consultation->patient_id);
  EXPECT_TRUE(consultation->visitor_id);
  EXPECT_EQ(consultation->status, "COMPLETED");
  const auto prescription = decode_prescription(example("PrescriptionIssued"));
  ASSERT_TRUE(prescription);
  EXPECT_EQ(prescription->number, "AMB-RX-0000042");
  const auto dispense = decode_dispense(example("PrescriptionPartlyDispensed"));
  ASSERT_TRUE(dispense);
  EXPECT_EQ(dispense->prescription_id, prescription->id);
  EXPECT_TRUE(dispense->dispense_id);
  EXPECT_FALSE(decode_dispense(example("PrescriptionQuestioned"))->dispense_id);
}

TEST(EventCodec, GarbageIsAnErrorAndNewMembersAreNot) {
  for (const auto* garbage : {"{}", "[]", "nonsense", ""}) {
    EXPECT_FALSE(decode_facility(garbage));
    EXPECT_FALSE(decode_department(garbage));
    EXPECT_FALSE(decode_doctor(garbage));
    EXPECT_FALSE(decode_visitor(garbage));
    EXPECT_FALSE(decode_appointment(garbage));
    EXPECT_FALSE(decode_queue_entry(garbage));
    EXPECT_FALSE(decode_consultation(garbage));
    EXPECT_FALSE(decode_prescription(garbage));
    EXPECT_FALSE(decode_dispense(garbage));
  }
  auto grown = example("AppointmentBooked");
  grown.insert(1, R"("a_member_of_the_future":{"x":[1,2]},)");
  EXPECT_TRUE(decode_appointment(grown));
}

/// Every event of the topics that make the time line has a sentence, so that none is lost.
TEST(EventCodec, TheTimeLineKnowsTheWholeCatalogue) {
  using domain::Kind;
  const std::pair<std::string, Kind> kinds[] = {{"ambula.appointment.v1", Kind::appointment},
                                                {"ambula.queue-entry.v1", Kind::queue_entry},
                                                {"ambula.consultation.v1", Kind::consultation},
                                                {"ambula.prescription.v1", Kind::prescription},
                                                {"ambula.dispense.v1", Kind::dispense}};
  int found = 0;
  for (const auto& file : std::filesystem::directory_iterator(testing::schemas_dir() + "/events")) {
    const auto name = file.path().filename().string();
    if (!name.ends_with(".v1.schema.json")) continue;
    std::ifstream stream(file.path());
    const std::string content{std::istreambuf_iterator<char>(stream), {}};
    const auto schema = json::parse(content);
    ASSERT_TRUE(schema) << name;
    for (const auto& [topic, kind] : kinds) {
      if (schema->at("x-topic") != topic) continue;
      ++found;
      EXPECT_TRUE(domain::tells(kind, schema->at("title").get<std::string>())) << name;
    }
  }
  EXPECT_EQ(found, 50);
}

}  // namespace ambula::patient::events::codec_test

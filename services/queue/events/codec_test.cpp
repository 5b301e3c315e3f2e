#include "codec.hpp"

#include <ambula/json/json.hpp>
#include <ambula/testing/schemas.hpp>
#include <gtest/gtest.h>

// Our codecs and the published examples are the same, byte for byte [INT-3].
namespace ambula::queue::events::codec_test {

std::string example(std::string_view type) {
  return testing::event_example(type);
}

Uuid id(const json::Value& value, const char* name) {
  return *Uuid::parse(value.at(name).get<std::string>());
}

std::optional<Uuid> optional_id(const json::Value& value, const char* name) {
  if (!value.contains(name)) return std::nullopt;
  return id(value, name);
}

TEST(EventCodec, QueueEventsAreTheirExamples) {
  for (const std::string type : {"QueueOpened", "QueueUpdated"}) {
    const auto published = example(type);
    const auto value = json::parse(published);
    ASSERT_TRUE(value);
    domain::Queue queue;
    queue.id = id(*value, "queue_id");
    queue.facility_id = id(*value, "facility_id");
    queue.department_id = id(*value, "department_id");
    queue.code = value->at("code").get<std::string>();
    queue.name = value->at("name").get<std::string>();
    queue.kind = *domain::parse_kind(value->at("kind").get<std::string>());
    EXPECT_EQ(encode_queue(queue), published) << type;
  }
}

TEST(EventCodec, EntryEventsAreTheirExamples) {
  int compared = 0;
  for (int kind = 0; kind <= static_cast<int>(domain::EventKind::completed); ++kind) {
    ASSERT_TRUE(is_published(static_cast<domain::EventKind>(kind)));
    const auto type = to_string(static_cast<domain::EventKind>(kind));
    const auto published = example(type);
    const auto value = json::parse(published);
    ASSERT_TRUE(value) << type;
    domain::Entry entry;
    entry.id = id(*value, "queue_entry_id");
    entry.facility_id = id(*value, "facility_id");
    entry.queue_id = id(*value, "queue_id");
    entry.queue_kind = *domain::parse_kind(value->at("queue_kind").get<std::string>());
    entry.department_id = id(*value, "department_id");
    entry.ticket = {value->at("ticket").at("label").get<std::string>(),
                    value->at("ticket").at("number").get<int>()};
    entry.day = *parse_date(value->at("day").get<std::string>());
    entry.patient_id = optional_id(*value, "patient_id");
    entry.visitor_id = optional_id(*value, "visitor_id");
    entry.doctor_id = optional_id(*value, "doctor_id");
    entry.appointment_id = optional_id(*value, "appointment_id");
    entry.status = *domain::parse_status(value->at("status").get<std::string>());
    entry.triage_level = domain::parse_level(value->at("level").get<std::string>());
    entry.calls = value->at("calls").get<int>();
    entry.transferred_to = optional_id(*value, "transferred_to");
    entry.transferred_from = optional_id(*value, "transferred_from");
    EXPECT_EQ(encode_entry(entry), published) << type;
    EXPECT_EQ(decode_queue_of_entry(published), entry.queue_id);
    ++compared;
  }
  EXPECT_EQ(compared, 17);
}

TEST(EventCodec, VisitorsAndAssessmentsAreTheirExamples) {  // QUE-13, QUE-14
  for (const std::string type : {"VisitorRecorded", "VisitorIdentified"}) {
    const auto value = json::parse(example(type));
    ASSERT_TRUE(value);
    domain::Visitor visitor{.id = id(*value, "visitor_id"),
                            .facility_id = id(*value, "facility_id"),
                            .name = value->at("name").get<std::string>(),
                            .phone = std::nullopt,
                            .patient_id = optional_id(*value, "patient_id")};
    if (value->contains("phone")) visitor.phone = value->at("phone").get<std::string>();
    EXPECT_EQ(encode_visitor(visitor), example(type));
  }
  const auto value = json::parse(example("AssessmentMade"));
  ASSERT_TRUE(value);
  const domain::Assessment assessment{
      .id = id(*value, "assessment_id"),
      .facility_id = id(*value, "facility_id"),
      .patient_id = id(*value, "patient_id"),
      .level = domain::Level::high,
      .rule_set = value->at("rule_set").get<std::string>(),
      .valid_until = *parse_instant(value->at("valid_until").get<std::string>())};
  EXPECT_EQ(encode_assessment(assessment), example("AssessmentMade"));
}

TEST(EventCodec, FactsOfNeighboursAreRead) {
  EXPECT_EQ(decode_facility(example("FacilityRegistered"))->max_calls, 3);
  EXPECT_EQ(decode_patient(example("PatientRegistered"))->mrn, "AMB-00000015");
  EXPECT_EQ(decode_department(example("DepartmentRegistered"))->code, "GM");
  const auto doctor = decode_doctor(example("DoctorHoursChanged"));
  ASSERT_TRUE(doctor);
  EXPECT_EQ(doctor->room, "12");
  EXPECT_EQ(doctor->specialty, "CARD");
  EXPECT_EQ(doctor->weekdays, (std::vector{1, 5}));
  EXPECT_EQ(doctor->to_min, (std::vector{13 * 60, 24 * 60}));
  EXPECT_EQ(doctor->exception_kinds, (std::vector<std::string>{"LEAVE", "EXTRA", "HOLIDAY"}));
  EXPECT_EQ(decode_appointment(example("AppointmentCheckedIn"))->patient_id,
            *Uuid::parse("019ab922-95ff-77a8-bd8b-3f2884c64821"));
  EXPECT_TRUE(decode_consultation(example("ConsultationCompleted"))->queue_entry_id.has_value());
  EXPECT_FALSE(decode_patient("{}"));
}

}  // namespace ambula::queue::events::codec_test

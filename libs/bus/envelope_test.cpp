#include <algorithm>

#include <ambula/bus/envelope.hpp>
#include <ambula/bus/topics.hpp>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace ambula::envelope_test {

using bus::Event;
using bus::Headers;

Event make_event() {
  Event event;
  event.id = Uuid::make();
  event.type = "AppointmentBooked";
  event.source = "/services/scheduling";
  event.topic = "ambula.appointment.v1";
  event.key = Uuid::make().str();
  event.time = *parse_instant("2026-11-24T09:30:00.123456Z");
  event.facility_id = Uuid::make();
  event.aggregate_version = 3;
  event.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  event.causation_id = Uuid::make();
  event.actor_id = Uuid::make();
  event.data = "{}";
  return event;
}

std::string value_of(const Headers& headers, std::string_view name) {
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [&](const auto& header) { return header.first == name; });
  return found == headers.end() ? "(none)" : found->second;
}

Headers without(Headers headers, std::string_view name) {
  std::erase_if(headers, [&](const auto& header) { return header.first == name; });
  return headers;
}

Headers with(Headers headers, std::string_view name, std::string value) {
  headers = without(std::move(headers), name);
  headers.emplace_back(name, std::move(value));
  return headers;
}

std::string decode(const Headers& headers, const Event& like) {
  Event event;
  event.key = like.key;
  event.tombstone = like.tombstone;
  return bus::decode_headers(headers, event);
}

// INT-3: the names on the wire are those of docs/events.md.
TEST(Envelope, WritesTheCloudEventsHeaders) {
  const auto event = make_event();
  const auto headers = bus::encode_headers(event);
  EXPECT_EQ(value_of(headers, "ce_id"), event.id.str());
  EXPECT_EQ(value_of(headers, "ce_type"), "ambula.AppointmentBooked");
  EXPECT_EQ(value_of(headers, "ce_source"), "/services/scheduling");
  EXPECT_EQ(value_of(headers, "ce_subject"), event.key);
  EXPECT_EQ(value_of(headers, "ce_time"), "2026-11-24T09:30:00.123456Z");
  EXPECT_EQ(value_of(headers, "ce_specversion"), "1.0");
  EXPECT_EQ(value_of(headers, "content-type"), "application/json");
  EXPECT_EQ(value_of(headers, "ce_dataschema"), "urn:ambula:schema:AppointmentBooked:v1");
  EXPECT_EQ(value_of(headers, "ce_facilityid"), event.facility_id->str());
  EXPECT_EQ(value_of(headers, "ce_aggregateversion"), "3");
  EXPECT_EQ(value_of(headers, "ce_traceparent"), event.traceparent);
  EXPECT_EQ(value_of(headers, "ce_causationid"), event.causation_id->str());
  EXPECT_EQ(value_of(headers, "ce_actorid"), event.actor_id->str());
  EXPECT_EQ(headers.size(), 13U);
}

TEST(Envelope, ReadsBackWhatItWrote) {
  const auto event = make_event();
  Event read;
  read.key = event.key;
  ASSERT_EQ(bus::decode_headers(bus::encode_headers(event), read), "");
  EXPECT_EQ(read.id, event.id);
  EXPECT_EQ(read.type, event.type);
  EXPECT_EQ(read.source, event.source);
  EXPECT_EQ(read.time, event.time);
  EXPECT_EQ(read.facility_id, event.facility_id);
  EXPECT_EQ(read.aggregate_version, event.aggregate_version);
  EXPECT_EQ(read.traceparent, event.traceparent);
  EXPECT_EQ(read.causation_id, event.causation_id);
  EXPECT_EQ(read.actor_id, event.actor_id);
}

TEST(Envelope, LeavesOutWhatIsNotThere) {
  auto event = make_event();
  event.facility_id.reset();
  event.causation_id.reset();
  event.actor_id.reset();
  event.traceparent.clear();
  const auto headers = bus::encode_headers(event);
  EXPECT_EQ(headers.size(), 9U);
  EXPECT_EQ(decode(headers, event), "");
}

TEST(Envelope, DoesNotSpreadAnOddTraceContext) {
  auto event = make_event();
  event.traceparent = "from a client";
  EXPECT_EQ(value_of(bus::encode_headers(event), "ce_traceparent"), "(none)");
}

TEST(Envelope, TombstoneHasNoTypeAndNoContent) {
  auto event = make_event();
  event.tombstone = true;
  event.type.clear();
  event.data.clear();
  const auto headers = bus::encode_headers(event);
  EXPECT_EQ(value_of(headers, "ce_type"), "(none)");
  EXPECT_EQ(value_of(headers, "content-type"), "(none)");
  EXPECT_EQ(value_of(headers, "ce_dataschema"), "(none)");
  EXPECT_EQ(decode(headers, event), "");
}

TEST(Envelope, NamesWhatIsMissing) {
  const auto event = make_event();
  const auto headers = bus::encode_headers(event);
  for (const auto* name : {"ce_id", "ce_type", "ce_source", "ce_subject", "ce_time",
                           "ce_specversion", "content-type", "ce_aggregateversion"}) {
    EXPECT_EQ(decode(without(headers, name), event), std::string(name) + " is missing");
  }
}

TEST(Envelope, TheSchemaIsOptionalAndMayBeKeptElsewhere) {
  const auto event = make_event();
  const auto headers = without(bus::encode_headers(event), "ce_dataschema");
  EXPECT_EQ(decode(headers, event), "");
  auto elsewhere = headers;
  elsewhere.emplace_back("ce_dataschema", "https://hospital.example/schemas/booked.json");
  EXPECT_EQ(decode(elsewhere, event), "");
}

TEST(Envelope, RefusesOddValuesWithoutQuotingThem) {
  const auto event = make_event();
  const auto headers = bus::encode_headers(event);
  const std::vector<std::pair<const char*, const char*>> odd{
      {"ce_id", "Ann Example"},
      {"ce_type", "other.AppointmentBooked"},
      {"ce_type", "ambula."},
      {"ce_type", "ambula.Ann Example"},
      {"ce_source", "Ann Example"},
      {"ce_source", "/Ann Example"},
      {"ce_subject", "Ann Example"},
      {"ce_time", "yesterday"},
      {"ce_specversion", "0.3"},
      {"content-type", "text/plain"},
      {"ce_dataschema", "urn:ambula:schema:PatientUpdated:v1"},
      {"ce_dataschema", "urn:ambula:schema:AppointmentBooked:v2"},
      {"ce_facilityid", "Ann Example"},
      {"ce_aggregateversion", "0"},
      {"ce_aggregateversion", "-1"},
      {"ce_aggregateversion", "1.5"},
      {"ce_aggregateversion", "99999999999999999999"},
      {"ce_traceparent", "Ann Example"},
      {"ce_causationid", "Ann Example"},
      {"ce_actorid", ""},
  };
  for (const auto& [name, value] : odd) {
    EXPECT_EQ(decode(with(headers, name, value), event), std::string(name) + " is malformed")
        << value;
  }
}

TEST(Envelope, RefusesAHeaderThatIsThereTwice) {
  const auto event = make_event();
  auto headers = bus::encode_headers(event);
  headers.emplace_back("ce_facilityid", Uuid::make().str());
  EXPECT_EQ(decode(headers, event), "ce_facilityid is there twice");
}

TEST(Envelope, IgnoresHeadersOfOthers) {
  const auto event = make_event();
  auto headers = bus::encode_headers(event);
  headers.emplace_back("x-broker", "one");
  headers.emplace_back("x-broker", "two");
  EXPECT_EQ(decode(headers, event), "");
}

RC_GTEST_PROP(Envelope, AnyBytesAreReadOrRefused, ()) {
  const auto event = make_event();
  auto headers = bus::encode_headers(event);
  const auto at = *rc::gen::inRange<std::size_t>(0, headers.size());
  headers[at].second = *rc::gen::arbitrary<std::string>();
  const auto problem = decode(headers, event);
  RC_ASSERT(problem.empty() || problem == headers[at].first + " is malformed");
}

TEST(Topics, AreTheCatalogue) {
  EXPECT_EQ(bus::topics().size(), 20U);
  ASSERT_NE(bus::find_topic("ambula.patient.v1"), nullptr);
  EXPECT_TRUE(bus::find_topic("ambula.patient.v1")->compacted);
  EXPECT_TRUE(bus::find_topic("ambula.patient.v1")->gaps_allowed());
  EXPECT_TRUE(bus::find_topic("ambula.assessment.v1")->gaps_allowed());
  EXPECT_FALSE(bus::find_topic("ambula.appointment.v1")->gaps_allowed());
  EXPECT_FALSE(bus::find_topic("ambula.prescription.v1")->gaps_allowed());
  EXPECT_EQ(bus::find_topic("ambula.account-mail.v1")->retention, std::chrono::hours(1));
  EXPECT_EQ(bus::find_topic("ambula.nothing.v1"), nullptr);
  for (const auto& topic : bus::topics()) {
    EXPECT_EQ(topic.secret, topic.name == "ambula.account-mail.v1");
  }
}

}  // namespace ambula::envelope_test

#pragma once

#include <consultation/migrations.hpp>
#include <consultation/sql.hpp>
#include <string>
#include <vector>

#include <ambula/db/migrate.hpp>
#include <ambula/json/json.hpp>
#include <ambula/outbox/outbox.hpp>
#include <ambula/testing/postgres.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "consultation/events/handlers.hpp"
#include "consultation/store/constraints.hpp"
#include "handlers.hpp"

// The handlers against a real PostgreSQL, as one doctor of a facility of its own in each test.
namespace ambula::consultation::api::flow_test {

using namespace std::chrono_literals;
using Handle = Result<Answer> (*)(Call&);

inline testing::Postgres& postgres() {
  static testing::Postgres instance("consultation");
  return instance;
}

inline db::Options options() {
  return {.url = postgres().url(),
          .application_name = "test",
          .schema = "consultation",
          .constraints = store::constraints()};
}

inline const Instant now = *parse_instant("2026-11-24T04:05:00Z");
inline const std::string item =
    R"({"medicine":{"name":"Sample balm"},"dose":"thin layer","frequency":"at night","quantity":1})";
inline const std::string diagnosed =
    R"({"note":{"complaint":"Cough","vitals":{"pulse":80,"temperature_c":37.2},)"
    R"("diagnoses":[{"code":"J00","system":"ICD-10","text":"Cold","primary":true}]}})";

// All that is done with an event of these topics.

inline Result<void> on_visitor(outbox::Delivery& delivery) {
  if (auto done = events::on_visitor(delivery); !done) return done;
  return events::identify_visitor(delivery);
}
inline Result<void> on_queue_entry(outbox::Delivery& delivery) {
  if (auto done = events::on_queue_entry(delivery); !done) return done;
  return events::join_visit(delivery);
}

class Flow : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    ASSERT_TRUE(db::migrate(options(), "platform", outbox::migrations()));
    ASSERT_TRUE(db::migrate(options(), "consultation", migrations));
  }

  void SetUp() override {
    fact(
        "FacilityRegistered", events::on_facility,
        R"({"facility_id":")" + facility.str() +
            R"(","code":"T1","name":"Test","zone":"Asia/Kolkata","settings":{"prescription_days":90}})");
    fact("PatientRegistered", events::on_patient,
         R"({"patient_id":")" + patient.str() +
             R"(","given_name":"Asha","mrn":"M1","birth_date":"1990-02-28"})");
    fact("DoctorRegistered", events::on_doctor,
         R"({"doctor_id":")" + doctor.str() + R"(","display_name":"Dr. S","department_id":")" +
             department.str() + R"("})");
  }

  void fact(std::string_view type, Result<void> (*handle)(outbox::Delivery&), std::string data) {
    bus::Event event;
    event.id = Uuid::make();
    event.type = type;
    event.facility_id = facility;
    event.data = std::move(data);
    const auto done = session.transact([&](db::Transaction& tx) {
      outbox::Delivery delivery{tx, event, now};
      return handle(delivery);
    });
    ASSERT_TRUE(done) << done.error().code;
  }

  Uuid appointment(std::string_view status = "BOOKED", std::optional<Uuid> of = std::nullopt) {
    const auto id = Uuid::make();
    fact("AppointmentBooked", events::on_appointment,
         R"({"appointment_id":")" + id.str() + R"(","patient_id":")" + patient.str() +
             R"(","doctor_id":")" + of.value_or(doctor).str() +
             R"(","starts_at":"2026-11-24T05:00:00Z","ends_at":"2026-11-24T05:15:00Z","status":")" +
             std::string(status) + R"("})");
    return id;
  }

  void tell_entry(const Uuid& id, const std::string& who, const std::string& more = "",
                  std::string_view status = "WAITING") {
    fact("QueueEntryCreated", on_queue_entry,
         R"({"queue_entry_id":")" + id.str() + R"(","queue_id":")" + queue.str() +
             R"(","queue_kind":"REGULAR","department_id":")" + department.str() +
             R"(","ticket":{"label":"GM-1","number":1},"day":"2026-11-24",)" + who + more +
             R"(,"level":"LOW","status":")" + std::string(status) + R"("})");
  }
  Uuid entry(const std::string& who, const std::string& more = "") {
    const auto id = Uuid::make();
    tell_entry(id, who, more);
    return id;
  }
  static std::string member(std::string_view name, const Uuid& value) {
    return "\"" + std::string(name) + "\":\"" + value.str() + "\"";
  }

  auth::Principal as(auth::Role role) const {
    auth::Principal p;
    p.account_id = actor;
    p.facility_id = facility;
    p.roles = {role};
    p.permissions = auth::permissions_of(role);
    if (role == auth::Role::doctor) p.doctor_id = doctor;
    if (role == auth::Role::patient) p.patient_id = patient;
    return p;
  }

  Result<Answer> run(db::Session& with, const auth::Principal& who, Handle handle, std::string body,
                     const Uuid& id = {}, const std::string& if_match = "",
                     std::vector<std::pair<std::string, std::string>> query = {}) {
    http::Request request;
    request.method = http::Method::post;
    request.body = std::move(body);
    request.query = std::move(query);
    if (!if_match.empty()) request.headers.add("if-match", if_match);
    const std::vector<std::pair<std::string, std::string>> params = {{"id", id.str()}};
    const std::function<void()> committed = [] {};
    Call call({with, request, params, who, now, "", "test", 0ms, committed});
    return handle(call);
  }
  Result<Answer> run(Handle handle, std::string body, const Uuid& id = {},
                     const std::string& if_match = "") {
    return run(session, as(auth::Role::doctor), handle, std::move(body), id, if_match);
  }
  Result<Answer> list(const auth::Principal& who, Handle handle,
                      std::vector<std::pair<std::string, std::string>> query = {}) {
    return run(session, who, handle, "", {}, "", std::move(query));
  }

  static std::string code(const Result<Answer>& answer) {
    return answer ? "" : answer.error().code;
  }
  static json::Value body(const Result<Answer>& answer) {
    EXPECT_TRUE(answer) << (answer ? "" : answer.error().code);
    return answer ? *json::parse(answer->body) : json::Value();
  }
  static Uuid id(const Result<Answer>& answer) {
    return *Uuid::parse(body(answer).at("id").get<std::string>());
  }

  std::string of_appointment(const Uuid& one) { return "{" + member("appointment_id", one) + "}"; }
  std::string of_entry(const Uuid& one) { return "{" + member("queue_entry_id", one) + "}"; }
  std::string of_consultation(const Uuid& one, const std::string& items = item) {
    return "{" + member("consultation_id", one) + R"(,"items":[)" + items + "]}";
  }
  Uuid started() { return id(run(start_consultation, of_appointment(appointment()))); }
  Uuid completed() {
    const auto one = started();
    EXPECT_TRUE(run(complete_consultation, R"({"no_diagnosis_reason":"well"})", one));
    return one;
  }
  Uuid issued() {
    const auto one = id(run(create_prescription, R"({"consultation_id":")" + started().str() +
                                                     R"(","items":[)" + item + "]}"));
    EXPECT_TRUE(run(issue_prescription, "", one));
    return one;
  }
  void dispense(std::string_view type, const Uuid& rx, const std::string& fulfilment) {
    fact(type, events::on_dispense,
         R"({"prescription_id":")" + rx.str() + R"(","fulfilment":")" + fulfilment +
             R"(","lines":[],"remaining":[]})");
  }
  std::string status(const Uuid& rx) {
    return body(run(get_prescription, "", rx)).at("status").get<std::string>();
  }

  std::vector<std::string> events_of(const Uuid& key) {
    const db::Statement statement{
        "events_of", "SELECT type, aggregate_version FROM outbox WHERE key = $1 ORDER BY id"};
    std::vector<std::string> types;
    std::int64_t expected = 0;
    for (const auto row : session.read(statement, key.str())) {
      EXPECT_EQ(row.get<std::int64_t>("aggregate_version"), ++expected) << "no gaps";
      types.push_back(row.get<std::string>("type"));
    }
    return types;
  }

  db::Session session{options()};
  Uuid facility = Uuid::make();
  Uuid patient = Uuid::make();
  Uuid doctor = Uuid::make();
  Uuid department = Uuid::make();
  Uuid queue = Uuid::make();
  Uuid actor = Uuid::make();
};

}  // namespace ambula::consultation::api::flow_test

#pragma once

// A facility with its people, facts as they come from Kafka, and a sender, on a real PostgreSQL.

#include <memory>
#include <notification/migrations.hpp>

#include <ambula/db/migrate.hpp>
#include <ambula/outbox/outbox.hpp>
#include <ambula/testing/postgres.hpp>
#include <gtest/gtest.h>

#include "constraints.hpp"
#include "messages.hpp"
#include "notification/events/handlers.hpp"
#include "notification/sender.hpp"

namespace ambula::notification::store::store_test {

using namespace std::chrono_literals;
using domain::Outcome;
using domain::Status;
using domain::Template;

inline testing::Postgres& postgres() {
  static testing::Postgres instance("notification");
  return instance;
}

inline db::Options options() {
  return {.url = postgres().url(),
          .application_name = "test",
          .schema = "notification",
          .constraints = constraints()};
}

constexpr db::Statement outbox_types{"outbox_types",
                                     "SELECT type, aggregate_version FROM outbox WHERE key = $1 "
                                     "AND topic = 'ambula.message.v1' ORDER BY id"};
constexpr db::Statement history_of{
    "history_of", "SELECT event FROM message_transition WHERE message_id = $1 ORDER BY version"};

// All that is done with an event of these topics.

inline Result<void> on_facility(outbox::Delivery& delivery) {
  if (auto done = events::on_facility(delivery); !done) return done;
  return events::plan_reminders_of_facility(delivery);
}
inline Result<void> on_patient(outbox::Delivery& delivery) {
  if (auto done = events::on_patient(delivery); !done) return done;
  return events::heed_wishes(delivery);
}
inline Result<void> on_appointment(outbox::Delivery& delivery) {
  if (auto done = events::on_appointment(delivery); !done) return done;
  return events::tell_of_appointment(delivery);
}

class Store : public ::testing::Test {
 protected:
  using Handler = Result<void> (*)(outbox::Delivery&);

  static void SetUpTestSuite() {
    ASSERT_TRUE(db::migrate(options(), "platform", outbox::migrations()));
    ASSERT_TRUE(db::migrate(options(), "notification", migrations));
  }

  void SetUp() override {
    session.run_script("TRUNCATE message CASCADE");
    session.run_script("TRUNCATE outbox, reminder, stock_alert, stock_digest");
    facility_known("1440,120");
    fact("DoctorRegistered", events::on_doctor, doctor, 1,
         R"({"doctor_id":")" + doctor.str() + R"(","display_name":"Dr. A"})");
    fact("DepartmentRegistered", events::on_department, department, 1,
         R"({"department_id":")" + department.str() + R"(","name":"General"})");
  }

  void facility_known(const std::string& reminders_min,
                      const std::string& stock_digest_to = R"("stock@clinic.example")") {
    fact(
        "FacilityUpdated", on_facility, facility, 1,
        R"({"facility_id":")" + facility.str() +
            R"(","name":"Clinic","zone":"Asia/Kolkata","locale":"en-IN","settings":{"reminders_min":[)" +
            reminders_min + R"(],"stock_digest_to":[)" + stock_digest_to + "]}}");
  }

  bus::Event event(std::string_view type, const Uuid& key, std::int64_t version,
                   const std::string& data) const {
    bus::Event made;
    made.id = Uuid::make();
    made.type = type;
    made.key = key.str();
    made.facility_id = facility;
    made.time = now;
    made.aggregate_version = version;
    made.data = data;
    return made;
  }
  void deliver(const bus::Event& event, Handler handle) {
    const auto done = session.transact([&](db::Transaction& tx) {
      outbox::Delivery delivery{tx, event, now};
      return handle(delivery);
    });
    ASSERT_TRUE(done) << done.error().code;
  }
  void fact(std::string_view type, Handler handle, const Uuid& key, std::int64_t version,
            const std::string& data) {
    deliver(event(type, key, version, data), handle);
  }

  void patient_known(const std::string& members = R"("email":"asha@mail.example",)",
                     const std::string& opt_out = "") {
    fact("PatientUpdated", on_patient, patient, 1,
         R"({"patient_id":")" + patient.str() + R"(","given_name":"Asha",)" + members +
             R"("preferences":{"language":"de","channels":{"email":true},"opt_out":[)" + opt_out +
             "]}}");
  }
  std::string visit(const std::string& status, const std::string& day = "2026-12-02") const {
    return R"({"appointment_id":")" + appointment.str() + R"(","patient_id":")" + patient.str() +
           R"(","doctor_id":")" + doctor.str() + R"(","department_id":")" + department.str() +
           R"(","starts_at":")" + day + R"(T04:00:00Z","ends_at":")" + day +
           R"(T04:15:00Z","status":")" + status + R"("})";
  }
  void booked() { fact("AppointmentBooked", on_appointment, appointment, 1, visit("BOOKED")); }
  std::string issued(const std::string& status = "ISSUED") const {
    return R"({"prescription_id":")" + prescription.str() + R"(","number":"RX-1","status":")" +
           status + R"(","patient_id":")" + patient.str() + R"(","doctor_id":")" + doctor.str() +
           R"(","expires_on":"2027-02-22"})";
  }
  std::string dispense() const { return R"({"prescription_id":")" + prescription.str() + R"("})"; }

  std::unique_ptr<Sender> sender(Transport transport) {
    return std::make_unique<Sender>(
        options(), mail::Sender{{"Ambula", "no-reply@ambula.example"}, "https://ambula.example"},
        std::move(transport), [this] { return now; }, [] {});
  }
  /// Answers always the same and keeps what was sent.
  Transport answering(Outcome outcome, std::string reason = {}) {
    return [this, outcome, reason](const mail::Envelope& envelope, std::stop_token) {
      sent.push_back(envelope);
      return mail::Delivery{outcome, reason, outcome == Outcome::sent ? "" : "rcpt"};
    };
  }
  int drain(Sender& with) {
    int steps = 0;
    with.queue_due();
    while (with.step({}))
      ++steps;
    return steps;
  }
  std::vector<domain::Message> all() { return list(session, facility, {}, std::nullopt, 100); }
  domain::Message only() {
    const auto messages = all();
    EXPECT_EQ(messages.size(), 1U);
    return messages.at(0);
  }
  std::vector<std::string> told(const Uuid& id) {
    std::vector<std::string> types;
    for (const auto row : session.read(outbox_types, id.str()))
      types.emplace_back(row.text("type"));
    return types;
  }

  db::Session session{options()};
  Instant now = *parse_instant("2026-11-24T09:00:00Z");
  const Uuid facility = Uuid::make();
  const Uuid patient = Uuid::make();
  const Uuid doctor = Uuid::make();
  const Uuid department = Uuid::make();
  const Uuid appointment = Uuid::make();
  const Uuid prescription = Uuid::make();
  std::vector<mail::Envelope> sent;
};

}  // namespace ambula::notification::store::store_test

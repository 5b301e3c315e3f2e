#include <atomic>
#include <mutex>
#include <thread>

#include "fixture_test.hpp"

// One visit, whichever half of it comes first: appointment and queue entry, visitor and patient,
// in every order [CON-1, QUE-14].
namespace ambula::consultation::api::visits_test {

using flow_test::Flow;
using flow_test::now;
using ::testing::ElementsAre;

class Visits : public Flow {
 protected:
  std::string person() { return member("patient_id", patient); }
  std::string linked(const Uuid& appointment) {
    return "," + member("appointment_id", appointment);
  }

  void tell_visitor(const Uuid& visitor, bool identified) {
    fact(identified ? "VisitorIdentified" : "VisitorRecorded", flow_test::on_visitor,
         "{" + member("visitor_id", visitor) + R"(,"name":"V")" +
             (identified ? "," + member("patient_id", patient) : "") + "}");
  }
  /// A consultation of a visitor who is not known to be anybody.
  Uuid anonymous(const Uuid& visitor) {
    return id(run(start_consultation, of_entry(entry(member("visitor_id", visitor)))));
  }
  std::string patient_of(const Uuid& consultation) {
    const auto read = body(run(get_consultation, "", consultation));
    return read.contains("patient_id") ? read.at("patient_id").get<std::string>() : "";
  }
  std::string patient_of_rx(const Uuid& rx) {
    const auto read = body(run(get_prescription, "", rx));
    return read.contains("patient_id") ? read.at("patient_id").get<std::string>() : "";
  }

  /// Starts the visit from both halves at once, many times: one consultation each time.
  void race(const std::string& one, const std::string& other) {
    std::atomic<int> won{0};
    std::mutex mutex;
    std::vector<std::string> told;
    std::string winner;
    std::vector<std::thread> racers;
    for (int i = 0; i < 8; ++i) {
      racers.emplace_back([&, i] {
        db::Session own(flow_test::options());
        const auto answer =
            run(own, as(auth::Role::doctor), start_consultation, i % 2 == 0 ? one : other);
        const std::scoped_lock lock(mutex);
        if (answer) {
          ++won;
          winner = "\"" + id(answer).str() + "\"";
        } else {
          EXPECT_EQ(code(answer), "consultation-exists");
          if (!answer.error().members.empty()) told.push_back(answer.error().members[0].second);
        }
      });
    }
    for (auto& racer : racers)
      racer.join();
    EXPECT_EQ(won, 1);
    EXPECT_THAT(told, ::testing::AllOf(::testing::SizeIs(7), ::testing::Each(winner)));
  }
};

TEST_F(Visits, StartedFromBothHalvesAtOnceThereIsOne) {
  for (int round = 0; round < 5; ++round) {
    const auto visit = appointment("CHECKED_IN");
    const auto queued = entry(person(), linked(visit));
    race(of_appointment(visit), of_entry(queued));
  }
}

TEST_F(Visits, AnAppointmentBringsItsOpenEntry) {
  const auto visit = appointment("CHECKED_IN");
  const auto left = Uuid::make();
  tell_entry(left, person(), linked(visit), "LEFT");
  const auto queued = entry(person(), linked(visit));
  const auto one = body(run(start_consultation, of_appointment(visit)));
  EXPECT_EQ(one.at("queue_entry_id"), queued.str());
  EXPECT_EQ(code(run(start_consultation, of_entry(queued))), "consultation-exists");
}

TEST_F(Visits, ACheckInAfterTheStartJoinsTheConsultation) {
  const auto visit = appointment("BOOKED");
  const auto one = id(run(start_consultation, of_appointment(visit)));
  const auto queued = entry(person(), linked(visit));
  EXPECT_EQ(body(run(get_consultation, "", one)).at("queue_entry_id"), queued.str());
  EXPECT_EQ(code(run(start_consultation, of_entry(queued))), "consultation-exists");
  EXPECT_TRUE(run(update_consultation, flow_test::diagnosed, one, "\"v1\""))
      << "who writes the note is not disturbed";
}

TEST_F(Visits, AWalkInWhoHadAnAppointmentAfterAll) {
  const auto queued = entry(person());
  const auto one = id(run(start_consultation, of_entry(queued)));
  const auto visit = appointment("CHECKED_IN");
  tell_entry(queued, person(), linked(visit), "IN_SERVICE");
  EXPECT_EQ(code(run(start_consultation, of_appointment(visit))), "consultation-exists");
  EXPECT_TRUE(run(complete_consultation, R"({"no_diagnosis_reason":"well"})", one));
  const db::Statement last{"last",
                           "SELECT payload FROM outbox WHERE key = $1 ORDER BY id DESC LIMIT 1"};
  EXPECT_THAT(session.read(last, one.str()).front().get<std::string>("payload"),
              ::testing::HasSubstr(visit.str()))
      << "scheduling hears which appointment is completed";
}

TEST_F(Visits, TwoThatBeganBeforeTheLinkStayAsTheyAre) {
  const auto queued = entry(person());
  const auto by_entry = id(run(start_consultation, of_entry(queued)));
  const auto visit = appointment("CHECKED_IN");
  const auto by_appointment = id(run(start_consultation, of_appointment(visit)));
  tell_entry(queued, person(), linked(visit), "IN_SERVICE");
  EXPECT_FALSE(body(run(get_consultation, "", by_entry)).contains("appointment_id"));
  EXPECT_FALSE(body(run(get_consultation, "", by_appointment)).contains("queue_entry_id"));
}

TEST_F(Visits, UnassignedAndOthersVisits) {
  EXPECT_TRUE(run(start_consultation, of_entry(entry(person())))) << "nobody's";
  const auto other = Uuid::make();
  const auto queued = entry(person(), "," + member("doctor_id", other));
  EXPECT_EQ(code(run(start_consultation, of_entry(queued))), "not-on-your-list");
  const auto taken =
      run(start_consultation, "{" + member("queue_entry_id", queued) + R"(,"take_over":true})");
  EXPECT_EQ(body(taken).at("doctor_id"), doctor.str());
  EXPECT_THAT(events_of(id(taken)), ElementsAre("ConsultationStarted", "ConsultationTakenOver"));
  EXPECT_TRUE(
      run(start_consultation, of_entry(entry(person(), "," + member("doctor_id", doctor)))));
}

TEST_F(Visits, IdentifiedBeforeTheStart) {
  const auto visitor = Uuid::make();
  const auto queued = entry(member("visitor_id", visitor));
  tell_visitor(visitor, false);
  tell_visitor(visitor, true);
  const auto one = body(run(start_consultation, of_entry(queued)));
  EXPECT_EQ(one.at("patient_id"), patient.str());
  EXPECT_EQ(one.at("visitor_id"), visitor.str());
}

TEST_F(Visits, IdentifiedWhileItIsWritten) {
  const auto visitor = Uuid::make();
  const auto one = anonymous(visitor);
  const auto rx = id(run(create_prescription, of_consultation(one)));
  EXPECT_EQ(patient_of(one), "");
  tell_visitor(visitor, true);
  EXPECT_EQ(patient_of(one), patient.str());
  EXPECT_EQ(patient_of_rx(rx), patient.str());
  EXPECT_EQ(body(run(get_consultation, "", one)).at("version"), 2) << "an old ETag is old";
  EXPECT_EQ(patient_of_rx(id(run(create_prescription, of_consultation(one)))), patient.str());
  tell_visitor(visitor, true);
  EXPECT_EQ(body(run(get_consultation, "", one)).at("version"), 2) << "told again, nothing new";
}

TEST_F(Visits, IdentifiedAfterItIsCompleted) {
  const auto visitor = Uuid::make();
  const auto one = anonymous(visitor);
  const auto done =
      run(complete_consultation,
          R"({"no_diagnosis_reason":"well","prescriptions":[{"items":[)" + flow_test::item + "]}]}",
          one);
  const auto rx = *Uuid::parse(body(done).at("prescriptions").at(0).get<std::string>());
  const auto own = as(auth::Role::patient);
  EXPECT_EQ(code(run(session, own, get_prescription, "", rx)), "prescription-not-found");
  tell_visitor(visitor, true);
  EXPECT_EQ(patient_of(one), patient.str());
  EXPECT_EQ(code(run(session, own, get_consultation, "", one)), "") << "it is the patient's now";
  EXPECT_EQ(code(run(session, own, get_prescription, "", rx)), "");
  EXPECT_TRUE(run(cancel_prescription, R"({"reason":"x"})", rx));
  const db::Statement last{"last",
                           "SELECT payload FROM outbox WHERE key = $1 ORDER BY id DESC LIMIT 1"};
  const auto told = session.read(last, rx.str()).front().get<std::string>("payload");
  EXPECT_THAT(told, ::testing::HasSubstr(member("patient_id", patient)));
  EXPECT_THAT(told, ::testing::HasSubstr(member("visitor_id", visitor)));
}

TEST_F(Visits, TheEntryMayTellFirstWhoItIs) {
  const auto visitor = Uuid::make();
  const auto queued = entry(member("visitor_id", visitor));
  const auto one = id(run(start_consultation, of_entry(queued)));
  tell_entry(queued, member("visitor_id", visitor), "," + person(), "IN_SERVICE");
  EXPECT_EQ(patient_of(one), patient.str());
}

/// Whoever identifies the visitor while the doctor starts: the record follows, in every
/// interleaving.
TEST_F(Visits, IdentifiedWhileItStarts) {
  for (int round = 0; round < 10; ++round) {
    const auto visitor = Uuid::make();
    tell_visitor(visitor, false);
    const auto queued = entry(member("visitor_id", visitor));
    std::thread identify([&] {
      db::Session other(flow_test::options());
      bus::Event event;
      event.id = Uuid::make();
      event.type = "VisitorIdentified";
      event.facility_id = facility;
      event.data = "{" + member("visitor_id", visitor) + R"(,"name":"V",)" + person() + "}";
      EXPECT_TRUE(other.transact([&](db::Transaction& tx) {
        outbox::Delivery delivery{tx, event, now};
        return flow_test::on_visitor(delivery);
      }));
    });
    const auto one = id(run(start_consultation, of_entry(queued)));
    identify.join();
    EXPECT_EQ(patient_of(one), patient.str()) << round;
  }
}

TEST_F(Visits, AVisitorIsOnTheListWhileTheyWait) {
  const auto visitor = Uuid::make();
  const auto one = anonymous(visitor);
  auto other = as(auth::Role::doctor);
  other.doctor_id = Uuid::make();
  EXPECT_EQ(code(run(session, other, get_consultation, "", one)), "not-on-your-list");
  entry(member("visitor_id", visitor), "," + member("doctor_id", *other.doctor_id));
  EXPECT_EQ(code(run(session, other, get_consultation, "", one)), "");
}

}  // namespace ambula::consultation::api::visits_test

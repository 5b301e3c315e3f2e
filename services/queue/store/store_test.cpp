#include <atomic>
#include <queue/migrations.hpp>
#include <queue/sql.hpp>
#include <set>
#include <thread>

#include <ambula/db/migrate.hpp>
#include <ambula/outbox/outbox.hpp>
#include <ambula/testing/postgres.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "constraints.hpp"
#include "entries.hpp"
#include "queue/events/codec.hpp"
#include "queue/events/handlers.hpp"
#include "queue/jobs.hpp"

// The store and the reactions to neighbours' facts against a real PostgreSQL [QUE-1, QUE-3, QUE-4,
// QUE-10].
namespace ambula::queue::store::store_test {

using namespace std::chrono_literals;

testing::Postgres& postgres() {
  static testing::Postgres instance("queue");
  return instance;
}

db::Options options() {
  return {.url = postgres().url(),
          .application_name = "test",
          .schema = "queue",
          .constraints = constraints()};
}

const Instant now = *parse_instant("2026-06-01T09:00:00Z");
const Date today = *parse_date("2026-06-01");

class Store : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    ASSERT_TRUE(db::migrate(options(), "platform", outbox::migrations()));
    ASSERT_TRUE(db::migrate(options(), "queue", migrations));
  }

  void SetUp() override {
    facility_registered();
    department_registered();
    queue = *regular();
  }

  void facility_registered() {
    fact("FacilityRegistered", events::on_facility,
         R"({"facility_id":")" + facility.str() + R"(","zone":"UTC","settings":{"max_calls":3}})");
  }
  void department_registered() {
    fact("DepartmentRegistered", events::on_department,
         R"({"department_id":")" + department.str() +
             R"(","code":"GM","name":"General","active":true})");
  }
  std::optional<domain::Queue> regular() {
    std::optional<domain::Queue> found;
    (void)session.transact([&](db::Transaction& tx) -> Result<bool> {
      found = regular_queue(tx, facility, department);
      return true;
    });
    return found;
  }

  void fact(std::string_view type, Result<void> (*handle)(outbox::Delivery&),
            const std::string& data, Instant at = now) {
    bus::Event event;
    event.id = Uuid::make();
    event.type = type;
    event.facility_id = facility;
    event.time = at;
    event.data = data;
    const auto done = session.transact([&](db::Transaction& tx) {
      outbox::Delivery delivery{tx, event, at};
      return handle(delivery);
    });
    ASSERT_TRUE(done) << done.error().code;
  }

  std::string appointment_data(const Uuid& appointment, const Uuid& patient) const {
    return R"({"appointment_id":")" + appointment.str() + R"(","patient_id":")" + patient.str() +
           R"(","doctor_id":")" + doctor.str() + R"(","department_id":")" + department.str() +
           R"("})";
  }
  std::string consultation_data(const Uuid& consultation, const Uuid& appointment) const {
    return R"({"consultation_id":")" + consultation.str() + R"(","doctor_id":")" + doctor.str() +
           R"(","appointment_id":")" + appointment.str() +
           R"(","started_at":"2026-06-01T09:00:00Z"})";
  }

  MakeEvents events_of(const domain::Entry& entry, std::string_view type) {
    return [entry, type = std::string(type)](std::int64_t change) {
      outbox::Events events(outbox::Cause{});
      events.add(type, events::encode_entry(entry, change));
      return events;
    };
  }

  domain::Entry new_entry(const Uuid& patient, Instant seniority = now) {
    domain::Entry entry;
    entry.id = Uuid::make();
    entry.facility_id = facility;
    entry.queue_id = queue.id;
    entry.queue_kind = queue.kind;
    entry.department_id = department;
    entry.day = today;
    entry.patient_id = patient;
    entry.seniority = seniority;
    entry.tracking_token = "t";
    entry.created_at = entry.updated_at = now;
    return entry;
  }

  /// "" or the refusal's code.
  std::string walk_in(db::Session& with, domain::Entry entry) {
    const auto done = with.transact([&](db::Transaction& tx) -> Result<bool> {
      entry.ticket.number = next_ticket(tx, facility, queue.id, today);
      entry.ticket.label = queue.code + "-" + std::to_string(entry.ticket.number);
      insert(tx, entry, queue.id, events_of(entry, "QueueEntryCreated"));
      return true;
    });
    return done ? "" : done.error().code;
  }

  std::optional<Uuid> call_next(db::Session& with, std::optional<Uuid> by = std::nullopt) {
    const auto called = with.transact([&](db::Transaction& tx) -> Result<std::optional<Uuid>> {
      auto locked = lock_next(tx, facility, queue.id, by, today);
      if (!locked) return std::optional<Uuid>{};
      const auto decision = decide(locked->entry, domain::Call{3, std::nullopt});
      evolve(locked->entry, decision->front(), now);
      save(tx, locked->entry, events_of(locked->entry, "QueueEntryCalled"));
      return std::optional(locked->entry.id);
    });
    EXPECT_TRUE(called);
    return *called;
  }

  std::vector<domain::Entry> entries() { return list(session, facility, {}, std::nullopt, 200); }

  db::Session session{options()};
  Uuid facility = Uuid::make();
  Uuid department = Uuid::make();
  Uuid doctor = Uuid::make();
  domain::Queue queue;
};

TEST_F(Store, EveryStatementIsPrepared) {
  EXPECT_NO_THROW(session.prepare_all(sql::all));
}

TEST_F(Store, ADepartmentOpensItsThreeQueuesOnce) {
  department_registered();
  const auto queues = list_queues(session, facility, department, std::nullopt, std::nullopt, 10);
  ASSERT_EQ(queues.size(), 3U);
  EXPECT_EQ(queues[0].code, "GM");
  EXPECT_EQ(queues[1].code, "GM-E");
  EXPECT_EQ(queues[2].code, "GM-S");
  EXPECT_FALSE(get_queue(session, Uuid::make(), queue.id)) << "another facility's [OPS-6]";
}

TEST_F(Store, TicketsAreGapFreeWhateverRaces) {  // I4
  constexpr int threads = 6;
  constexpr int each = 10;
  std::vector<std::thread> clerks;
  for (int t = 0; t < threads; ++t) {
    clerks.emplace_back([&, t] {
      db::Session own(options());
      for (int i = 0; i < each; ++i) {
        // Every third fails after the number was drawn: the number goes back with the transaction.
        if ((i + t) % 3 == 0) {
          (void)own.transact([&](db::Transaction& tx) -> Result<bool> {
            next_ticket(tx, facility, queue.id, today);
            return conflict("planned", "rolled back");
          });
        }
        EXPECT_EQ(walk_in(own, new_entry(Uuid::make())), "");
      }
    });
  }
  for (auto& clerk : clerks)
    clerk.join();
  std::set<int> numbers;
  for (const auto& entry : entries())
    numbers.insert(entry.ticket.number);
  EXPECT_EQ(numbers.size(), static_cast<std::size_t>(threads * each));
  EXPECT_EQ(*numbers.begin(), 1);
  EXPECT_EQ(*numbers.rbegin(), threads * each);
}

TEST_F(Store, OneOpenWalkInPerPatientQueueAndDay) {
  const auto patient = Uuid::make();
  EXPECT_EQ(walk_in(session, new_entry(patient)), "");
  EXPECT_EQ(walk_in(session, new_entry(patient)), "already-queued");
  EXPECT_TRUE(open_walk_in(session, facility, patient, queue.id, today));
}

TEST_F(Store, TwoClerksNeverCallOnePatient) {
  constexpr int patients = 40;
  for (int i = 0; i < patients; ++i)
    EXPECT_EQ(walk_in(session, new_entry(Uuid::make(), now + i * 1s)), "");
  std::mutex mutex;
  std::vector<Uuid> called;
  std::vector<std::thread> clerks;
  for (int t = 0; t < 4; ++t) {
    clerks.emplace_back([&] {
      db::Session own(options());
      while (const auto id = call_next(own)) {
        const std::lock_guard lock(mutex);
        called.push_back(*id);
      }
    });
  }
  for (auto& clerk : clerks)
    clerk.join();
  EXPECT_EQ(called.size(), static_cast<std::size_t>(patients));
  EXPECT_EQ(std::set<Uuid>(called.begin(), called.end()).size(), called.size());
}

TEST_F(Store, TheOrderIsLevelThenArrival) {
  auto first = new_entry(Uuid::make(), now);
  auto second = new_entry(Uuid::make(), now + 1s);
  auto urgent = new_entry(Uuid::make(), now + 2s);
  urgent.priority = domain::Level::high;
  for (const auto& entry : {second, urgent, first})
    EXPECT_EQ(walk_in(session, entry), "");
  EXPECT_EQ(call_next(session), urgent.id);
  EXPECT_EQ(call_next(session), first.id);
  EXPECT_EQ(call_next(session), second.id);
  EXPECT_EQ(call_next(session), std::nullopt);
}

TEST_F(Store, AnotherDoctorsPatientIsNotGivenAway) {
  auto others = new_entry(Uuid::make(), now);
  others.doctor_id = Uuid::make();
  auto mine = new_entry(Uuid::make(), now + 1s);
  mine.doctor_id = doctor;
  EXPECT_EQ(walk_in(session, others), "");
  EXPECT_EQ(walk_in(session, mine), "");
  EXPECT_EQ(call_next(session, doctor), mine.id);
  EXPECT_EQ(call_next(session, doctor), std::nullopt);
}

TEST_F(Store, ACheckInMakesAnEntryOnce) {
  const auto appointment = Uuid::make();
  const auto data = appointment_data(appointment, Uuid::make());
  fact("AppointmentCheckedIn", events::on_appointment, data);
  fact("AppointmentCheckedIn", events::on_appointment, data);
  ASSERT_EQ(entries().size(), 1U);
  EXPECT_EQ(entries()[0].appointment_id, appointment);
  EXPECT_EQ(entries()[0].doctor_id, doctor);
  EXPECT_EQ(entries()[0].ticket.label, "GM-1");
}

TEST_F(Store, ACheckInLinksTheOpenWalkIn) {
  const auto patient = Uuid::make();
  const auto appointment = Uuid::make();
  EXPECT_EQ(walk_in(session, new_entry(patient)), "");
  fact("AppointmentCheckedIn", events::on_appointment, appointment_data(appointment, patient));
  ASSERT_EQ(entries().size(), 1U);
  EXPECT_EQ(entries()[0].appointment_id, appointment);
  fact("AppointmentCheckedIn", events::on_appointment, appointment_data(Uuid::make(), patient));
  EXPECT_EQ(entries().size(), 2U) << "another appointment gets an entry of its own";
}

TEST_F(Store, AnUndoneCheckInCancelsAndANewOneMakesAnew) {
  const auto appointment = Uuid::make();
  const auto data = appointment_data(appointment, Uuid::make());
  fact("AppointmentCheckedIn", events::on_appointment, data);
  fact("AppointmentCheckInUndone", events::on_appointment, data);
  EXPECT_EQ(entries()[0].status, domain::Status::cancelled);
  fact("AppointmentCheckedIn", events::on_appointment, data);
  const auto open = list(session, facility, {.status = domain::Status::waiting}, std::nullopt, 10);
  ASSERT_EQ(entries().size(), 2U);
  EXPECT_EQ(open.size(), 1U);
}

TEST_F(Store, TheEntryFollowsItsConsultationInWhateverOrder) {
  // 0 check-in, 1 started, 2 completed: topics are not ordered among each other, one topic is.
  const std::vector<std::vector<int>> orders = {{0, 1, 2}, {1, 0, 2}, {1, 2, 0}};
  for (const auto& order : orders) {
    const auto appointment = Uuid::make();
    const auto patient = Uuid::make();
    const auto consultation = Uuid::make();
    for (const int step : order) {
      if (step == 0)
        fact("AppointmentCheckedIn", events::on_appointment,
             appointment_data(appointment, patient));
      const auto data = consultation_data(consultation, appointment);
      if (step == 1) fact("ConsultationStarted", events::on_consultation, data);
      if (step == 2) fact("ConsultationCompleted", events::on_consultation, data);
    }
    const auto found = list(session, facility, {.appointment_id = appointment}, std::nullopt, 10);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].status, domain::Status::completed);
    EXPECT_EQ(found[0].consultation_id, consultation);
  }
}

TEST_F(Store, ACheckInWaitsForItsDepartment) {
  department = Uuid::make();  // not registered yet
  const auto appointment = Uuid::make();
  fact("AppointmentCheckedIn", events::on_appointment, appointment_data(appointment, Uuid::make()));
  EXPECT_TRUE(entries().empty());
  fact(
      "DepartmentRegistered", events::on_department,
      R"({"department_id":")" + department.str() + R"(","code":"ENT","name":"Ear","active":true})");
  ASSERT_EQ(entries().size(), 1U);
  EXPECT_EQ(entries()[0].ticket.label, "ENT-1");
}

TEST_F(Store, AFactAboutATransferredEntryAppliesToItsSuccessor) {
  const auto appointment = Uuid::make();
  fact("AppointmentCheckedIn", events::on_appointment, appointment_data(appointment, Uuid::make()));
  const auto id = entries()[0].id;
  const auto target =
      list_queues(session, facility, department, domain::Kind::emergency, std::nullopt, 1)[0];
  const auto moved = session.transact([&](db::Transaction& tx) -> Result<bool> {
    auto locked = lock(tx, facility, id);
    const auto successor = successor_of(locked->entry, Uuid::make(), target, now, doctor);
    const auto decision = decide(locked->entry, domain::Transfer{successor.id, "worse"});
    evolve(locked->entry, decision->front(), now);
    save(tx, locked->entry, events_of(locked->entry, "QueueEntryTransferred"));
    insert(tx, successor, queue.id, events_of(successor, "QueueEntryCreated"));
    return true;
  });
  ASSERT_TRUE(moved);
  fact("ConsultationCompleted", events::on_consultation,
       consultation_data(Uuid::make(), appointment));
  const auto before =
      list(session, facility, {.status = domain::Status::transferred}, std::nullopt, 10);
  const auto after =
      list(session, facility, {.status = domain::Status::completed}, std::nullopt, 10);
  ASSERT_EQ(before.size(), 1U);
  ASSERT_EQ(after.size(), 1U);
  EXPECT_EQ(after[0].transferred_from, before[0].id);
  EXPECT_EQ(after[0].ticket.label, before[0].ticket.label);
}

TEST_F(Store, TheDayIsClosedAtFour) {
  EXPECT_EQ(walk_in(session, new_entry(Uuid::make())), "");
  jobs::close_days(session, *parse_instant("2026-06-02T03:59:59Z"), [] {});
  EXPECT_EQ(entries()[0].status, domain::Status::waiting);
  jobs::close_days(session, *parse_instant("2026-06-02T04:00:00Z"), [] {});
  EXPECT_EQ(entries()[0].status, domain::Status::no_show);
  EXPECT_EQ(entries()[0].status_reason, "day-closed");
}

TEST_F(Store, ChangesOfAQueueAndEventsOfAnEntryAreCountedWithoutGaps) {
  fact("AppointmentCheckedIn", events::on_appointment,
       appointment_data(Uuid::make(), Uuid::make()));
  (void)call_next(session);
  const db::Statement statement{
      "versions",
      "SELECT array_agg(aggregate_version ORDER BY id)::int[] AS v, "
      "array_agg((payload::json->>'queue_change')::int ORDER BY id) AS c "
      "FROM outbox WHERE facility_id = $1 AND topic = 'ambula.queue-entry.v1'"};
  const auto row = session.read(statement, facility).front();
  EXPECT_THAT(row.get<std::vector<int>>("v"), ::testing::ElementsAre(1, 2));
  EXPECT_THAT(row.get<std::vector<int>>("c"), ::testing::ElementsAre(1, 2));
}

}  // namespace ambula::queue::store::store_test

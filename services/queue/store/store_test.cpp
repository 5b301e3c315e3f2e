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
#include "queue/events/recording.hpp"
#include "queue/jobs.hpp"
#include "triage.hpp"
#include "visitors.hpp"

// The store, the jobs and the reactions to neighbours' facts against a real PostgreSQL [QUE-1,
// QUE-2, QUE-3, QUE-4, QUE-6, QUE-7, QUE-9, QUE-10, QUE-14].
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

/// All that is done when a department is told of.
Result<void> on_department(outbox::Delivery& delivery) {
  for (const auto handle :
       {events::on_department, events::open_queues, events::do_early_check_ins}) {
    if (auto done = handle(delivery); !done) return done;
  }
  return {};
}

class Store : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    ASSERT_TRUE(db::migrate(options(), "platform", outbox::migrations()));
    ASSERT_TRUE(db::migrate(options(), "queue", migrations));
  }

  void SetUp() override {
    facility_registered();
    department_registered();
    queue = queue_of(domain::Kind::regular);
  }

  void facility_registered() {
    fact("FacilityRegistered", events::on_facility,
         R"({"facility_id":")" + facility.str() +
             R"(","zone":"UTC","settings":{"max_calls":3,"staging_factor":1,"visitor_days":90}})");
  }
  void department_registered() {
    fact("DepartmentRegistered", on_department,
         R"({"department_id":")" + department.str() +
             R"(","code":"GM","name":"General","active":true})");
  }
  domain::Queue queue_of(domain::Kind kind) {
    return list_queues(session, facility, department, kind, std::nullopt, 1).at(0);
  }
  /// Works all day, every day.
  void doctor_registered(const Uuid& id, std::string_view specialty = "GEN",
                         std::string_view exceptions = "") {
    std::string weekly;
    for (const auto* day : {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}) {
      weekly += (weekly.empty() ? "" : ",") + (R"({"day":")" + std::string(day)) +
                R"(","from":"00:00","to":"24:00","slot_min":15})";
    }
    fact("DoctorHoursChanged", events::on_doctor,
         R"({"doctor_id":")" + id.str() + R"(","display_name":"Dr.","specialty":")" +
             std::string(specialty) + R"(","department_id":")" + department.str() +
             R"(","room":"7","active":true,"availability":{"weekly":[)" + weekly +
             R"(]},"exceptions":[)" + std::string(exceptions) + "]}");
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

  events::Act act(Instant at = now) const { return {outbox::Cause{}, at, doctor}; }

  domain::Entry new_entry(const Uuid& patient, Instant seniority = now) {
    domain::Entry entry;
    entry.id = Uuid::make();
    entry.facility_id = facility;
    entry.queue_id = entry.origin_queue_id = queue.id;
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
      auto line = queue;
      line.id = entry.queue_id;
      events::enter(tx, entry, line, act());
      return true;
    });
    return done ? "" : done.error().code;
  }

  /// Locks, decides and records.
  template <class Command>
  domain::Entry run(const Uuid& id, const Command& command, Instant at = now) {
    const auto done = session.transact([&](db::Transaction& tx) -> Result<domain::Entry> {
      const auto locked = lock(tx, facility, id);
      const auto decision = decide(locked->entry, command);
      if (!decision) return decision.error();
      return events::record(tx, locked->entry, *decision, act(at));
    });
    EXPECT_TRUE(done);
    return *done;
  }

  events::Transferred move(const Uuid& id, const domain::Queue& target) {
    const auto moved = session.transact([&](db::Transaction& tx) -> Result<events::Transferred> {
      const auto locked = lock(tx, facility, id);
      return events::transfer(tx, locked->entry, {.target = target, .reason = "worse"}, act());
    });
    EXPECT_TRUE(moved);
    return *moved;
  }

  std::optional<Uuid> call_next(db::Session& with, std::optional<Uuid> by = std::nullopt) {
    const auto called = store::call_next(with, next_call(by));
    EXPECT_TRUE(called);
    return *called ? std::optional((*called)->entry.id) : std::nullopt;
  }
  NextCall next_call(std::optional<Uuid> by, bool own_only = false) const {
    return {.facility = facility,
            .queue = queue.id,
            .doctor = by,
            .now = now,
            .room = std::nullopt,
            .own_department_only = own_only,
            .actor = doctor,
            .event_id = Uuid::make(),
            .traceparent = ""};
  }

  std::vector<domain::Entry> entries(const ListFilter& filter = {}) {
    std::vector<domain::Entry> found;
    for (auto& named : list(session, facility, filter, std::nullopt, 1000))
      found.push_back(std::move(named.entry));
    return found;
  }
  domain::Entry entry(const Uuid& id) { return get(session, facility, id)->entry; }

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
  constexpr int threads = 10;
  constexpr int each = 20;  // 200 at once, as many as ten connections can be
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
  constexpr int patients = 500;
  for (int i = 0; i < patients; ++i)
    EXPECT_EQ(walk_in(session, new_entry(Uuid::make(), now + i * 1s)), "");
  std::mutex mutex;
  std::vector<Uuid> called;
  std::vector<std::thread> clerks;
  for (int t = 0; t < 8; ++t) {
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
  const auto open = entries({.status = domain::Status::waiting});
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
    const auto found = entries({.appointment_id = appointment});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].status, domain::Status::completed);
    EXPECT_EQ(found[0].consultation_id, consultation);
  }
}

// The true story is check-in, one or two consultations that were started and cancelled, and the
// visit withdrawn: the facts of two topics, mixed in all ways.
TEST_F(Store, AWithdrawnVisitDoesNotWaitAgainInWhateverOrder) {
  const auto told = [&](const std::string& order, const std::string& withdrawal) {
    const auto appointment = Uuid::make();
    const auto visit = appointment_data(appointment, Uuid::make());
    std::vector<std::pair<std::string, std::string>> consultations;
    for (int i = 0; i < 3; ++i) {
      const auto data = consultation_data(Uuid::make(), appointment);
      consultations.emplace_back("ConsultationStarted", data);
      consultations.emplace_back("ConsultationCancelled", data);
    }
    auto next = consultations.begin();
    bool checked_in = false;
    for (const char topic : order) {
      if (topic == 'C') {
        fact(next->first, events::on_consultation, next->second);
        ++next;
      } else {
        fact(checked_in ? withdrawal : "AppointmentCheckedIn", events::on_appointment, visit);
        checked_in = true;
      }
    }
    const auto found = entries({.appointment_id = appointment});
    ASSERT_EQ(found.size(), 1U) << order;
    EXPECT_EQ(found[0].status, domain::Status::cancelled) << order << " " << withdrawal;
    // Somebody who is checked in anew and comes back from the doctor waits.
    fact("AppointmentCheckedIn", events::on_appointment, visit);
    for (int i = 0; i < 2; ++i, ++next)
      fact(next->first, events::on_consultation, next->second);
    EXPECT_EQ(entries({.status = domain::Status::waiting, .appointment_id = appointment}).size(),
              1U)
        << order << " " << withdrawal;
  };
  for (const auto* withdrawal : {"AppointmentCancelled", "AppointmentCheckInUndone"}) {
    for (std::string order : {"AACC", "AACCCC"}) {
      do {
        told(order, withdrawal);
      } while (std::ranges::next_permutation(order).found);
    }
  }
}

TEST_F(Store, ACheckInWaitsForItsDepartment) {
  department = Uuid::make();  // not registered yet
  const auto appointment = Uuid::make();
  fact("AppointmentCheckedIn", events::on_appointment, appointment_data(appointment, Uuid::make()));
  EXPECT_TRUE(entries().empty());
  fact(
      "DepartmentRegistered", on_department,
      R"({"department_id":")" + department.str() + R"(","code":"ENT","name":"Ear","active":true})");
  ASSERT_EQ(entries().size(), 1U);
  EXPECT_EQ(entries()[0].ticket.label, "ENT-1");
}

TEST_F(Store, AFactAboutATransferredEntryAppliesToItsSuccessor) {
  const auto appointment = Uuid::make();
  fact("AppointmentCheckedIn", events::on_appointment, appointment_data(appointment, Uuid::make()));
  const auto id = entries()[0].id;
  move(id, queue_of(domain::Kind::emergency));
  fact("ConsultationCompleted", events::on_consultation,
       consultation_data(Uuid::make(), appointment));
  const auto before = entries({.status = domain::Status::transferred});
  const auto after = entries({.status = domain::Status::completed});
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

// What was written for an entry, in the order of the outbox.
const db::Statement outbox_of{
    "outbox_of",
    "SELECT array_agg(aggregate_version ORDER BY id)::int[] AS versions, "
    "array_agg(type ORDER BY id) AS types, array_agg(payload ORDER BY id) AS payloads "
    "FROM outbox WHERE facility_id = $1 AND topic = 'ambula.queue-entry.v1'"};

TEST_F(Store, EventsOfAnEntryAreCountedWithoutGaps) {
  fact("AppointmentCheckedIn", events::on_appointment,
       appointment_data(Uuid::make(), Uuid::make()));
  (void)call_next(session);
  const auto row = session.read(outbox_of, facility).front();
  EXPECT_THAT(row.get<std::vector<int>>("versions"), ::testing::ElementsAre(1, 2));
}

TEST_F(Store, TheEventOfCallNextIsTheCodecs) {
  auto entry = new_entry(Uuid::make());
  entry.doctor_id = doctor;
  entry.priority = domain::Level::high;
  ASSERT_EQ(walk_in(session, entry), "");
  (void)call_next(session);
  const auto row = session.read(outbox_of, facility).front();
  const auto payloads = row.get<std::vector<std::string>>("payloads");
  const auto called = entries().at(0);
  EXPECT_EQ(called.calls, 1);
  EXPECT_EQ(called.first_called_at, now);
  EXPECT_EQ(payloads.at(1), events::encode_entry(called));
}

TEST_F(Store, AnEmergencyGoesFirstForADoctorAlsoOverMidnight) {  // QUE-6
  doctor_registered(doctor);
  auto waiting = new_entry(Uuid::make(), now - 1h);
  waiting.priority = domain::Level::critical;
  auto others = new_entry(Uuid::make(), now - 3h);
  others.doctor_id = Uuid::make();
  auto emergency = new_entry(Uuid::make(), now);
  emergency.day = *parse_date("2026-05-31");
  for (auto* one : {&others, &emergency}) {
    one->queue_id = one->origin_queue_id = queue_of(domain::Kind::emergency).id;
    one->queue_kind = domain::Kind::emergency;
    one->triage_level = domain::Level::critical;
  }
  for (const auto& one : {waiting, others, emergency})
    ASSERT_EQ(walk_in(session, one), "");
  const auto first = store::call_next(session, next_call(doctor));
  ASSERT_TRUE(first && *first);
  EXPECT_EQ((*first)->entry.id, emergency.id);
  EXPECT_EQ((*first)->entry.room, "7") << "the doctor's";
  EXPECT_EQ(call_next(session, doctor), waiting.id);
  EXPECT_EQ(call_next(session, doctor), std::nullopt) << "another doctor's emergency";
}

TEST_F(Store, ADoctorCallsNobodyOfAnotherDepartment) {
  const auto stranger = Uuid::make();
  ASSERT_EQ(walk_in(session, new_entry(Uuid::make())), "");
  const auto called = store::call_next(session, next_call(stranger, true));
  ASSERT_TRUE(called);
  EXPECT_FALSE(*called);
}

TEST_F(Store, WhoIsOnDuty) {  // QUE-2
  doctor_registered(doctor, "CARD");
  doctor_registered(Uuid::make(), "GEN",
                    R"({"exception_id":"x","kind":"LEAVE","from":"2026-06-01T08:00:00Z",)"
                    R"("to":"2026-06-01T10:00:00Z"})");
  const auto on_duty_at = [&](Instant at, std::optional<std::string> specialty) {
    std::vector<domain::Candidate> found;
    (void)session.transact([&](db::Transaction& tx) -> Result<bool> {
      found = on_duty(tx, facility, at, specialty ? Uuid::make() : department, specialty);
      return true;
    });
    return found;
  };
  auto waiting = new_entry(Uuid::make());
  waiting.doctor_id = doctor;
  ASSERT_EQ(walk_in(session, waiting), "");
  const auto now_found = on_duty_at(now, std::nullopt);
  ASSERT_EQ(now_found.size(), 1U);
  EXPECT_EQ(now_found[0].id, doctor);
  EXPECT_EQ(now_found[0].open_entries, 1);
  EXPECT_EQ(on_duty_at(now + 1h, std::nullopt).size(), 2U) << "the leave has ended";
  EXPECT_EQ(on_duty_at(now, "CARD").size(), 1U);
  EXPECT_EQ(on_duty_at(now, "NEUR").size(), 0U);
}

TEST_F(Store, StagingMovesUpWhileTheRegularQueueHasRoom) {  // QUE-7
  const auto staging = queue_of(domain::Kind::staging);
  std::vector<Uuid> staged;
  for (int i = 0; i < 3; ++i) {
    auto one = new_entry(Uuid::make(), now + i * 1s);
    one.queue_id = one.origin_queue_id = staging.id;
    one.queue_kind = domain::Kind::staging;
    staged.push_back(one.id);
    ASSERT_EQ(walk_in(session, one), "");
  }
  jobs::promote(session, now, [] {});
  EXPECT_EQ(entries({.queue_id = queue.id}).size(), 0U) << "nobody is on duty";
  doctor_registered(doctor);
  doctor_registered(Uuid::make());
  jobs::promote(session, now, [] {});
  const auto regular = entries({.queue_id = queue.id});
  ASSERT_EQ(regular.size(), 2U) << "two on duty, one place each";
  const auto first = std::ranges::find(regular, std::optional(staged[0]),
                                       [](const auto& moved) { return moved.transferred_from; });
  ASSERT_NE(first, regular.end());
  EXPECT_EQ(first->status_reason, "promoted: 0 of 2 places taken (2 on duty × 1)");
  EXPECT_EQ(entry(staged[0]).status, domain::Status::transferred);
  EXPECT_EQ(entry(staged[2]).status, domain::Status::waiting);
  run(regular[0].id, domain::Leave{"went home"});
  jobs::promote(session, now, [] {});
  EXPECT_EQ(entry(staged[2]).status, domain::Status::transferred);
}

TEST_F(Store, AVisitorIsRecordedIdentifiedAndForgotten) {  // QUE-14
  domain::Visitor visitor{.id = Uuid::make(),
                          .facility_id = facility,
                          .name = "A visitor",
                          .phone = std::nullopt,
                          .patient_id = std::nullopt};
  const auto visitor_events = [&](std::string_view type) {
    outbox::Events told(outbox::Cause{});
    told.add(type, events::encode_visitor(visitor));
    return told;
  };
  auto mine = new_entry(Uuid::make());
  mine.patient_id.reset();
  mine.visitor_id = visitor.id;
  const auto patient = Uuid::make();
  const auto done = session.transact([&](db::Transaction& tx) -> Result<bool> {
    record(tx, visitor, now, visitor_events("VisitorRecorded"));
    events::enter(tx, mine, queue, act());
    visitor.patient_id = patient;
    identify(tx, visitor, now, visitor_events("VisitorIdentified"));
    for (const auto& one : lock_of_visitor(tx, facility, visitor.id))
      events::record(tx, one, *decide(one, domain::Identify{patient}), act());
    return true;
  });
  ASSERT_TRUE(done);
  EXPECT_EQ(entry(mine.id).patient_id, patient);
  EXPECT_EQ(get(session, facility, mine.id)->names.visitor, "A visitor");
  jobs::forget(session, now + 89 * 24h, [] {});
  EXPECT_EQ(get(session, facility, mine.id)->names.visitor, "A visitor");
  jobs::forget(session, now + 90 * 24h, [] {});
  EXPECT_FALSE(get(session, facility, mine.id)->names.visitor);
  const db::Statement told{"told",
                           "SELECT array_agg(aggregate_version ORDER BY id)::int[] AS versions, "
                           "bool_or(payload IS NULL) AS tombstone FROM outbox "
                           "WHERE facility_id = $1 AND topic = 'ambula.visitor.v1'"};
  const auto row = session.read(told, facility).front();
  EXPECT_THAT(row.get<std::vector<int>>("versions"), ::testing::ElementsAre(1, 2, 3));
  EXPECT_TRUE(row.get<bool>("tombstone"));
}

TEST_F(Store, AnEndedEntryDoesNotComeBackBesideTheOpenOne) {
  const auto patient = Uuid::make();
  const auto left = new_entry(patient);
  ASSERT_EQ(walk_in(session, left), "");
  run(left.id, domain::Leave{"tired"});
  const auto anew = new_entry(patient);
  ASSERT_EQ(walk_in(session, anew), "");
  fact("ConsultationStarted", events::on_consultation,
       R"({"consultation_id":")" + Uuid::make().str() + R"(","doctor_id":")" + doctor.str() +
           R"(","queue_entry_id":")" + left.id.str() + R"(","started_at":"2026-06-01T09:00:00Z"})");
  EXPECT_EQ(entry(left.id).status, domain::Status::left);
  EXPECT_EQ(entry(anew.id).status, domain::Status::in_service);
}

TEST_F(Store, AWithdrawnOrEndedVisitIsNotEnteredLater) {
  for (const auto* type : {"AppointmentNoShow", "AppointmentCompleted", "AppointmentCancelled"}) {
    department = Uuid::make();  // not registered yet
    const auto data = appointment_data(Uuid::make(), Uuid::make());
    fact("AppointmentCheckedIn", events::on_appointment, data);
    fact(type, events::on_appointment, data);
    fact("DepartmentRegistered", on_department,
         R"({"department_id":")" + department.str() + R"(","code":")" + type +
             R"(","name":"Late","active":true})");
    EXPECT_TRUE(entries().empty()) << type;
  }
}

TEST_F(Store, ATakenOverConsultationThatCameEarlyKeepsItsDoctor) {
  const auto appointment = Uuid::make();
  const auto consultation = Uuid::make();
  fact("ConsultationStarted", events::on_consultation,
       consultation_data(consultation, appointment));
  doctor = Uuid::make();
  fact("ConsultationTakenOver", events::on_consultation,
       consultation_data(consultation, appointment));
  fact("AppointmentCheckedIn", events::on_appointment, appointment_data(appointment, Uuid::make()));
  ASSERT_EQ(entries().size(), 1U);
  EXPECT_EQ(entries()[0].status, domain::Status::in_service);
  EXPECT_EQ(entries()[0].doctor_id, doctor);
}

TEST_F(Store, EachReasonStandsInTheHistory) {  // QUE-3
  const auto one = new_entry(Uuid::make());
  ASSERT_EQ(walk_in(session, one), "");
  run(one.id, domain::Hold{"at the laboratory"});
  run(one.id, domain::Resume{});
  const db::Statement history{
      "history_of",
      "SELECT array_agg(event ORDER BY version) AS events, "
      "array_agg(coalesce(reason, '-') ORDER BY version) AS reasons, "
      "array_agg(status ORDER BY version) AS statuses, "
      "bool_and(actor_id IS NOT NULL) AS actors "
      "FROM queue_entry_transition WHERE queue_entry_id = $1 AND facility_id = $2"};
  const auto row = session.read(history, one.id, facility).front();
  EXPECT_THAT(row.get<std::vector<std::string>>("events"),
              ::testing::ElementsAre("QueueEntryCreated", "QueueEntryHeld", "QueueEntryResumed"));
  EXPECT_THAT(row.get<std::vector<std::string>>("reasons"),
              ::testing::ElementsAre("-", "at the laboratory", "-"));
  EXPECT_THAT(row.get<std::vector<std::string>>("statuses"),
              ::testing::ElementsAre("WAITING", "ON_HOLD", "WAITING"));
}

TEST_F(Store, APlaceAndWhatWasObserved) {  // QUE-9
  const auto unknown = new_entry(Uuid::make(), now);
  ASSERT_EQ(walk_in(session, unknown), "");
  EXPECT_EQ(position(session, facility, unknown.id, now)->queue.observations, 0);
  run(unknown.id, domain::Leave{"tired"});
  // Five turns of ten minutes each, one after the other, all there from nine on.
  for (int i = 0; i < 5; ++i) {
    const auto one = new_entry(Uuid::make(), now);
    ASSERT_EQ(walk_in(session, one), "");
    run(one.id, domain::Call{3, std::nullopt}, now + (i + 1) * 10min);
  }
  const auto first = new_entry(Uuid::make(), now + 50min);
  const auto second = new_entry(Uuid::make(), now + 51min);
  ASSERT_EQ(walk_in(session, first), "");
  ASSERT_EQ(walk_in(session, second), "");
  const auto place = position(session, facility, second.id, now + 55min);
  ASSERT_TRUE(place);
  EXPECT_EQ(place->ahead, 1) << "called ones are not ahead";
  EXPECT_EQ(place->queue.observations, 5);
  EXPECT_DOUBLE_EQ(place->queue.median_min, 10);
  EXPECT_EQ(position(session, facility, second.id, now + 3h)->queue.observations, 0)
      << "another hour of the day";
}

TEST_F(Store, TheOwnDoctorsPaceIsOfTheirEntriesOnly) {  // QUE-9
  const auto mine = Uuid::make();
  const auto other = Uuid::make();
  const auto one = [&](const Uuid& whose, Instant at) {
    auto entry = new_entry(Uuid::make(), at);
    entry.doctor_id = whose;
    EXPECT_EQ(walk_in(session, entry), "");
    return entry.id;
  };
  // From nine on the doctor calls every twelve minutes and a colleague every three.
  for (int i = 0; i < 4; ++i)
    run(one(mine, now), domain::Call{3, std::nullopt}, now + (i + 1) * 12min);
  for (int i = 0; i < 16; ++i)
    run(one(other, now), domain::Call{3, std::nullopt}, now + (i + 1) * 3min + 30s);
  one(other, now + 50min);
  one(mine, now + 50min);
  one(other, now + 50min);
  const auto last = one(mine, now + 51min);
  const auto place = position(session, facility, last, now + 55min);
  ASSERT_TRUE(place);
  EXPECT_EQ(place->ahead, 3);
  EXPECT_EQ(place->ahead_of_doctor, 1);
  ASSERT_EQ(walk_in(session, new_entry(Uuid::make(), now + 50min)), "");
  EXPECT_EQ(position(session, facility, last, now + 55min)->ahead_of_doctor, 2) << "anybody's yet";
  EXPECT_EQ(place->doctor.observations, 4);
  EXPECT_DOUBLE_EQ(place->doctor.median_min, 12);
  EXPECT_EQ(place->queue.observations, 20);
  EXPECT_LT(place->queue.median_min, 3.1);
}

TEST_F(Store, ATokenOpensItsEntryUntilTheDayEnds) {  // QUE-9
  auto mine = new_entry(Uuid::make());
  mine.tracking_token = "tok-" + mine.id.str();
  ASSERT_EQ(walk_in(session, mine), "");
  const auto moved = move(mine.id, queue_of(domain::Kind::staging));
  ASSERT_TRUE(tracked(session, mine.tracking_token, now));
  EXPECT_EQ(tracked(session, mine.tracking_token, now)->id, moved.successor.id);
  EXPECT_EQ(tracked(session, mine.tracking_token, now)->label, "GM-1");
  EXPECT_FALSE(tracked(session, mine.tracking_token, now + 15h)) << "the next day";
  EXPECT_FALSE(tracked(session, "tok-of-nobody", now));
}

TEST_F(Store, RulesAreKeptPerFacilityAndNeverChange) {  // QUE-5
  EXPECT_EQ(active_rules(session, facility).version, "v1");
  const StoredRules own{"v9", R"({"version":"v9"})"};
  EXPECT_TRUE(activate(session, facility, own, now));
  EXPECT_FALSE(activate(session, facility, own, now));
  EXPECT_EQ(active_rules(session, facility).version, "v9");
  EXPECT_EQ(active_rules(session, Uuid::make()).version, "v1");
  EXPECT_EQ(rules_of_version(session, facility, "v1")->version, "v1");
}

}  // namespace ambula::queue::store::store_test

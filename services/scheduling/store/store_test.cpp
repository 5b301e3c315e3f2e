#include <atomic>
#include <scheduling/migrations.hpp>
#include <scheduling/sql.hpp>
#include <set>
#include <thread>

#include <ambula/db/migrate.hpp>
#include <ambula/outbox/outbox.hpp>
#include <ambula/testing/postgres.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "appointments.hpp"
#include "constraints.hpp"
#include "directory.hpp"
#include "scheduling/events/codec.hpp"
#include "scheduling/events/handlers.hpp"
#include "scheduling/jobs.hpp"

// The store against a real PostgreSQL: what the database itself guarantees [SCH-1, SCH-2, SCH-3,
// SCH-5, SCH-6].
namespace ambula::scheduling::store::store_test {

using namespace std::chrono_literals;

/// One database for all tests of this file.
testing::Postgres& postgres() {
  static testing::Postgres instance("scheduling");
  return instance;
}

db::Options options() {
  return {.url = postgres().url(),
          .application_name = "test",
          .schema = "scheduling",
          .constraints = constraints()};
}

const Instant now = *parse_instant("2026-06-01T06:00:00Z");  // a Monday
const outbox::Cause cause{};

outbox::Events event(std::string_view type, std::string data) {
  outbox::Events events(cause);
  events.add(type, std::move(data));
  return events;
}

class Store : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    ASSERT_TRUE(db::migrate(options(), "platform", outbox::migrations()));
    ASSERT_TRUE(db::migrate(options(), "scheduling", migrations));
  }

  void SetUp() override {
    // A facility of its own for each test.
    fact(
        "FacilityRegistered", events::on_facility,
        R"({"facility_id":")" + facility.str() +
            R"(","code":"T","name":"Test","zone":"UTC","currency":"EUR","locale":"en","settings":{"day_cap":4,)"
            R"("urgent_seats":1,"desk_may_complete":true,"no_show_grace_min":30}})");
    department = add_unit(department_statements, "DepartmentRegistered", "GM");
    add_unit(specialty_statements, "SpecialtyRegistered", "CARD");
    doctor = add_doctor();
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

  Uuid add_patient(bool active = true) {
    const auto id = Uuid::make();
    fact("PatientRegistered", events::on_patient,
         R"({"patient_id":")" + id.str() + R"(","status":")" + (active ? "ACTIVE" : "INACTIVE") +
             R"("})");
    return id;
  }

  Uuid add_unit(const UnitStatements& statements, std::string_view type, std::string code) {
    const domain::Unit unit{.id = Uuid::make(),
                            .facility_id = facility,
                            .code = std::move(code),
                            .name = "A unit",
                            .active = true,
                            .record = {1, now, actor, now, actor}};
    const auto done = session.transact([&](db::Transaction& tx) -> Result<bool> {
      insert(tx, statements, unit, event(type, "{}"));
      return true;
    });
    EXPECT_TRUE(done);
    return unit.id;
  }

  domain::Doctor add_doctor() {
    domain::Doctor d;
    d.id = Uuid::make();
    d.facility_id = facility;
    d.display_name = "Dr. Sample";
    d.specialty = "CARD";
    d.department_id = department;
    d.record = {1, now, actor, now, actor};
    for (unsigned weekday = 0; weekday < 7; ++weekday) {
      d.availability.weekly.push_back({std::chrono::weekday{weekday}, LocalMinutes{9 * 60},
                                       LocalMinutes{17 * 60}, LocalMinutes{15}});
    }
    const auto done = session.transact([&](db::Transaction& tx) -> Result<bool> {
      insert(tx, d, event("DoctorRegistered", "{}"));
      d.hours_version = save_hours(tx, d, event("DoctorHoursChanged", "{}"));
      return true;
    });
    EXPECT_TRUE(done);
    return d;
  }

  domain::Appointment wanted(const Uuid& patient, Instant starts_at,
                             std::chrono::minutes length = 15min) {
    domain::Appointment a;
    a.id = Uuid::make();
    a.facility_id = facility;
    a.patient_id = patient;
    a.doctor_id = doctor.id;
    a.department_id = department;
    a.time = {starts_at, starts_at + length};
    a.created_at = a.updated_at = now;
    a.created_by = a.updated_by = actor;
    return a;
  }

  BookingContext context(const Uuid& patient) {
    auto found = booking_context(session, facility, patient, doctor.id);
    EXPECT_TRUE(found);
    return *found;
  }

  /// "" when booked, else why not.
  std::string try_book(db::Session& with, const domain::Appointment& a,
                       std::optional<std::string> key = std::nullopt) {
    const auto ctx = booking_context(with, facility, a.patient_id, a.doctor_id);
    service::Call::IdempotencyParams answer{actor, std::move(key), "hash", 201, "", "{}"};
    for (int attempt = 0; attempt < 20; ++attempt) {
      const auto done =
          book(with, a, *ctx, answer, event("AppointmentBooked", events::encode_appointment(a)));
      if (!done) return done.error().code;
      if (*done) return "";
      switch (why_not_booked(with, a, *ctx)) {
        case Refusal::patient_overlap:
          return "patient-overlap";
        case Refusal::doctor_day_full:
          return "doctor-day-full";
        case Refusal::slot_taken:
          return "slot-taken";
        case Refusal::retry:
          break;
      }
    }
    return "retry";
  }
  std::string try_book(const domain::Appointment& a) { return try_book(session, a); }

  int count(const char* sql) {
    const db::Statement statement{"count", sql};
    db::Session fresh(options());
    return fresh.read(statement, facility).front().get<int>("n");
  }

  db::Session session{options()};
  Uuid facility = Uuid::make();
  Uuid actor = Uuid::make();
  Uuid department;
  domain::Doctor doctor;
  Instant nine = *parse_instant("2026-06-02T09:00:00Z");
};

TEST_F(Store, EveryStatementIsPrepared) {
  EXPECT_NO_THROW(session.prepare_all(sql::all));
}

TEST_F(Store, KnowsADoctorAsItWasWritten) {
  const auto found = get_doctor(session, facility, doctor.id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->display_name, "Dr. Sample");
  EXPECT_EQ(found->availability.weekly.size(), 7U);
  EXPECT_EQ(found->hours_version, 2);
  EXPECT_FALSE(get_doctor(session, Uuid::make(), doctor.id)) << "another facility's [OPS-6]";
}

TEST_F(Store, BooksOnceAndTellsWhyNot) {
  const auto patient = add_patient();
  const auto other = add_patient();
  EXPECT_EQ(try_book(wanted(patient, nine)), "");
  EXPECT_EQ(try_book(wanted(other, nine)), "slot-taken");
  EXPECT_EQ(try_book(wanted(other, nine + 10min)), "slot-taken");
  EXPECT_EQ(try_book(wanted(other, nine + 15min)), "");
  doctor = add_doctor();
  EXPECT_EQ(try_book(wanted(patient, nine + 5min)), "patient-overlap");
}

TEST_F(Store, TheDayCapLeavesUrgentSeats) {
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(try_book(wanted(add_patient(), nine + i * 15min)), "");
  EXPECT_EQ(try_book(wanted(add_patient(), nine + 60min)), "doctor-day-full")
      << "one seat of four is for urgent visits";
  auto urgent = wanted(add_patient(), nine + 60min);
  urgent.triage_level = domain::TriageLevel::high;
  EXPECT_EQ(try_book(urgent), "");
  urgent = wanted(add_patient(), nine + 75min);
  urgent.triage_level = domain::TriageLevel::critical;
  EXPECT_EQ(try_book(urgent), "doctor-day-full");
  EXPECT_EQ(try_book(wanted(add_patient(), nine + 24h)), "") << "the next day";
}

TEST_F(Store, ARaceHasOneWinnerPerSlot) {
  constexpr int slots = 3;
  constexpr int threads = 8;
  std::vector<Uuid> patients;
  for (int i = 0; i < threads * slots; ++i)
    patients.push_back(add_patient());
  std::atomic<int> booked{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> racers;
  for (int t = 0; t < threads; ++t) {
    racers.emplace_back([&, t] {
      db::Session own(options());
      for (int s = 0; s < slots; ++s) {
        const auto outcome = try_book(
            own, wanted(patients[static_cast<std::size_t>(t * slots + s)], nine + s * 15min));
        if (outcome.empty()) ++booked;
        if (outcome == "slot-taken" || outcome == "doctor-day-full") ++refused;
      }
    });
  }
  for (auto& racer : racers)
    racer.join();
  EXPECT_EQ(booked, slots);
  EXPECT_EQ(refused, threads * slots - slots);
  EXPECT_EQ(count("SELECT count(*)::int AS n FROM appointment WHERE facility_id = $1"), slots);
  EXPECT_EQ(count("SELECT count(*)::int AS n FROM outbox WHERE facility_id = $1 AND topic = "
                  "'ambula.appointment.v1'"),
            slots);
}

TEST_F(Store, HoursThatChangeMeanwhileBookNothing) {
  const auto patient = add_patient();
  const auto stale = context(patient);
  const auto changed = session.transact([&](db::Transaction& tx) -> Result<std::int64_t> {
    auto d = lock_doctor(tx, facility, doctor.id);
    d->record.updated_at = now;
    return save_hours(tx, *d, event("DoctorHoursChanged", "{}"));
  });
  ASSERT_TRUE(changed);
  const auto a = wanted(patient, nine);
  const auto done = book(session, a, stale, {actor, std::nullopt, "", 201, "", "{}"},
                         event("AppointmentBooked", "{}"));
  ASSERT_TRUE(done);
  EXPECT_FALSE(*done);
  EXPECT_EQ(why_not_booked(session, a, stale), Refusal::retry);
}

TEST_F(Store, TheAnswerIsStoredWithTheBooking) {
  const auto key = Uuid::make().str();
  EXPECT_EQ(try_book(session, wanted(add_patient(), nine), key), "");
  EXPECT_THROW((void)try_book(session, wanted(add_patient(), nine + 30min), key),
               db::StatementFailed)
      << "the key is taken, so nothing is booked";
  EXPECT_EQ(count("SELECT count(*)::int AS n FROM appointment WHERE facility_id = $1"), 1);
}

TEST_F(Store, MovesKeepTheIdAndFreeTheOldTime) {
  const auto first = wanted(add_patient(), nine);
  ASSERT_EQ(try_book(first), "");
  const auto version = session.transact([&](db::Transaction& tx) -> Result<std::int64_t> {
    const auto locked = lock(tx, facility, first.id);
    auto moved = locked->appointment;
    moved.time = {nine + 1h, nine + 1h + 15min};
    moved.move_count = 1;
    return save(tx, moved, locked->rules, true, event("AppointmentRescheduled", "{}"));
  });
  ASSERT_TRUE(version);
  EXPECT_EQ(*version, 2);
  EXPECT_EQ(try_book(wanted(add_patient(), nine)), "");
  EXPECT_EQ(try_book(wanted(add_patient(), nine + 1h)), "slot-taken");
}

TEST_F(Store, ACancelledVisitHoldsNothing) {
  const auto first = wanted(add_patient(), nine);
  ASSERT_EQ(try_book(first), "");
  const auto done = session.transact([&](db::Transaction& tx) -> Result<std::int64_t> {
    const auto locked = lock(tx, facility, first.id);
    auto cancelled = locked->appointment;
    cancelled.status = domain::Status::cancelled;
    return save(tx, cancelled, locked->rules, false, event("AppointmentCancelled", "{}"));
  });
  ASSERT_TRUE(done);
  EXPECT_EQ(try_book(wanted(add_patient(), nine)), "");
}

TEST_F(Store, PagesWithoutLossOrRepeat) {
  std::set<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    const auto a = wanted(add_patient(), nine + i * 15min);
    ASSERT_EQ(try_book(a), "");
    ids.insert(a.id.str());
  }
  std::set<std::string> seen;
  std::optional<std::pair<Instant, Uuid>> after;
  while (true) {
    const auto page = list(session, facility, {}, after, 1);
    if (page.empty()) break;
    EXPECT_TRUE(seen.insert(page[0].id.str()).second);
    after = {page[0].time.from, page[0].id};
  }
  EXPECT_EQ(seen, ids);
  EXPECT_TRUE(list(session, Uuid::make(), {}, std::nullopt, 10).empty())
      << "another facility's [OPS-6]";
}

TEST_F(Store, CalendarsShowBusyTimesAndFullDays) {
  for (int i = 0; i < 3; ++i)
    ASSERT_EQ(try_book(wanted(add_patient(), nine + i * 30min)), "");
  const TimeRange window{nine - 9h, nine + 15h};
  const auto calendars = store::calendars(session, facility, {.doctor_id = doctor.id}, window, 3);
  ASSERT_EQ(calendars.size(), 1U);
  EXPECT_EQ(calendars[0].busy.size(), 3U);
  EXPECT_THAT(calendars[0].full_days, ::testing::ElementsAre(*parse_date("2026-06-02")));
}

TEST_F(Store, TheAppointmentFollowsItsConsultation) {  // SCH-11
  const auto a = wanted(add_patient(), nine);
  ASSERT_EQ(try_book(a), "");
  const auto consultation = Uuid::make();
  const auto data = R"({"consultation_id":")" + consultation.str() + R"(","appointment_id":")" +
                    a.id.str() + R"("})";
  fact("ConsultationStarted", events::on_consultation, data);
  EXPECT_EQ(get(session, facility, a.id)->status, domain::Status::in_consultation);
  fact("ConsultationCompleted", events::on_consultation, data);
  const auto completed = get(session, facility, a.id);
  EXPECT_EQ(completed->status, domain::Status::completed);
  EXPECT_EQ(completed->consultation_id, consultation);
  fact("ConsultationCancelled", events::on_consultation, data);
  EXPECT_EQ(get(session, facility, a.id)->status, domain::Status::completed)
      << "what does not fit changes nothing";
}

TEST_F(Store, AVisitThatNobodyCameToIsMissedAfterItsGrace) {
  const auto a = wanted(add_patient(), nine);
  ASSERT_EQ(try_book(a), "");
  jobs::mark_no_shows(session, a.time.to + 29min, [] {});
  EXPECT_EQ(get(session, facility, a.id)->status, domain::Status::booked);
  jobs::mark_no_shows(session, a.time.to + 30min, [] {});
  EXPECT_EQ(get(session, facility, a.id)->status, domain::Status::no_show);
}

TEST_F(Store, EventsOfAnAggregateAreCountedWithoutGaps) {  // I9
  const auto a = wanted(add_patient(), nine);
  ASSERT_EQ(try_book(a), "");
  fact("ConsultationStarted", events::on_consultation,
       R"({"consultation_id":")" + Uuid::make().str() + R"(","appointment_id":")" + a.id.str() +
           R"("})");
  const db::Statement statement{
      "versions",
      "SELECT array_agg(aggregate_version ORDER BY id)::int[] AS v FROM outbox WHERE key = $1"};
  EXPECT_THAT(session.read(statement, a.id.str()).front().get<std::vector<int>>("v"),
              ::testing::ElementsAre(1, 2));
}

TEST_F(Store, AccountsDecideWhoMayBeADoctor) {
  const auto account = Uuid::make();
  fact("AccountCreated", events::on_account,
       R"({"account_id":")" + account.str() + R"(","active":true,"memberships":[{"facility_id":")" +
           facility.str() + R"(","roles":["doctor"]}]})");
  const auto may = session.transact([&](db::Transaction& tx) -> Result<bool> {
    return account_is_doctor(tx, facility, account).value_or(false);
  });
  EXPECT_TRUE(may && *may);
}

TEST_F(Store, UnitsAndDoctorsOfOneCodeAreRefused) {
  const auto twice = session.transact([&](db::Transaction& tx) -> Result<bool> {
    const domain::Unit unit{.id = Uuid::make(),
                            .facility_id = facility,
                            .code = "GM",
                            .name = "Again",
                            .active = true,
                            .record = {1, now, actor, now, actor}};
    insert(tx, department_statements, unit, event("DepartmentRegistered", "{}"));
    return true;
  });
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, "already-exists");
  EXPECT_EQ(twice.error().fields.at(0).pointer, "/code");
}

}  // namespace ambula::scheduling::store::store_test

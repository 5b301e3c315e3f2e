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
#include "disruptions.hpp"
#include "hours.hpp"
#include "scheduling/events/codec.hpp"
#include "scheduling/events/handlers.hpp"
#include "scheduling/jobs.hpp"
#include "slots.hpp"
#include "waiting_requests.hpp"

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
    d.zone = "UTC";
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

  void set_status(const Uuid& id, domain::Status status, std::string_view type) {
    const auto done = session.transact([&](db::Transaction& tx) -> Result<std::int64_t> {
      auto visit = lock(tx, facility, id)->appointment;
      visit.status = status;
      visit.updated_at = now;
      return save(tx, visit, rules(), false, event(type, "{}"));
    });
    EXPECT_TRUE(done);
  }
  void cancel(const Uuid& id) { set_status(id, domain::Status::cancelled, "AppointmentCancelled"); }

  domain::Rules rules() const {
    return {.zone = "UTC", .day_cap = 4, .urgent_seats = 1, .no_show_grace_min = 30};
  }

  void add_exception(domain::ExceptionKind kind, const TimeRange& time) {
    const auto done = session.transact([&](db::Transaction& tx) -> Result<std::int64_t> {
      auto d = lock_doctor(tx, facility, doctor.id);
      d->record.updated_at = now;
      insert(tx, domain::ExceptionRecord{.exception = {Uuid::make(), kind, time, 15min},
                                         .facility_id = facility,
                                         .doctor_id = doctor.id,
                                         .reason = {},
                                         .created_at = now,
                                         .created_by = actor});
      return save_hours(tx, *d, event("DoctorHoursChanged", "{}"));
    });
    EXPECT_TRUE(done);
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
    auto found = booking_context(session, facility, patient, doctor.id, nine);
    EXPECT_TRUE(found);
    return *found;
  }

  /// "" when booked, else why not.
  std::string try_book(db::Session& with, const domain::Appointment& a,
                       std::optional<std::string> key = std::nullopt) {
    const auto ctx = booking_context(with, facility, a.patient_id, a.doctor_id, a.time.from);
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

TEST_F(Store, CalendarsShowBusyTimesLoadsAndExceptions) {  // SCH-4
  for (int i = 0; i < 3; ++i)
    ASSERT_EQ(try_book(wanted(add_patient(), nine + i * 30min)), "");
  const TimeRange leave{nine + 2h, nine + 3h};
  add_exception(domain::ExceptionKind::leave, leave);
  const TimeRange window{nine - 1h, nine + 1h};
  const auto found = calendars(session, facility, {.doctor_ids = {doctor.id}}, window, rules());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].busy.size(), 3U);
  ASSERT_EQ(found[0].loads.size(), 1U);
  EXPECT_EQ(found[0].loads[0].day, *parse_date("2026-06-02"));
  EXPECT_EQ(found[0].loads[0].visits, 3);
  EXPECT_EQ(found[0].loads[0].regular_taken, 3);
  ASSERT_EQ(found[0].availability.exceptions.size(), 1U);
  EXPECT_EQ(found[0].availability.exceptions[0].time, leave);
  const auto slots = free_slots(found, {.rules = rules(), .window = {nine, nine + 24h}}, 500);
  EXPECT_TRUE(slots.empty() || slots[0].time.from >= nine + 24h)
      << "three of four seats are taken and the fourth is for urgent visits";
  EXPECT_TRUE(calendars(session, Uuid::make(), {}, window, rules()).empty())
      << "another facility's [OPS-6]";
}

TEST_F(Store, LeaveIsSeenByABookingAndMakesOlderOnesStale) {  // SCH-3
  const auto patient = add_patient();
  const auto stale = context(patient);
  add_exception(domain::ExceptionKind::leave, {nine, nine + 1h});
  const auto a = wanted(patient, nine);
  EXPECT_FALSE(*book(session, a, stale, {actor, std::nullopt, "", 201, "", "{}"},
                     event("AppointmentBooked", "{}")));
  const auto fresh = context(patient);
  EXPECT_FALSE(is_covered(fresh.facts.availability, "UTC", a.time));
  EXPECT_TRUE(is_covered(fresh.facts.availability, "UTC", {nine + 1h, nine + 75min}));
}

TEST_F(Store, HolidaysChangeTheHoursOfEveryDoctor) {  // SCH-3
  const auto second = add_doctor();
  const auto done = session.transact([&](db::Transaction& tx) -> Result<std::size_t> {
    lock_facility(tx, facility);
    insert(tx, domain::HolidayRecord{.holiday = {Uuid::make(), *parse_date("2026-06-02")},
                                     .facility_id = facility,
                                     .name = "Feast",
                                     .created_at = now,
                                     .created_by = actor});
    auto doctors = lock_doctors(tx, facility);
    read_exceptions(tx, facility, doctors, now);
    outbox::Events events(cause);
    for (const auto& d : doctors)
      events.add("DoctorHoursChanged", events::encode_doctor(d));
    save_facility_hours(tx, facility, doctors, now, actor, events);
    EXPECT_EQ(doctors.at(1).availability.holidays.size(), 1U);
    return doctors.size();
  });
  ASSERT_TRUE(done);
  EXPECT_EQ(*done, 2U);
  EXPECT_EQ(get_doctor(session, facility, second.id)->hours_version, 3);
  EXPECT_EQ(count("SELECT count(*)::int AS n FROM outbox WHERE facility_id = $1 AND type = "
                  "'DoctorHoursChanged' AND aggregate_version = 3 AND payload LIKE "
                  "'%\"kind\":\"HOLIDAY\"%'"),
            2);
  EXPECT_FALSE(is_covered(context(add_patient()).facts.availability, "UTC", {nine, nine + 15min}));
}

TEST_F(Store, ADoctorNeverUsedCanBeDeleted) {  // SCH-2
  const auto used_by = [&](const Uuid& id) {
    return *session.transact([&](db::Transaction& tx) -> Result<std::vector<std::string>> {
      return doctor_used_by(tx, facility, id);
    });
  };
  const auto second = add_doctor();
  EXPECT_THAT(used_by(second.id), ::testing::IsEmpty());
  fact("ConsultationStarted", events::on_consultation,
       R"({"consultation_id":")" + Uuid::make().str() + R"(","doctor_id":")" + second.id.str() +
           R"("})");
  EXPECT_THAT(used_by(second.id), ::testing::ElementsAre("CONSULTATION"));
  ASSERT_EQ(try_book(wanted(add_patient(), nine)), "");
  EXPECT_THAT(used_by(doctor.id), ::testing::ElementsAre("APPOINTMENT"));
  const auto third = add_doctor();
  const auto gone = session.transact([&](db::Transaction& tx) -> Result<bool> {
    delete_doctor(tx, facility, third.id, event("DoctorDeleted", "{}"));
    return true;
  });
  EXPECT_TRUE(gone);
  EXPECT_FALSE(get_doctor(session, facility, third.id));
  EXPECT_EQ(count("SELECT max(aggregate_version)::int AS n FROM outbox WHERE facility_id = $1 AND "
                  "type = 'DoctorDeleted'"),
            3);
}

TEST_F(Store, ADepartmentOfAnotherFacilityIsUnknown) {  // OPS-6
  auto foreign = doctor;
  foreign.id = Uuid::make();
  foreign.department_id = Uuid::make();
  const auto done = session.transact([&](db::Transaction& tx) -> Result<bool> {
    insert(tx, foreign, event("DoctorRegistered", "{}"));
    return true;
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, "unknown-department");
}

TEST_F(Store, AnAssessmentIsKnownToItsFacility) {  // SCH-8
  const auto id = Uuid::make();
  const auto patient = add_patient();
  fact("AssessmentMade", events::on_assessment,
       R"({"assessment_id":")" + id.str() + R"(","patient_id":")" + patient.str() +
           R"(","level":"HIGH","rule_set":"1","valid_until":"2026-06-01T10:00:00Z"})");
  const auto found = find_assessment(session, facility, id);
  ASSERT_TRUE(found);
  EXPECT_EQ(*level_of(*found, patient, now), domain::TriageLevel::high);
  EXPECT_EQ(level_of(*found, Uuid::make(), now).error().code, "assessment-invalid");
  EXPECT_EQ(level_of(*found, patient, now + 4h).error().code, "assessment-invalid");
  EXPECT_FALSE(find_assessment(session, Uuid::make(), id)) << "another facility's [OPS-6]";
}

TEST_F(Store, ADisruptionKnowsWhatBecameOfItsVisits) {  // SCH-10
  const auto first = wanted(add_patient(), nine);
  const auto second = wanted(add_patient(), nine + 30min);
  ASSERT_EQ(try_book(first), "");
  ASSERT_EQ(try_book(second), "");
  domain::Disruption disruption{.id = Uuid::make(),
                                .facility_id = facility,
                                .doctor_id = doctor.id,
                                .span = {nine, nine + 1h},
                                .reason = "Leave",
                                .record = {1, now, actor, now, actor}};
  const auto opened = session.transact([&](db::Transaction& tx) -> Result<bool> {
    disruption.items =
        plan({first, second}, plan_facts(tx, facility, rules(), {first, second}, now));
    insert(tx, disruption);
    return true;
  });
  ASSERT_TRUE(opened);
  ASSERT_EQ(disruption.items.size(), 2U);
  ASSERT_TRUE(disruption.items[0].proposal && disruption.items[1].proposal);
  EXPECT_NE(disruption.items[0].proposal->time, disruption.items[1].proposal->time);
  const auto cancelled = session.transact([&](db::Transaction& tx) -> Result<std::int64_t> {
    auto visit = lock(tx, facility, first.id)->appointment;
    visit.status = domain::Status::cancelled;
    visit.updated_at = now;
    return save(tx, visit, rules(), false, event("AppointmentCancelled", "{}"));
  });
  ASSERT_TRUE(cancelled);
  const auto found = get_disruption(session, facility, disruption.id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->items[0].reason, "CANCELLED");
  EXPECT_FALSE(is_waiting(found->items[0]));
  EXPECT_TRUE(is_waiting(found->items[1]));
  EXPECT_EQ(list_disruptions(session, facility, {}, doctor.id, {}, 10).size(), 1U);
  EXPECT_FALSE(get_disruption(session, Uuid::make(), disruption.id))
      << "another facility's [OPS-6]";
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

TEST_F(Store, AWithdrawnVisitIsTakenUpWhileItsTimeIsFree) {  // SCH-11
  const auto started = [&](const domain::Appointment& visit) {
    fact("ConsultationStarted", events::on_consultation,
         R"({"consultation_id":")" + Uuid::make().str() + R"(","appointment_id":")" +
             visit.id.str() + R"("})");
    return get(session, facility, visit.id)->status;
  };
  const auto seats = [&](const domain::Appointment& visit) {
    const db::Statement seat{"seat", "SELECT seat FROM appointment WHERE id = $1"};
    return session.read(seat, visit.id).front().get<std::optional<int>>("seat");
  };
  const auto withdrawn = [&](Instant at) {
    const auto visit = wanted(add_patient(), at);
    EXPECT_EQ(try_book(visit), "");
    cancel(visit.id);
    return visit;
  };
  const auto free = withdrawn(nine);
  EXPECT_EQ(started(free), domain::Status::in_consultation);
  EXPECT_TRUE(seats(free));

  const auto taken = withdrawn(nine + 15min);
  ASSERT_EQ(try_book(wanted(add_patient(), nine + 15min)), "");
  EXPECT_EQ(started(taken), domain::Status::cancelled) << "by somebody else";

  const auto elsewhere = withdrawn(nine + 30min);
  auto other = wanted(elsewhere.patient_id, nine + 30min);
  other.doctor_id = add_doctor().id;
  ASSERT_EQ(try_book(other), "");
  EXPECT_EQ(started(elsewhere), domain::Status::cancelled) << "the patient is with another doctor";

  // The day is full: whoever is there is seen, and takes nobody's seat.
  const auto fifth = withdrawn(nine + 45min);
  for (const auto after : {60min, 75min}) {
    auto urgent = wanted(add_patient(), nine + after);
    urgent.triage_level = domain::TriageLevel::high;
    ASSERT_EQ(try_book(urgent), "");
  }
  EXPECT_EQ(started(fifth), domain::Status::in_consultation);
  EXPECT_FALSE(seats(fifth));
}

// Checked-in visits that nobody ended are ended at 04:00 of the next local day, also when the clock
// changes that night.
TEST_F(Store, TheDayEndsAtFourByTheFacilitysClock) {
  struct Night {
    std::string zone;
    std::string visit;
    std::string four;
  };
  const std::vector<Night> nights = {
      {"Asia/Kolkata", "2026-06-01T06:30:00Z", "2026-06-01T22:30:00Z"},
      {"America/New_York", "2026-10-31T16:00:00Z", "2026-11-01T09:00:00Z"},
      {"America/New_York", "2027-03-13T17:00:00Z", "2027-03-14T08:00:00Z"},
      {"Australia/Lord_Howe", "2026-10-03T01:00:00Z", "2026-10-03T17:00:00Z"}};
  for (const auto& night : nights) {
    fact("FacilityUpdated", events::on_facility,
         R"({"facility_id":")" + facility.str() + R"(","code":"T","name":"Test","zone":")" +
             night.zone +
             R"(","currency":"EUR","locale":"en","settings":{"day_cap":4,"urgent_seats":1,)"
             R"("desk_may_complete":true,"no_show_grace_min":30}})");
    const auto visit = wanted(add_patient(), *parse_instant(night.visit));
    ASSERT_EQ(try_book(visit), "");
    set_status(visit.id, domain::Status::checked_in, "AppointmentCheckedIn");
    const auto four = *parse_instant(night.four);
    jobs::mark_no_shows(session, four - 1s, [] {});
    EXPECT_EQ(get(session, facility, visit.id)->status, domain::Status::checked_in) << night.four;
    jobs::mark_no_shows(session, four, [] {});
    EXPECT_EQ(get(session, facility, visit.id)->status, domain::Status::no_show) << night.four;
  }
}

TEST_F(Store, AVisitThatNobodyCameToIsMissedAfterItsGrace) {
  const auto a = wanted(add_patient(), nine);
  ASSERT_EQ(try_book(a), "");
  jobs::mark_no_shows(session, a.time.to + 29min, [] {});
  EXPECT_EQ(get(session, facility, a.id)->status, domain::Status::booked);
  jobs::mark_no_shows(session, a.time.to + 30min, [] {});
  EXPECT_EQ(get(session, facility, a.id)->status, domain::Status::no_show);
  EXPECT_EQ(count("SELECT count(*)::int AS n FROM freed_time WHERE facility_id = $1"), 0)
      << "time that is over helps nobody";
}

TEST_F(Store, AFreedTimeGoesToTheMostEntitledThatFits) {  // SCH-10
  const auto held = wanted(add_patient(), nine);
  ASSERT_EQ(try_book(held), "");
  const auto wait = [&](std::optional<domain::TriageLevel> level, const TimeRange& window) {
    domain::WaitingRequest request;
    request.id = Uuid::make();
    request.facility_id = facility;
    request.patient_id = add_patient();
    request.specialty = "CARD";
    request.window = window;
    request.triage_level = level;
    request.record = {1, now, actor, now, actor};
    EXPECT_TRUE(session.transact([&](db::Transaction& tx) -> Result<bool> {
      insert(tx, request);
      return true;
    }));
    return request.id;
  };
  const TimeRange that_morning{nine, nine + 15min};
  const auto usual = wait({}, that_morning);
  const auto elsewhen = wait(domain::TriageLevel::critical, {nine + 24h, nine + 48h});
  const auto urgent = wait(domain::TriageLevel::high, that_morning);
  const auto status = [&](const Uuid& id) {
    return get_waiting_request(session, facility, id)->status;
  };
  jobs::serve_waiting(session, now, [] {});
  EXPECT_EQ(status(urgent), domain::WaitingStatus::open) << "nothing became free";
  cancel(held.id);
  int commits = 0;
  jobs::serve_waiting(session, now, [&] { ++commits; });
  EXPECT_EQ(commits, 1);
  EXPECT_EQ(status(urgent), domain::WaitingStatus::served);
  EXPECT_EQ(status(usual), domain::WaitingStatus::open);
  EXPECT_EQ(status(elsewhen), domain::WaitingStatus::open);
  const auto given = *get_waiting_request(session, facility, urgent)->appointment_id;
  EXPECT_EQ(get(session, facility, given)->time, (TimeRange{nine, nine + 15min}));
  EXPECT_EQ(count("SELECT count(*)::int AS n FROM outbox WHERE facility_id = $1 AND type = "
                  "'AppointmentBooked'"),
            2);
  cancel(given);
  jobs::serve_waiting(session, now, [] {});
  EXPECT_EQ(status(usual), domain::WaitingStatus::served) << "the next in line";
  jobs::clean_up(session, nine + 49h, [] {});
  EXPECT_EQ(status(elsewhen), domain::WaitingStatus::expired);
  EXPECT_EQ(list_waiting_requests(session, facility, {}, {}, 10).size(), 3U);
  EXPECT_TRUE(list_waiting_requests(session, Uuid::make(), {}, {}, 10).empty())
      << "another facility's [OPS-6]";
}

TEST_F(Store, AMonthOfDaysEndsAsItShould) {
  // Each day two visits: one never came, one came and was forgotten; the clock runs by the hour.
  std::vector<Uuid> booked;
  std::vector<Uuid> arrived;
  for (int day = 0; day < 30; ++day) {
    const auto first = wanted(add_patient(), nine + day * 24h);
    const auto second = wanted(add_patient(), nine + day * 24h + 15min);
    ASSERT_EQ(try_book(first), "");
    ASSERT_EQ(try_book(second), "");
    booked.push_back(first.id);
    arrived.push_back(second.id);
  }
  for (const auto& id : arrived)
    set_status(id, domain::Status::checked_in, "AppointmentCheckedIn");
  for (auto at = nine; at < nine + 31 * 24h; at += 1h)
    jobs::mark_no_shows(session, at, [] {});
  const db::Statement times{
      "times",
      "SELECT count(*) FILTER (WHERE t.at BETWEEN a.ends_at + interval '30 min' AND a.ends_at + "
      "interval '91 min')::int AS in_time, count(DISTINCT a.id)::int AS visits, count(*)::int AS n "
      "FROM appointment_transition t JOIN appointment a ON a.id = t.appointment_id "
      "WHERE a.facility_id = $1 AND t.event = 'AppointmentNoShow' AND a.id = ANY ($2::uuid[])"};
  const auto never_came = session.read(times, facility, booked).front();
  EXPECT_EQ(never_came.get<int>("in_time"), 30);
  EXPECT_EQ(never_came.get<int>("n"), 30) << "each once";
  const auto forgotten = session.read(times, facility, arrived).front();
  EXPECT_EQ(forgotten.get<int>("visits"), 30);
  EXPECT_EQ(forgotten.get<int>("in_time"), 0) << "at four of the next day, not after the grace";
}

TEST_F(Store, AVisitThatCameInTheLastMomentIsNotMissed) {
  const auto a = wanted(add_patient(), nine);
  ASSERT_EQ(try_book(a), "");
  set_status(a.id, domain::Status::checked_in, "AppointmentCheckedIn");
  jobs::mark_no_shows(session, a.time.to + 2h, [] {});
  EXPECT_EQ(get(session, facility, a.id)->status, domain::Status::checked_in);
}

TEST_F(Store, FiguresCountByDayDoctorAndDepartment) {  // REP-2
  const auto seen = wanted(add_patient(), nine);
  const auto missed = wanted(add_patient(), nine + 15min);
  const auto coming = wanted(add_patient(), nine + 24h);
  for (const auto& a : {seen, missed, coming})
    ASSERT_EQ(try_book(a), "");
  set_status(seen.id, domain::Status::completed, "AppointmentCompleted");
  set_status(missed.id, domain::Status::no_show, "AppointmentNoShow");
  const auto all = figures(session, facility, {nine - 9h, nine + 48h});
  ASSERT_EQ(all.size(), 5U) << "two days, a doctor, a department, the total";
  for (const auto& one : all) {
    if (one.kind == "DAY") continue;
    EXPECT_EQ(one.appointments, 3) << one.kind;
    EXPECT_EQ(one.visits, 1);
    EXPECT_EQ(one.no_show, 1);
    EXPECT_EQ(one.open, 1);
    EXPECT_DOUBLE_EQ(*one.no_show_rate(), 0.5);
  }
  EXPECT_EQ(all[0].key, "2026-06-02");
  EXPECT_EQ(all[0].appointments, 2);
  EXPECT_FALSE(all[1].no_show_rate());
  EXPECT_TRUE(figures(session, Uuid::make(), {nine, nine + 48h})[0].appointments == 0)
      << "another facility's [OPS-6]";
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

#include <dlfcn.h>
#include <scheduling/migrations.hpp>
#include <scheduling/sql.hpp>
#include <sys/socket.h>

#include <ambula/db/migrate.hpp>
#include <ambula/outbox/outbox.hpp>
#include <ambula/testing/postgres.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "appointments.hpp"
#include "constraints.hpp"
#include "slots.hpp"

// What the hot statements cost: round trips (G7), and plans that stay the same at ten million rows
// (G15).
namespace ambula::scheduling::store::plans_test {

/// What this thread has handed to the network. libpq flushes once per round trip.
thread_local int sends = 0;

}  // namespace ambula::scheduling::store::plans_test

/// Stands before libc's for the whole executable, so also for libpq.
extern "C" ssize_t send(int socket, const void* data, size_t size, int flags) {
  using Send = ssize_t (*)(int, const void*, size_t, int);
  static const Send real = reinterpret_cast<Send>(::dlsym(RTLD_NEXT, "send"));
  ++ambula::scheduling::store::plans_test::sends;
  return real(socket, data, size, flags);
}

namespace ambula::scheduling::store::plans_test {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

const Instant monday = *parse_instant("2026-06-01T00:00:00Z");

/// Twenty doctors, 40 days, twelve visits a day each.
constexpr const char* fill = R"(
INSERT INTO facility VALUES ('019ab987-c597-7285-8ce4-1492615ad2e2', 'UTC', 20, 0, true, 30, 'EUR');
INSERT INTO patient SELECT gen_random_uuid(), id, true FROM facility, generate_series(1, 2000);
INSERT INTO department (id, facility_id, code, name, created_at, created_by, updated_at, updated_by)
  SELECT id, id, 'D', 'D', now(), id, now(), id FROM facility;
INSERT INTO specialty (id, facility_id, code, name, created_at, created_by, updated_at, updated_by)
  SELECT id, id, 'S', 'S', now(), id, now(), id FROM facility;
INSERT INTO doctor (id, facility_id, display_name, specialty, department_id, weekdays, from_mins, to_mins, slot_mins,
                    created_at, created_by, updated_at, updated_by)
  SELECT gen_random_uuid(), id, 'Dr. ' || n, 'S', id, '{1,2,3,4,5,6,7}', array_fill(480, ARRAY[7]),
         array_fill(1200, ARRAY[7]), array_fill(15, ARRAY[7]), now(), id, now(), id
  FROM facility, generate_series(1, 20) AS n;
INSERT INTO appointment (id, facility_id, patient_id, doctor_id, department_id, starts_at, ends_at, local_date, seat,
                         status, created_at, created_by, updated_at, updated_by)
  SELECT gen_random_uuid(), d.facility_id, p.id, d.id, d.department_id, at, at + interval '15 min', at::date, seat,
         CASE WHEN day < 20 THEN 'COMPLETED' ELSE 'BOOKED' END, now(), d.id, now(), d.id
  FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM doctor) d, generate_series(0, 39) AS day,
       generate_series(1, 12) AS seat,
       LATERAL (SELECT timestamptz '2026-06-01 08:00Z' + day * interval '1 day' + seat * interval '30 min' AS at) AS t
  JOIN (SELECT id, row_number() OVER () AS n FROM patient) p ON true
  WHERE p.n = (day * 12 + seat) * 20 % 2000 + d.n;
VACUUM ANALYZE appointment;
ANALYZE doctor;
ANALYZE patient;
)";

class Plans : public ::testing::Test {
 protected:
  static testing::Postgres& postgres() {
    static testing::Postgres instance("scheduling");
    return instance;
  }
  static db::Options options() {
    return {.url = postgres().url(),
            .application_name = "test",
            .schema = "scheduling",
            .constraints = constraints()};
  }
  static void SetUpTestSuite() {
    ASSERT_TRUE(db::migrate(options(), "platform", outbox::migrations()));
    ASSERT_TRUE(db::migrate(options(), "scheduling", migrations));
    auto patient = options();
    patient.statement_timeout_ms = 60'000;
    db::Session session(patient);
    std::string script(fill);
    // VACUUM stands alone: a script of several statements is one transaction.
    for (std::size_t end = 0; (end = script.find(";\n")) != std::string::npos;
         script.erase(0, end + 2)) {
      session.run_script(script.substr(0, end));
    }
  }

  template <class... Args>
  std::string plan(const db::Statement& statement, const Args&... args) {
    const std::string name = "explain_" + std::string(statement.name);
    const std::string text = "EXPLAIN (COSTS OFF) " + std::string(statement.sql);
    std::string lines;
    for (const auto row : session.read(db::Statement{name, text}, args...))
      lines += std::string(row.text("QUERY PLAN")) + "\n";
    return lines;
  }
  Uuid any(const char* sql) {
    return session.read(db::Statement{sql, sql}, facility).front().get<Uuid>("id");
  }
  template <class Act>
  int round_trips(Act&& act) {
    const int before = sends;
    act();
    return sends - before;
  }

  db::Session session{options()};
  const Uuid facility = *Uuid::parse("019ab987-c597-7285-8ce4-1492615ad2e2");
  const Uuid doctor = any("SELECT id FROM doctor WHERE facility_id = $1 ORDER BY id LIMIT 1");
  const Uuid patient = any("SELECT id FROM patient WHERE facility_id = $1 ORDER BY id LIMIT 1");
  const Uuid nil;
};

TEST_F(Plans, DayListsFindTheirPageInTheIndexAlone) {  // SCH-7, G15, G16
  const auto by_day =
      plan(sql::list_by_day, facility, monday, nil, monday + 24h, std::nullopt, "BOOKED", 50);
  EXPECT_THAT(by_day, HasSubstr("Index Only Scan using appointment_by_day"));
  EXPECT_THAT(by_day, HasSubstr("appointment_pkey")) << "and only the page's rows are fetched";
  EXPECT_THAT(by_day, Not(HasSubstr("Seq Scan")));
  const auto by_doctor = plan(sql::list_by_doctor, facility, monday, nil, monday + 24h,
                              std::nullopt, std::nullopt, 50, doctor);
  EXPECT_THAT(by_doctor, HasSubstr("Index Only Scan using appointment_by_doctor"));
  const auto by_patient = plan(sql::list_by_patient, facility, monday, nil, monday + 24h * 365,
                               std::nullopt, std::nullopt, 50, patient, std::nullopt);
  EXPECT_THAT(by_patient, HasSubstr("Index Only Scan using appointment_by_patient"));
}

TEST_F(Plans, FiguresReadTheIndexOfTheDayLists) {  // REP-2
  EXPECT_THAT(plan(sql::appointment_figures, facility, monday, monday + 24h * 7),
              HasSubstr("Index Only Scan using appointment_by_day"));
}

TEST_F(Plans, SlotSearchReadsHeldTimeFromAnIndex) {  // SCH-4, G14
  const auto text = plan(sql::calendars, facility, monday, monday + 24h * 7, std::vector<Uuid>{},
                         std::vector<std::string>{"S"}, std::nullopt, false, 20, 20);
  EXPECT_THAT(text, HasSubstr("Index Only Scan using appointment_by_"));
  EXPECT_THAT(text, Not(HasSubstr("Seq Scan on appointment")));
}

TEST_F(Plans, JobsAndRefusalsNeverScanTheTable) {  // G15
  EXPECT_THAT(plan(sql::due_no_shows, monday, Instant::min(), nil), HasSubstr("appointment_open"));
  const auto why = plan(sql::why_not_booked, facility, patient, doctor, std::int64_t{1}, monday,
                        monday + 15min, *parse_date("2026-06-01"), 12, nil);
  EXPECT_THAT(why, Not(HasSubstr("Seq Scan on appointment")));
}

TEST_F(Plans, HotCommandsTakeFewRoundTrips) {  // G7
  const domain::Rules rules{.zone = "UTC", .day_cap = 20};
  session.prepare_all(sql::all);
  std::optional<BookingContext> context;
  const auto at = monday + 24h * 200 + 9h;
  EXPECT_EQ(round_trips([&] { context = booking_context(session, facility, patient, doctor, at); }),
            1);
  domain::Appointment visit;
  visit.id = Uuid::make();
  visit.facility_id = facility;
  visit.patient_id = patient;
  visit.doctor_id = doctor;
  visit.time = {at, at + 15min};
  outbox::Events events(outbox::Cause{});
  events.add("AppointmentBooked", "{}");
  EXPECT_EQ(round_trips([&] {
              EXPECT_TRUE(*book(session, visit, *context, {facility, "key", "hash", 201, "", "{}"},
                                events));
            }),
            1)
      << "seat, visit, history, answer and event are one statement";
  EXPECT_EQ(
      round_trips([&] {
        EXPECT_EQ(calendars(session, facility, {}, {monday, monday + 24h * 7}, rules).size(), 20U);
      }),
      1);
  EXPECT_EQ(
      round_trips([&] { EXPECT_FALSE(list(session, facility, {.from = monday}, {}, 50).empty()); }),
      1);
}

}  // namespace ambula::scheduling::store::plans_test

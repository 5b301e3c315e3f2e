#include "handlers.hpp"

#include <scheduling/migrations.hpp>
#include <scheduling/sql.hpp>

#include <ambula/db/migrate.hpp>
#include <ambula/outbox/outbox.hpp>
#include <ambula/testing/postgres.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "scheduling/jobs.hpp"
#include "scheduling/store/constraints.hpp"

#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

// Whatever people do one after the other: nobody is double-booked, and no visit stands outside the
// hours without a disruption that says so [SCH-5, SCH-6, SCH-10].
namespace ambula::scheduling::api::handlers_test {

using namespace std::chrono_literals;

const Instant now = *parse_instant("2026-06-01T06:00:00Z");  // a Monday
constexpr int doctors = 3;
constexpr int patients = 4;

/// One facility with doctors and patients, and the handlers as its administrator calls them.
class World {
 public:
  World() {
    principal_.account_id = Uuid::make();
    principal_.facility_id = facility;
    principal_.roles = {auth::Role::admin};
    principal_.permissions = auth::permissions_of(auth::Role::admin);
    session.run_script(
        fmt::format("INSERT INTO facility VALUES ('{0}', 'Europe/Berlin', 6, 1, true, 30, 'EUR');"
                    "INSERT INTO department (id, facility_id, code, name, created_at, created_by, "
                    "updated_at, updated_by)"
                    " VALUES ('{0}', '{0}', 'D', 'D', now(), '{0}', now(), '{0}');"
                    "INSERT INTO specialty (id, facility_id, code, name, created_at, created_by, "
                    "updated_at, updated_by)"
                    " VALUES ('{0}', '{0}', 'S', 'S', now(), '{0}', now(), '{0}');",
                    facility.str()));
    for (int i = 0; i < doctors; ++i) {
      doctor_ids.push_back(Uuid::make());
      session.run_script(
          fmt::format("INSERT INTO doctor (id, facility_id, display_name, specialty, "
                      "department_id, weekdays, from_mins, to_mins,"
                      " slot_mins, created_at, created_by, updated_at, updated_by) VALUES ('{1}', "
                      "'{0}', 'Dr.', 'S', '{0}',"
                      " '{{1,2,3,4,5,6,7}}', array_fill(540, ARRAY[7]), array_fill(660, ARRAY[7]), "
                      "array_fill(15, ARRAY[7]), now(),"
                      " '{0}', now(), '{0}')",
                      facility.str(), doctor_ids.back().str()));
    }
    for (int i = 0; i < patients; ++i) {
      patient_ids.push_back(Uuid::make());
      session.run_script(fmt::format("INSERT INTO patient VALUES ('{}', '{}', true)",
                                     patient_ids.back().str(), facility.str()));
    }
  }

  static db::Options options() {
    static testing::Postgres instance("scheduling");
    return {.url = instance.url(),
            .application_name = "test",
            .schema = "scheduling",
            .constraints = store::constraints()};
  }
  /// The options of a database with the tables, which all worlds share.
  static db::Options migrated() {
    static const bool done = db::migrate(options(), "platform", outbox::migrations()) &&
                             db::migrate(options(), "scheduling", migrations);
    EXPECT_TRUE(done);
    return options();
  }

  /// The answer's body, or the code of the refusal.
  std::string call(Result<service::Answer> (*handler)(service::Call&), const Uuid& id,
                   std::string body) {
    http::Request request;
    request.method = http::Method::post;
    request.body = std::move(body);
    const std::vector<std::pair<std::string, std::string>> params{{"id", id.str()}};
    service::Call call({session, request, params, principal_, now, "", "POST /test", 0ms, wake_});
    const auto answer = handler(call);
    if (!answer) {
      RC_ASSERT(answer.error().kind != ErrorKind::internal);
      return answer.error().code;
    }
    return answer->body;
  }

  /// From now on a patient acts for itself.
  void act_as(const Uuid& patient) {
    principal_.roles = {auth::Role::patient};
    principal_.permissions = auth::permissions_of(auth::Role::patient);
    principal_.patient_id = patient;
  }

  Uuid assess(const Uuid& patient, const char* level, Instant valid_until = now + 4h) {
    const auto id = Uuid::make();
    session.run_script(fmt::format("INSERT INTO assessment VALUES ('{}', '{}', '{}', '{}', '{}')",
                                   id.str(), facility.str(), patient.str(), level,
                                   format_instant(valid_until)));
    return id;
  }

  /// A random doctor's random whole minute of the next days, mostly inside the hours.
  Instant some_time() {
    return now + std::chrono::days{*rc::gen::inRange(0, 3)} + 1h +
           std::chrono::minutes{*rc::gen::inRange(0, 30) * 5};
  }
  Uuid some(const std::vector<Uuid>& ids) { return *rc::gen::elementOf(ids); }

  void step() {
    switch (*rc::gen::inRange(0, 10)) {
      case 0:
      case 1:
      case 2:
        return book();
      case 3:
        return on_visit(reschedule,
                        fmt::format(R"({{"starts_at":"{}","doctor_id":"{}"}})",
                                    format_instant(some_time()), some(doctor_ids).str()));
      case 4:
        return on_visit(cancel, R"({"reason":"asked"})");
      case 5:
        return on_visit(reinstate, R"({"reason":"asked"})");
      case 6:
        return leave();
      case 7:
        return apply();
      case 8:
        return wait();
      default:
        jobs::serve_waiting(session, now, wake_);
    }
  }

  void book() {
    const bool given = *rc::gen::arbitrary<bool>();
    const auto who = given ? fmt::format(R"("doctor_id":"{}","starts_at":"{}")",
                                         some(doctor_ids).str(), format_instant(some_time()))
                           : std::string(R"("auto_assign":true,"specialty":"S")");
    const auto body =
        call(book_appointment, {},
             fmt::format(R"({{"patient_id":"{}",{}}})", some(patient_ids).str(), who));
    if (body.starts_with(R"({"id":")")) visit_ids.push_back(*Uuid::parse(body.substr(7, 36)));
  }

  void on_visit(Result<service::Answer> (*handler)(service::Call&), const std::string& body) {
    if (!visit_ids.empty()) call(handler, some(visit_ids), body);
  }

  void leave() {
    const auto from = some_time();
    const auto body =
        call(create_exception, some(doctor_ids),
             fmt::format(R"({{"kind":"{}","from":"{}","to":"{}"}})",
                         *rc::gen::arbitrary<bool>() ? "LEAVE" : "EXTRA", format_instant(from),
                         format_instant(from + std::chrono::minutes{*rc::gen::inRange(15, 180)})));
    const auto at = body.find(R"("disruption_id":")");
    if (at != std::string::npos) disruption_ids.push_back(*Uuid::parse(body.substr(at + 17, 36)));
  }

  void apply() {
    if (!disruption_ids.empty()) call(apply_disruption, some(disruption_ids), "{}");
  }

  void wait() {
    call(create_waiting_request, {},
         fmt::format(R"({{"patient_id":"{}","specialty":"S","earliest":"{}","latest":"{}"}})",
                     some(patient_ids).str(), format_instant(now), format_instant(now + 72h)));
  }

  int count(const db::Statement& statement) {
    return session.read(statement, facility).front().get<int>("n");
  }

  db::Session session{migrated()};
  const Uuid facility = Uuid::make();
  std::vector<Uuid> doctor_ids;
  std::vector<Uuid> patient_ids;
  std::vector<Uuid> visit_ids;
  std::vector<Uuid> disruption_ids;

 private:
  auth::Principal principal_;
  const std::function<void()> wake_ = [] {};
};

constexpr db::Statement double_booked{
    "double_booked",
    "SELECT count(*)::int AS n FROM appointment a JOIN appointment b ON a.id < b.id"
    " AND (a.doctor_id = b.doctor_id OR a.patient_id = b.patient_id)"
    " AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)"
    " WHERE a.facility_id = $1 AND a.status = 'BOOKED' AND b.status = 'BOOKED'"};
constexpr db::Statement over_the_cap{
    "over_the_cap",
    "SELECT coalesce(max(n), 0)::int AS n FROM (SELECT count(*) AS n FROM appointment WHERE "
    "facility_id = $1"
    " AND status = 'BOOKED' GROUP BY doctor_id, local_date) AS days"};
/// Booked on leave, and no disruption knows of it.
constexpr db::Statement stranded{
    "stranded",
    "SELECT count(*)::int AS n FROM appointment a JOIN hours_exception x ON x.doctor_id = "
    "a.doctor_id"
    " AND x.kind = 'LEAVE' AND tstzrange(x.starts_at, x.ends_at) && tstzrange(a.starts_at, "
    "a.ends_at)"
    " WHERE a.facility_id = $1 AND a.status = 'BOOKED' AND NOT EXISTS"
    " (SELECT 1 FROM disruption_item i WHERE i.appointment_id = a.id)"};
/// I9: the events of an appointment are counted 1, 2, 3 without gaps.
constexpr db::Statement event_gaps{"event_gaps",
                                   "SELECT count(*)::int AS n FROM (SELECT count(*) AS told, "
                                   "max(aggregate_version) AS last FROM outbox"
                                   " WHERE facility_id = $1 AND topic = 'ambula.appointment.v1' "
                                   "GROUP BY key) AS keys WHERE told <> last"};

RC_GTEST_PROP(Sequences, NobodyIsDoubleBookedWhateverHappens, ()) {
  World world;
  for (int steps = *rc::gen::inRange(1, 40); steps > 0; --steps)
    world.step();
  RC_ASSERT(world.count(double_booked) == 0);
  RC_ASSERT(world.count(over_the_cap) <= 6);
  RC_ASSERT(world.count(stranded) == 0);
  RC_ASSERT(world.count(event_gaps) == 0);
}

TEST(PatientBooking, TakesItsLevelFromTheOwnAssessment) {  // SCH-8
  World world;
  const auto own = world.patient_ids[0];
  world.act_as(own);
  const auto book = [&](const Uuid& patient, const std::string& more) {
    return world.call(book_appointment, {},
                      fmt::format(R"({{"patient_id":"{}","auto_assign":true,"specialty":"S"{}}})",
                                  patient.str(), more));
  };
  const auto with = [](const Uuid& id) {
    return fmt::format(R"(,"assessment_id":"{}")", id.str());
  };
  EXPECT_EQ(book(world.patient_ids[1], ""), "patient-not-found") << "only for themselves";
  EXPECT_EQ(book(own, R"(,"triage_level":"LOW")"), "assessment-required");
  EXPECT_EQ(book(own, with(world.assess(own, "CRITICAL"))), "go-to-emergency");
  EXPECT_EQ(book(own, with(world.assess(world.patient_ids[1], "HIGH"))), "assessment-invalid");
  EXPECT_EQ(book(own, with(world.assess(own, "HIGH", now))), "assessment-invalid");
  const auto booked = book(own, with(world.assess(own, "HIGH")));
  EXPECT_NE(booked.find(R"("triage_level":"HIGH")"), std::string::npos) << booked;
  EXPECT_NE(booked.find(R"("assignment":{"reason":"earliest free time)"), std::string::npos);
}

TEST(Disruptions, OfADeactivatedDoctorGoToColleaguesOnce) {  // SCH-2, SCH-10
  World world;
  const auto at = now + 25h;  // nine in Berlin, tomorrow
  for (int i = 0; i < patients; ++i) {
    const auto body =
        world.call(book_appointment, {},
                   fmt::format(R"({{"patient_id":"{}","doctor_id":"{}","starts_at":"{}"}})",
                               world.patient_ids[static_cast<std::size_t>(i)].str(),
                               world.doctor_ids[0].str(), format_instant(at + i * 15min)));
    ASSERT_TRUE(body.starts_with("{")) << body;
  }
  const auto gone = world.call(deactivate_doctor, world.doctor_ids[0], "");
  const auto disruption = gone.find(R"("disruption_id":")");
  ASSERT_NE(disruption, std::string::npos) << gone;
  const auto id = *Uuid::parse(gone.substr(disruption + 17, 36));
  const auto applied = world.call(apply_disruption, id, "");
  EXPECT_NE(applied.find(R"("failed":[])"), std::string::npos) << applied;
  EXPECT_EQ(world.call(apply_disruption, id, ""), "illegal-transition");
  EXPECT_EQ(world.count(double_booked), 0);
  const db::Statement moves{
      "moves",
      "SELECT count(*)::int AS n FROM outbox WHERE facility_id = $1 AND type = "
      "'AppointmentRescheduled'"};
  EXPECT_EQ(world.count(moves), patients) << "each patient is told once";
}

}  // namespace ambula::scheduling::api::handlers_test

#include "patient/store/history.hpp"

#include <algorithm>
#include <map>

#include <ambula/json/json.hpp>
#include <ambula/testing/postgres.hpp>

#include "patient/store/fixture_test.hpp"
#include "patient/store/patients.hpp"

#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

// The time line and the doctors' lists, built from facts that arrive in any order [PAT-5, QUE-14].
namespace ambula::patient::events::history_test {

using fixture_test::Role;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

struct Fact {
  bus::Event event;
  Result<void> (*handle)(outbox::Delivery&);
};
/// Facts of one topic and key, which keep their order.
using Lane = std::vector<Fact>;

/// A day of one patient: booked, checked in, seen, prescribed for, served at the pharmacy. The ids
/// and times are given once, so that two tellings can be compared.
class Visit {
 public:
  Visit(const Uuid& facility, Instant start, bool anonymous = false)
      : facility_(facility), at_(start), anonymous_(anonymous) {}

  Uuid patient = Uuid::make();
  Uuid visitor = Uuid::make();
  Uuid doctor = Uuid::make();
  Uuid department = Uuid::make();
  Uuid appointment = Uuid::make();
  Uuid entry = Uuid::make();
  Uuid consultation = Uuid::make();
  Uuid prescription = Uuid::make();
  Uuid dispense = Uuid::make();

  /// The whole day in the order in which it happened.
  std::vector<Fact> facts() {
    std::vector<Fact> all;
    const auto add = [&](const char* topic, const Uuid& key, const char* type, auto handle,
                         json::Value data) {
      bus::Event event;
      event.id = Uuid::make();
      event.topic = topic;
      event.key = key.str();
      event.type = type;
      event.facility_id = facility_;
      event.time = at_ += 1min;
      event.data = json::dump(data);
      all.push_back({event, handle});
    };
    add("facility", facility_, "FacilityRegistered", on_facility,
        {{"facility_id", facility_.str()},
         {"code", "AMB"},
         {"zone", "Asia/Kolkata"},
         {"locale", "en"}});
    add("department", department, "DepartmentRegistered", on_department,
        {{"department_id", department.str()}, {"name", "General Medicine"}});
    add("doctor", doctor, "DoctorRegistered", on_doctor,
        {{"doctor_id", doctor.str()},
         {"display_name", "Dr. Nila"},
         {"department_id", department.str()}});
    if (!anonymous_) {
      add("appointment", appointment, "AppointmentBooked", on_appointment, visit("BOOKED"));
      add("appointment", appointment, "AppointmentCheckedIn", on_appointment, visit("CHECKED_IN"));
    }
    add("queue-entry", entry, "QueueEntryCreated", on_queue_entry, queued("WAITING"));
    add("queue-entry", entry, "QueueEntryCalled", on_queue_entry, queued("CALLED"));
    add("consultation", consultation, "ConsultationStarted", on_consultation, seen("DRAFT"));
    add("queue-entry", entry, "QueueEntryStarted", on_queue_entry, queued("IN_SERVICE"));
    add("consultation", consultation, "ConsultationCompleted", on_consultation, seen("COMPLETED"));
    add("prescription", prescription, "PrescriptionIssued", on_prescription, prescribed("ISSUED"));
    add("queue-entry", entry, "QueueEntryCompleted", on_queue_entry, queued("COMPLETED"));
    add("dispense", prescription, "PrescriptionReserved", on_dispense, served(false));
    if (anonymous_) {
      add("visitor", visitor, "VisitorRecorded", on_visitor, {{"visitor_id", visitor.str()}});
      add("visitor", visitor, "VisitorIdentified", on_visitor,
          {{"visitor_id", visitor.str()}, {"patient_id", patient.str()}});
    }
    add("dispense", prescription, "PrescriptionDispensed", on_dispense, served(true));
    add("prescription", prescription, "PrescriptionCompleted", on_prescription,
        prescribed("COMPLETED"));
    return all;
  }

 private:
  json::Value visit(const char* status) const {
    return {{"appointment_id", appointment.str()}, {"patient_id", patient.str()},
            {"doctor_id", doctor.str()},           {"department_id", department.str()},
            {"starts_at", "2026-11-24T04:00:00Z"}, {"status", status}};
  }
  json::Value whose(json::Value value) const {
    value[anonymous_ ? "visitor_id" : "patient_id"] = (anonymous_ ? visitor : patient).str();
    return value;
  }
  json::Value queued(const char* status) const {
    return whose({{"queue_entry_id", entry.str()},
                  {"doctor_id", doctor.str()},
                  {"department_id", department.str()},
                  {"day", "2026-11-24"},
                  {"ticket", {{"label", "GM-17"}, {"number", 17}}},
                  {"status", status}});
  }
  json::Value seen(const char* status) const {
    return whose(
        {{"consultation_id", consultation.str()}, {"doctor_id", doctor.str()}, {"status", status}});
  }
  json::Value prescribed(const char* status) const {
    return whose({{"prescription_id", prescription.str()},
                  {"doctor_id", doctor.str()},
                  {"number", "AMB-RX-0000042"},
                  {"status", status}});
  }
  json::Value served(bool handed_over) const {
    json::Value value{{"prescription_id", prescription.str()}};
    if (handed_over) value["dispense_id"] = dispense.str();
    return value;
  }

  Uuid facility_;
  Instant at_;
  bool anonymous_;
};

class History : public fixture_test::Fixture {
 protected:
  void tell(const std::vector<Fact>& facts) {
    for (const auto& fact : facts)
      deliver(fact.event, fact.handle);
  }

  /// Everything of the time line that a reader sees.
  std::string told(const Uuid& patient) {
    using enum domain::Kind;
    std::string text;
    for (const auto& named : store::history(
             session, facility, patient,
             {appointment, queue_entry, consultation, prescription, dispense}, std::nullopt, 200)) {
      const auto& item = named.item;
      text += format_instant(item.at) + " " + std::string(to_string(item.kind)) + " " + item.event +
              " " + item.ref_type + " " + item.ref_id.str() + " " + summary(item, "Asia/Kolkata") +
              " " + named.doctor_name.value_or("-") + " " + named.department_name.value_or("-") +
              "\n";
    }
    return text;
  }

  void forget_everything() {
    session.run_script(
        "DELETE FROM history_item; DELETE FROM prescription; DELETE FROM consultation; DELETE FROM "
        "queue_entry; "
        "DELETE FROM appointment; DELETE FROM visitor; DELETE FROM doctor; DELETE FROM "
        "department;");
  }

  std::vector<std::string> field_of(const Result<service::Answer>& answer, const char* name) {
    std::vector<std::string> values;
    const auto value = json_of(answer);
    for (const auto& item : value.at("items"))
      values.push_back(item.at(name).get<std::string>());
    return values;
  }

  bool on_list(const Uuid& doctor, const Uuid& patient, Instant at) {
    return store::is_on_list(session, facility, doctor, at, patient);
  }
};

/// A random interleaving of the lanes: each topic and key keeps its order, topics have none among
/// each other.
std::vector<Fact> shuffled(const std::vector<Fact>& facts) {
  std::map<std::string, Lane> lanes;
  for (const auto& fact : facts)
    lanes[fact.event.topic + fact.event.key].push_back(fact);
  std::vector<Lane> open;
  for (auto& [key, lane] : lanes) {
    std::reverse(lane.begin(), lane.end());
    open.push_back(std::move(lane));
  }
  std::vector<Fact> order;
  while (!open.empty()) {
    const auto pick = *rc::gen::inRange<std::size_t>(0, open.size());
    order.push_back(open[pick].back());
    open[pick].pop_back();
    if (open[pick].empty()) open.erase(open.begin() + static_cast<std::ptrdiff_t>(pick));
  }
  return order;
}

class HistoryProperty : public History {
 protected:
  void arrives_in_any_order(bool anonymous) {
    Visit visit(facility, now, anonymous);
    visit.patient = add_person();
    const auto facts = visit.facts();
    tell(facts);
    const auto in_order = told(visit.patient);
    EXPECT_EQ(std::count(in_order.begin(), in_order.end(), '\n'), anonymous ? 10 : 12) << in_order;
    EXPECT_EQ(in_order.find(" - "), std::string::npos) << "every name is known\n" << in_order;
    rc::check("any order of arrival tells the same", [&] {
      forget_everything();
      const auto order = shuffled(facts);
      for (std::size_t i = 0; i < order.size(); ++i) {
        deliver(order[i].event, order[i].handle);
        // Facts may come twice, as after a rebuild.
        if (*rc::gen::inRange(0, 5) == 0) deliver(order[i].event, order[i].handle);
      }
      RC_ASSERT(told(visit.patient) == in_order);
      RC_ASSERT(on_list(visit.doctor, visit.patient, now));
    });
  }
};

TEST_F(HistoryProperty, OfAPatientsVisit) {
  arrives_in_any_order(false);
}
TEST_F(HistoryProperty, OfAVisitorWhoIsIdentifiedLater) {
  arrives_in_any_order(true);
}

TEST_F(History, TheDeskSeesComingsAndGoingsOthersEverything) {  // PAT-5
  Visit visit(facility, now);
  visit.patient = add_person();
  tell(visit.facts());
  const auto all = run(api::list_history, who({Role::nurse}), visit.patient);
  EXPECT_THAT(field_of(all, "event"),
              ElementsAre("PrescriptionCompleted", "PrescriptionDispensed", "PrescriptionReserved",
                          "QueueEntryCompleted", "PrescriptionIssued", "ConsultationCompleted",
                          "QueueEntryStarted", "ConsultationStarted", "QueueEntryCalled",
                          "QueueEntryCreated", "AppointmentCheckedIn", "AppointmentBooked"));
  for (const auto& principal :
       {doctor(visit.doctor), patient(visit.patient), who({Role::admin, Role::nurse})}) {
    EXPECT_EQ(run(api::list_history, principal, visit.patient)->body, all->body);
  }
  for (const auto& principal : {desk(), who({Role::admin})}) {
    EXPECT_THAT(field_of(run(api::list_history, principal, visit.patient), "kind"),
                ElementsAre("QUEUE_ENTRY", "QUEUE_ENTRY", "QUEUE_ENTRY", "QUEUE_ENTRY",
                            "APPOINTMENT", "APPOINTMENT"));
  }
  EXPECT_EQ(code_of(run(api::list_history, doctor(Uuid::make()), visit.patient)),
            "not-on-your-list");
  EXPECT_EQ(code_of(run(api::list_history, patient(Uuid::make()), visit.patient)),
            "patient-not-found");
  EXPECT_EQ(code_of(run(api::list_history, desk(), Uuid::make())), "patient-not-found");
}

TEST_F(History, AnItemSaysWhatHappenedAndWithWhom) {  // PAT-5
  Visit visit(facility, now);
  visit.patient = add_person();
  tell(visit.facts());
  const auto items =
      json_of(run(api::list_history, patient(visit.patient), visit.patient)).at("items");
  const json::Value dispensed = {
      {"at", "2026-11-24T04:14:00Z"},
      {"kind", "DISPENSE"},
      {"event", "PrescriptionDispensed"},
      {"ref", {{"type", "dispense"}, {"id", visit.dispense.str()}}},
      {"summary", "Medicines of prescription AMB-RX-0000042 handed over"},
      {"doctor_id", visit.doctor.str()},
      {"doctor_name", "Dr. Nila"},
      {"department_id", visit.department.str()},
      {"department_name", "General Medicine"}};
  EXPECT_EQ(items.at(1), dispensed);
  EXPECT_EQ(items.back().at("summary"), "Appointment booked for 2026-11-24 09:30");
}

TEST_F(History, PagesFromTheNewestWithoutLossOrRepeat) {
  Visit visit(facility, now);
  visit.patient = add_person();
  tell(visit.facts());
  const auto all = field_of(run(api::list_history, who({Role::nurse}), visit.patient), "at");
  std::vector<std::string> seen;
  std::vector<std::pair<std::string, std::string>> query = {{"limit", "5"}};
  while (true) {
    const auto answer = run(api::list_history, who({Role::nurse}), visit.patient, {.query = query});
    for (auto& at : field_of(answer, "at"))
      seen.push_back(at);
    const auto next = json_of(answer).at("next_cursor");
    if (next.is_null()) break;
    query = {{"limit", "5"}, {"cursor", next.get<std::string>()}};
  }
  EXPECT_EQ(seen, all);
  query = {{"cursor", service::encode_cursor({"x", "y"})}};
  EXPECT_EQ(code_of(run(api::list_history, desk(), visit.patient, {.query = query})),
            "invalid-request");
}

TEST_F(History, AnotherFacilitysFactsAreNotShown) {  // OPS-6
  Visit visit(facility, now);
  visit.patient = add_person();
  tell(visit.facts());
  EXPECT_FALSE(told(visit.patient).empty());
  facility = Uuid::make();
  EXPECT_EQ(told(visit.patient), "");
  EXPECT_FALSE(on_list(visit.doctor, visit.patient, now));
}

TEST_F(History, UnknownTypesAreIgnored) {
  Visit visit(facility, now);
  auto facts = visit.facts();
  for (auto& fact : facts) {
    if (fact.event.topic == "facility" || fact.event.topic == "doctor" ||
        fact.event.topic == "department")
      continue;
    fact.event.type = "SomethingOfTheFuture";
    deliver(fact.event, fact.handle);
  }
  EXPECT_EQ(told(visit.patient), "");
}

TEST_F(History, AVisitorNobodyIdentifiedIsForgotten) {
  Visit visit(facility, now, true);
  auto facts = visit.facts();
  std::erase_if(facts, [](const Fact& fact) { return fact.event.type == "VisitorIdentified"; });
  tell(facts);
  EXPECT_GT(query("SELECT 1 FROM history_item WHERE facility_id = $1").size(), 0U);
  auto tombstone = event("", {});
  tombstone.key = visit.visitor.str();
  tombstone.tombstone = true;
  deliver(tombstone, on_visitor);
  EXPECT_EQ(query("SELECT 1 FROM history_item WHERE facility_id = $1").size(), 0U);
}

TEST_F(History, WhatAnIdentifiedVisitorLeftStaysThePatients) {
  Visit visit(facility, now, true);
  const auto facts = visit.facts();
  tell(facts);
  auto tombstone = event("", {});
  tombstone.key = visit.visitor.str();
  tombstone.tombstone = true;
  deliver(tombstone, on_visitor);
  const auto before = told(visit.patient);
  EXPECT_FALSE(before.empty());
  // As a rebuild does it: the visitor's topic is compacted by now, the others are whole.
  session.run_script("DELETE FROM history_item; DELETE FROM queue_entry; DELETE FROM consultation");
  for (const auto& one : facts) {
    if (one.event.topic != "visitor") deliver(one.event, one.handle);
  }
  EXPECT_EQ(told(visit.patient), before);
}

TEST_F(History, ADoctorsNameIsTodaysAndADeletedOneHasNone) {
  Visit visit(facility, now);
  tell(visit.facts());
  fact("DoctorUpdated", on_doctor,
       {{"doctor_id", visit.doctor.str()},
        {"display_name", "Dr. Other"},
        {"department_id", visit.department.str()}});
  EXPECT_NE(told(visit.patient).find("Dr. Other"), std::string::npos);
  auto deleted = event("DoctorDeleted", {});
  deleted.key = visit.doctor.str();
  deliver(deleted, on_doctor);
  EXPECT_EQ(told(visit.patient).find("Dr."), std::string::npos);
}

class DoctorsList : public History {
 protected:
  void SetUp() override {
    History::SetUp();
    fact("DoctorRegistered", on_doctor,
         {{"doctor_id", doctor_id.str()},
          {"display_name", "Dr. Nila"},
          {"department_id", department.str()}});
  }
  void appoint(const char* starts_at, const char* status, const Uuid& with) {
    fact("AppointmentBooked", on_appointment,
         {{"appointment_id", appointment.str()},
          {"patient_id", patient_id.str()},
          {"doctor_id", with.str()},
          {"department_id", department.str()},
          {"starts_at", starts_at},
          {"status", status}});
  }
  void queue(const char* status, const std::optional<Uuid>& with, const char* day,
             const Uuid& where) {
    json::Value value = {{"queue_entry_id", entry.str()},
                         {"patient_id", patient_id.str()},
                         {"department_id", where.str()},
                         {"day", day},
                         {"ticket", {{"label", "GM-1"}, {"number", 1}}},
                         {"status", status}};
    if (with) value["doctor_id"] = with->str();
    fact("QueueEntryCreated", on_queue_entry, value);
  }
  void consult(const char* status, const Uuid& with) {
    fact("ConsultationStarted", on_consultation,
         {{"consultation_id", consultation.str()},
          {"patient_id", patient_id.str()},
          {"doctor_id", with.str()},
          {"status", status}});
  }
  bool listed() {
    const bool one = on_list(doctor_id, patient_id, now);
    const auto items = json_of(run(api::list_patients, doctor(doctor_id))).at("items");
    EXPECT_EQ(items.size(), one ? 1U : 0U) << "the list and the single read agree";
    EXPECT_EQ(code_of(run(api::get_patient, doctor(doctor_id), patient_id)),
              one ? "" : "not-on-your-list");
    return one;
  }

  Uuid doctor_id = Uuid::make();
  Uuid other = Uuid::make();
  Uuid department = Uuid::make();
  Uuid appointment = Uuid::make();
  Uuid entry = Uuid::make();
  Uuid consultation = Uuid::make();
  Uuid patient_id = add_known();

  Uuid add_known() {
    know_facility(facility, "AMB", "Asia/Kolkata");
    return add_person();
  }
};

TEST_F(DoctorsList, AppointmentsFromThirtyDaysAgoOn) {
  EXPECT_FALSE(listed());
  for (const auto* status : {"BOOKED", "CHECKED_IN", "IN_CONSULTATION", "COMPLETED", "NO_SHOW"}) {
    appoint("2026-11-30T04:00:00Z", status, doctor_id);
    EXPECT_TRUE(listed()) << status;
  }
  appoint("2026-11-30T04:00:00Z", "CANCELLED", doctor_id);
  EXPECT_FALSE(listed());
  appoint("2026-10-25T04:00:00Z", "COMPLETED", doctor_id);
  EXPECT_TRUE(listed()) << "thirty days ago";
  appoint("2026-10-25T03:59:59Z", "COMPLETED", doctor_id);
  EXPECT_FALSE(listed());
  appoint("2026-11-30T04:00:00Z", "BOOKED", other);
  EXPECT_FALSE(listed());
}

TEST_F(DoctorsList, OpenEntriesAssignedOrUnassignedInTheDepartmentToday) {
  for (const auto* status : {"WAITING", "CALLED", "IN_SERVICE", "ON_HOLD"}) {
    queue(status, doctor_id, "2026-11-24", Uuid::make());
    EXPECT_TRUE(listed()) << status;
    queue(status, std::nullopt, "2026-11-24", department);
    EXPECT_TRUE(listed()) << status;
  }
  for (const auto* status : {"COMPLETED", "TRANSFERRED", "LEFT", "NO_SHOW", "CANCELLED"}) {
    queue(status, doctor_id, "2026-11-24", department);
    EXPECT_FALSE(listed()) << status;
  }
  queue("WAITING", other, "2026-11-24", department);
  EXPECT_FALSE(listed()) << "another doctor's";
  queue("WAITING", std::nullopt, "2026-11-24", Uuid::make());
  EXPECT_FALSE(listed()) << "another department's";
  queue("WAITING", std::nullopt, "2026-11-23", department);
  EXPECT_FALSE(listed()) << "yesterday's";
  know_facility(facility, "AMB", "Pacific/Pago_Pago");
  EXPECT_TRUE(listed()) << "where it is still the 23rd";
}

TEST_F(DoctorsList, ConsultationsTheyWrote) {
  consult("DRAFT", doctor_id);
  EXPECT_TRUE(listed());
  consult("COMPLETED", doctor_id);
  EXPECT_TRUE(listed());
  consult("CANCELLED", doctor_id);
  EXPECT_FALSE(listed()) << "nothing was written";
  consult("DRAFT", other);
  EXPECT_FALSE(listed()) << "taken over by another";
}

}  // namespace ambula::patient::events::history_test

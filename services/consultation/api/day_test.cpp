#include <map>

#include "fixture_test.hpp"

// A doctor's day and the figures of many [CON-5, CON-10, REP-2].
namespace ambula::consultation::api::day_test {

using flow_test::Flow;

class Day : public Flow {
 protected:
  json::Value day(const auth::Principal& who,
                  std::vector<std::pair<std::string, std::string>> query = {}) {
    return body(list(who, doctor_day, std::move(query)));
  }
  auth::Principal admin() {
    auto who = as(auth::Role::admin);
    return who;
  }
  std::string person() { return member("patient_id", patient); }
};

TEST_F(Day, ShowsWhatIsOnesOwn) {
  const auto visit = appointment("CHECKED_IN");
  appointment("BOOKED", Uuid::make());
  const auto mine =
      entry(person(), "," + member("appointment_id", visit) + "," + member("doctor_id", doctor));
  const auto nobodys = entry(member("visitor_id", Uuid::make()));
  entry(person(), "," + member("doctor_id", Uuid::make()));
  tell_entry(Uuid::make(), person(), "," + member("doctor_id", doctor), "COMPLETED");
  const auto draft = id(run(start_consultation, of_appointment(visit)));
  const auto shown = day(as(auth::Role::doctor));
  EXPECT_EQ(shown.at("date"), "2026-11-24");
  ASSERT_EQ(shown.at("appointments").size(), 1U);
  EXPECT_EQ(shown.at("appointments").at(0).at("consultation_id"), draft.str());
  EXPECT_EQ(shown.at("appointments").at(0).at("person").at("display_name"), "Asha");
  std::map<std::string, json::Value> waiting;
  for (const auto& one : shown.at("queue"))
    waiting[one.at("queue_entry_id").get<std::string>()] = one;
  ASSERT_EQ(waiting.size(), 2U);
  EXPECT_EQ(waiting[mine.str()].at("mine"), true);
  EXPECT_EQ(waiting[mine.str()].at("consultation_id"), draft.str());
  EXPECT_EQ(waiting[nobodys.str()].at("mine"), false);
  ASSERT_EQ(shown.at("drafts").size(), 1U);
  EXPECT_EQ(shown.at("drafts").at(0).at("consultation_id"), draft.str());
  EXPECT_EQ(shown.at("figures").dump(), R"({"appointments":1,"queue":2,"drafts":1,"seen":0})");
  EXPECT_TRUE(run(complete_consultation, R"({"no_diagnosis_reason":"well"})", draft));
  const auto later = day(as(auth::Role::doctor));
  EXPECT_EQ(later.at("figures").at("seen"), 1);
  EXPECT_EQ(later.at("figures").at("visit_mean_min"), 0.0);
  EXPECT_TRUE(later.at("drafts").empty());
}

TEST_F(Day, TheMostUrgentStandsFirst) {
  const auto tell = [&](std::string_view kind, std::string_view level) {
    const auto one = Uuid::make();
    fact("QueueEntryCreated", flow_test::on_queue_entry,
         "{" + member("queue_entry_id", one) + "," + member("queue_id", queue) +
             R"(,"queue_kind":")" + std::string(kind) + R"(",)" +
             member("department_id", department) +
             R"(,"ticket":{"label":"GM-1","number":1},"day":"2026-11-24",)" + person() +
             R"(,"level":")" + std::string(level) + R"(","status":"WAITING"})");
    return one.str();
  };
  const auto low = tell("REGULAR", "LOW");
  const auto high = tell("REGULAR", "HIGH");
  const auto emergency = tell("EMERGENCY", "CRITICAL");
  std::vector<std::string> order;
  const auto shown = day(as(auth::Role::doctor));
  for (const auto& one : shown.at("queue"))
    order.push_back(one.at("queue_entry_id").get<std::string>());
  EXPECT_THAT(order, ::testing::ElementsAre(emergency, high, low));
}

TEST_F(Day, OtherDaysAndOthers) {
  appointment("BOOKED");
  EXPECT_TRUE(day(as(auth::Role::doctor), {{"date", "2026-11-25"}}).at("appointments").empty());
  EXPECT_EQ(day(as(auth::Role::doctor), {{"date", "2026-11-24"}}).at("appointments").size(), 1U);
  auto other = as(auth::Role::doctor);
  other.doctor_id = Uuid::make();
  EXPECT_TRUE(day(other).at("appointments").empty());
  other.doctor_id.reset();
  EXPECT_EQ(code(list(other, doctor_day)), "forbidden");
  EXPECT_EQ(code(list(as(auth::Role::doctor), doctor_day, {{"date", "today"}})), "invalid-request");
  const auto answer = list(as(auth::Role::doctor), doctor_day);
  EXPECT_THAT(answer->patients, ::testing::ElementsAre(patient)) << "for the audit";
}

TEST_F(Day, ListsRefuseAStrangersHistory) {
  completed();
  auto other = as(auth::Role::doctor);
  other.doctor_id = Uuid::make();
  const std::vector<std::pair<std::string, std::string>> of = {{"patient_id", patient.str()}};
  EXPECT_EQ(code(list(other, list_consultations, of)), "not-on-your-list");
  EXPECT_EQ(code(list(other, list_prescriptions, of)), "not-on-your-list");
  appointment("BOOKED", other.doctor_id);
  EXPECT_EQ(body(list(other, list_consultations, of)).at("items").size(), 1U);
  auto elsewhere = other;
  elsewhere.facility_id = Uuid::make();
  const auto refused = list(elsewhere, list_consultations, of);
  EXPECT_FALSE(refused);
}

TEST_F(Day, ListsFilter) {
  const auto visit = appointment();
  const auto one = id(run(start_consultation, of_appointment(visit)));
  const auto done = completed();
  const auto rx = id(run(create_prescription, of_consultation(one)));
  const auto ids = [&](flow_test::Handle handle,
                       std::vector<std::pair<std::string, std::string>> query) {
    std::vector<std::string> found;
    const auto page = body(list(as(auth::Role::doctor), handle, std::move(query)));
    for (const auto& each : page.at("items"))
      found.push_back(each.at("id").get<std::string>());
    return found;
  };
  using ::testing::ElementsAre;
  EXPECT_THAT(ids(list_consultations, {{"appointment_id", visit.str()}}), ElementsAre(one.str()));
  EXPECT_THAT(ids(list_consultations, {{"status", "COMPLETED"}}), ElementsAre(done.str()));
  EXPECT_THAT(ids(list_consultations, {{"from", "2026-11-24T04:05:01Z"}}), ElementsAre());
  EXPECT_EQ(ids(list_consultations, {{"to", "2026-11-24T04:05:01Z"}}).size(), 2U);
  EXPECT_EQ(ids(list_consultations, {{"doctor_id", doctor.str()}}).size(), 2U);
  EXPECT_THAT(ids(list_consultations, {{"doctor_id", Uuid::make().str()}}), ElementsAre());
  EXPECT_THAT(ids(list_prescriptions, {{"consultation_id", one.str()}}), ElementsAre(rx.str()));
  EXPECT_THAT(ids(list_prescriptions, {{"status", "ISSUED"}}), ElementsAre());
  EXPECT_THAT(ids(list_prescriptions, {{"status", "DRAFT"}, {"patient_id", patient.str()}}),
              ElementsAre(rx.str()));
}

TEST_F(Day, FiguresCountCompletedVisits) {
  completed();
  completed();
  started();
  const std::vector<std::pair<std::string, std::string>> span = {{"from", "2026-11-24"},
                                                                 {"to", "2026-11-24"}};
  const auto figures = body(list(admin(), consultation_figures, span));
  ASSERT_EQ(figures.at("items").size(), 1U);
  EXPECT_EQ(figures.at("items").at(0).at("doctor_id"), doctor.str());
  EXPECT_EQ(figures.at("items").at(0).at("visits"), 2);
  EXPECT_EQ(figures.at("items").at(0).at("display_name"), "Dr. S");
  EXPECT_EQ(figures.at("total").at("visits"), 2);
  const auto empty =
      body(list(admin(), consultation_figures, {{"from", "2026-11-25"}, {"to", "2026-11-25"}}));
  EXPECT_TRUE(empty.at("items").empty());
  auto csv = span;
  csv.emplace_back("format", "csv");
  const auto table = list(admin(), consultation_figures, csv);
  ASSERT_TRUE(table);
  EXPECT_THAT(table->content_type, ::testing::StartsWith("text/csv"));
  for (const auto& bad : {span.front(), std::pair<std::string, std::string>{"to", "2026-11-24"}})
    EXPECT_EQ(code(list(admin(), consultation_figures, {bad})), "invalid-request");
  EXPECT_EQ(
      code(list(admin(), consultation_figures, {{"from", "2026-11-24"}, {"to", "2026-11-23"}})),
      "invalid-request");
}

}  // namespace ambula::consultation::api::day_test

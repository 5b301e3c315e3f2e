#include "patients.hpp"

#include <atomic>
#include <set>
#include <thread>

#include <ambula/json/json.hpp>
#include <ambula/testing/postgres.hpp>

#include "fixture_test.hpp"

// What the database itself guarantees about the registry [PAT-1, PAT-2, PAT-3, PAT-4].
namespace ambula::patient::store::patients_test {

using fixture_test::options;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class Registry : public fixture_test::Fixture {
 protected:
  /// Registers on a connection of its own.
  std::string register_with(const json::Value& body) {
    db::Session own(options());
    return code_of(run(own, api::register_patient, desk(), {}, {.body = json::dump(body)}));
  }

  std::vector<std::string> names(const ListFilter& filter) {
    std::vector<std::string> found;
    for (const auto& p : list(session, facility, filter, std::nullopt, 100)) {
      found.push_back(p.details.given_name);
    }
    return found;
  }
};

TEST_F(Registry, EveryStatementIsPrepared) {
  EXPECT_NO_THROW(session.prepare_all(sql::all));
}

TEST_F(Registry, NumbersAreUniqueAndWithoutGapsUnderEightWriters) {  // PAT-1
  constexpr int writers = 8;
  constexpr int each = 12;
  std::atomic<int> made{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int w = 0; w < writers; ++w) {
    threads.emplace_back([&, w] {
      for (int i = 0; i < each; ++i) {
        auto body = person();
        // Every third wants an address that another writer wants too: refusals must not leave gaps.
        if (i % 3 == 0) body["email"] = "shared" + std::to_string(i) + "@mail.example";
        body["notes"] = std::to_string(w);
        const auto code = register_with(body);
        if (code.empty()) ++made;
        if (code == "email-taken") ++refused;
      }
    });
  }
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(made + refused, writers * each);
  EXPECT_EQ(refused, (writers - 1) * 4);
  const auto row = query(
                       "SELECT count(*)::int AS n, count(DISTINCT mrn)::int AS mrns, "
                       "max(substr(mrn, 5, 7)::int) AS last FROM patient WHERE facility_id = $1")
                       .front();
  EXPECT_EQ(row.get<int>("n"), made);
  EXPECT_EQ(row.get<int>("mrns"), made);
  EXPECT_EQ(row.get<int>("last"), made) << "no gap";
}

TEST_F(Registry, OfTwoRegistrationsWithOneAddressAtOnceOneWins) {  // PAT-2
  for (int round = 0; round < 10; ++round) {
    std::vector<std::string> codes(2);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < codes.size(); ++i) {
      threads.emplace_back([&, i] {
        auto body = person();
        const std::string name = i == 0 ? "Race" : "rACE";
        body["email"] = name + std::to_string(round) + "@Mail.example";
        codes[i] = register_with(body);
      });
    }
    for (auto& thread : threads)
      thread.join();
    EXPECT_THAT(codes, UnorderedElementsAre("", "email-taken"));
  }
}

TEST_F(Registry, KnowsARecordAsItWasWritten) {
  auto body = person("Exámple");
  body["family_name"] = "O'Sample";
  body["phone"] = "+91 00000 00001";
  body["email"] = "Asha@mail.example";
  body["address"] = {{"line", "1 Road"}, {"city", "Chennai"}, {"postal_code", "600001"}};
  body["blood_group"] = "AB-";
  body["emergency_contact"] = {{"name", "Ravi"}, {"phone", "12345"}};
  body["medical_history"] = "line one\nline two";
  body["notes"] = "prefers mornings";
  const auto made = add(body);
  const auto found = get(session, facility, id_of(made));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->details.address,
            (domain::Address{.line = "1 Road", .city = "Chennai", .postal_code = "600001"}));
  EXPECT_EQ(found->details.emergency_contact,
            (domain::EmergencyContact{"Ravi", std::nullopt, "12345"}));
  EXPECT_EQ(found->details.medical_history, "line one\nline two");
  EXPECT_EQ(found->details.email, "Asha@mail.example") << "as typed; folded only to compare";
  EXPECT_EQ(found->preferences.language, "en-IN") << "the facility's";
  EXPECT_EQ(found->record.version, 1);
  EXPECT_FALSE(get(session, Uuid::make(), found->id)) << "another facility's [OPS-6]";
}

TEST_F(Registry, FindsNamesByBeginningsInAnyOrderWithoutAccents) {  // PAT-3
  auto body = person("José María");
  body["family_name"] = "Núñez-Straße";
  add(body);
  body = person("Maria");
  body["family_name"] = "O'Brien";
  add(body);
  add(person("Дарья"));
  const auto q = [&](const char* text) {
    ListFilter filter;
    filter.q = text;
    return names(filter);
  };
  EXPECT_THAT(q("jose"), ElementsAre("José María"));
  EXPECT_THAT(q("NUN jos"), ElementsAre("José María"));
  EXPECT_THAT(q("mar nuñ"), ElementsAre("José María"));
  EXPECT_THAT(q("strasse"), ElementsAre("José María"));
  EXPECT_THAT(q("mari"), UnorderedElementsAre("José María", "Maria"));
  EXPECT_THAT(q("brien"), ElementsAre("Maria"));
  EXPECT_THAT(q("o'brien"), ElementsAre("Maria"));
  EXPECT_THAT(q("дар"), ElementsAre("Дарья"));
  EXPECT_THAT(q("aria"), ElementsAre()) << "not the middle of a word";
  EXPECT_THAT(q("maria x"), ElementsAre()) << "every word must be there";
  EXPECT_THAT(q("%"), ElementsAre()) << "no wildcard of the searcher's own";
  EXPECT_THAT(q("_aria"), ElementsAre());
  EXPECT_THAT(q("m"), UnorderedElementsAre("José María", "Maria"));
}

TEST_F(Registry, FindsPhoneEmailAndNumberExactly) {  // PAT-3
  auto body = person("Asha");
  body["phone"] = "+91 (98) 765-43210";
  body["email"] = "Asha@Mail.example";
  const auto asha = add(body);
  body = person("Ravi");
  body["phone"] = "044 1234567";
  add(body);
  ListFilter filter;
  filter.phone = "9876543210";
  EXPECT_THAT(names(filter), ElementsAre("Asha")) << "without the country's code";
  filter.phone = "919876543210";
  EXPECT_THAT(names(filter), ElementsAre("Asha"));
  filter.phone = "98765";
  EXPECT_THAT(names(filter), ElementsAre());
  filter = {};
  filter.email = "ASHA@mail.EXAMPLE";
  EXPECT_THAT(names(filter), ElementsAre("Asha"));
  filter.q = "ravi";
  EXPECT_THAT(names(filter), ElementsAre()) << "filters narrow each other";
  filter = {};
  filter.mrn = asha.at("mrn").get<std::string>();
  EXPECT_THAT(names(filter), ElementsAre("Asha"));
  filter.phone = "1234567";
  EXPECT_THAT(names(filter), ElementsAre());
  filter = {};
  filter.status = domain::Status::inactive;
  EXPECT_THAT(names(filter), ElementsAre());
  filter.status = domain::Status::active;
  EXPECT_THAT(names(filter), ElementsAre("Asha", "Ravi"));
}

TEST_F(Registry, PagesWithoutLossOrRepeat) {
  std::set<std::string> ids;
  for (const auto* name : {"Same", "Same", "Same", "Other", "Álso"}) {
    ids.insert(add(person(name)).at("id").get<std::string>());
  }
  ListFilter search;
  search.q = "s";
  for (const auto& filter : {ListFilter{}, search}) {
    std::set<std::string> seen;
    std::optional<Uuid> after;
    while (true) {
      const auto page = list(session, facility, filter, after, 2);
      if (page.empty()) break;
      for (const auto& p : page)
        EXPECT_TRUE(seen.insert(p.id.str()).second);
      after = page.back().id;
    }
    EXPECT_EQ(seen.size(), filter.q ? 3U : ids.size());
  }
  EXPECT_TRUE(list(session, Uuid::make(), {}, std::nullopt, 10).empty())
      << "another facility's [OPS-6]";
}

/// The plan of a statement that was told to think of many rows.
TEST_F(Registry, SearchesGoThroughTheirIndexes) {  // PAT-3
  // Alone, so that the facility itself narrows nothing.
  session.run_script(
      "DELETE FROM clinical_item; DELETE FROM patient_transition; DELETE FROM patient; INSERT INTO "
      "patient (id, facility_id, "
      "mrn, status, given_name, family_name, birth_date, "
      "birth_date_estimated, sex, phone, language, created_at, created_by, updated_at, updated_by) "
      "SELECT gen_random_uuid(), '" +
      facility.str() +
      "', 'M' || n, 'ACTIVE', md5(n::text), "
      "md5((n * 7)::text), '1990-01-01', false, 'OTHER', '+91' || (1000000000 + n * 7919), 'en', "
      "now(), "
      "gen_random_uuid(), now(), gen_random_uuid() FROM generate_series(1, 20000) n; ANALYZE "
      "patient;");
  const auto plan = [&](const std::string& statement, const std::string& arguments) {
    db::Session own(options());
    own.run_script("PREPARE one AS " + statement);
    own.run_script("SET plan_cache_mode = force_generic_plan");
    std::string text;
    const std::string explain = "EXPLAIN EXECUTE one (" + arguments + ")";
    for (const auto row : own.read(db::Statement{"explain", explain})) {
      text += std::string(row.text("QUERY PLAN")) + "\n";
    }
    return text;
  };
  const auto common = "'" + facility.str() + "', 'ACTIVE', NULL, NULL, now(), NULL, 50, ";
  EXPECT_THAT(plan(std::string(sql::search_patients.sql), common + "'abc d', NULL, NULL, NULL"),
              ::testing::HasSubstr("patient_by_name"));
  const auto found = plan(std::string(sql::find_patients.sql), common + "'1234567', 'a@b.c', 'M1'");
  EXPECT_THAT(found, ::testing::HasSubstr("patient_by_phone"));
  EXPECT_THAT(found, ::testing::HasSubstr("patient_by_email"));
  EXPECT_THAT(found, ::testing::HasSubstr("patient_mrn_key"));
  EXPECT_THAT(found, ::testing::Not(::testing::HasSubstr("Seq Scan on patient")));
}

}  // namespace ambula::patient::store::patients_test

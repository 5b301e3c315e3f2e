#include "patients.hpp"

#include <atomic>
#include <set>
#include <thread>

#include <ambula/json/json.hpp>
#include <ambula/testing/postgres.hpp>

#include "fixture_test.hpp"
#include "patient/jobs.hpp"

#include <rapidcheck.h>

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
    const auto page = list(session, facility, filter, std::nullopt, 100);
    for (const auto& p : page.patients) {
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
  EXPECT_THAT(q("ari"), ElementsAre()) << "not the middle of a word";
  EXPECT_THAT(q("maria x"), ElementsAre()) << "every word must be there";
  EXPECT_THAT(q("%"), ElementsAre()) << "no wildcard of the searcher's own";
  EXPECT_THAT(q("_ari"), ElementsAre());
  EXPECT_THAT(q("m"), UnorderedElementsAre("José María", "Maria"));
}

TEST_F(Registry, RanksExactNamesBeforeBeginningsAndForgivesATypo) {  // PAT-3
  for (const auto* name :
       {"Martina", "Mart", "Marta", "Maart", "Marto Marta", "Other", "Judith Okonkwo"})
    add(person(name));
  const auto q = [&](const char* text) {
    ListFilter filter;
    filter.q = text;
    return names(filter);
  };
  EXPECT_THAT(q("mart"), ElementsAre("Mart", "Marta", "Marto Marta", "Martina"));
  EXPECT_THAT(q("marta"), ElementsAre("Marta", "Marto Marta")) << "as typed, so no typo";
  EXPECT_THAT(q("mrata"), ElementsAre("Marta", "Marto Marta")) << "two swapped";
  EXPECT_THAT(q("okonkow judith"), ElementsAre("Judith Okonkwo"));
  EXPECT_THAT(q("okonkwo judiht"), ElementsAre("Judith Okonkwo"));
  EXPECT_THAT(q("okonkow judiht"), ElementsAre()) << "one typo, not two";
  EXPECT_THAT(q("oter"), ElementsAre("Other"));
  EXPECT_THAT(q("oth"), ElementsAre("Other"));
  EXPECT_THAT(q("ohr"), ElementsAre()) << "three letters have no typos";
}

TEST_F(Registry, FindsATypoBesideANameThatManyHave) {  // PAT-3
  session.run_script(
      "INSERT INTO patient (id, facility_id, mrn, status, given_name, family_name, birth_date, "
      "birth_date_estimated, sex, language, created_at, created_by, updated_at, updated_by) "
      "SELECT gen_random_uuid(), '" +
      facility.str() +
      "', 'X' || n, 'ACTIVE', CASE WHEN n % 2 = 0 THEN 'Anna' ELSE 'Maria' END, "
      "CASE WHEN n % 3 = 0 THEN 'Kumar' ELSE 'Kumarson' END, '1990-01-01', false, 'OTHER', 'en', "
      "now(), gen_random_uuid(), now(), gen_random_uuid() FROM generate_series(1, 1500) n; "
      "INSERT INTO patient_word SELECT facility_id, w, name_key, id FROM patient, "
      "unnest(name_words(name_key)) w WHERE facility_id = '" +
      facility.str() + "' ON CONFLICT DO NOTHING");
  auto rare = person("Zoe Anna");  // the common name is neither first nor beside
  rare["family_name"] = "Kumar";
  add(rare);
  const auto q = [&](const char* text) {
    ListFilter filter;
    filter.q = text;
    return list(session, facility, filter, std::nullopt, 20).patients;
  };
  for (const auto* text : {"anna kumr", "kumr anna", "anna kmuar"}) {
    const auto found = q(text);
    ASSERT_EQ(found.size(), 20U) << text;
    for (const auto& patient : found) {
      EXPECT_EQ(patient.details.given_name, "Anna") << text;
      EXPECT_EQ(patient.details.family_name, "Kumar") << text << ": whole words come first";
    }
  }
  const auto longer = q("maria kumarosn");
  ASSERT_EQ(longer.size(), 20U);
  EXPECT_EQ(longer.front().details.family_name, "Kumarson");
  EXPECT_EQ(q("zoe kumr").size(), 1U);
  EXPECT_TRUE(q("annna kumarrr").empty()) << "one typo, not two";
}

TEST_F(Registry, ANewNameIsFoundAndTheOldOneIsNot) {  // PAT-3
  const auto id = add_person("Before");
  ASSERT_TRUE(run(api::update_patient, desk(), id, {.body = R"({"given_name":"After"})"}));
  ListFilter filter;
  filter.q = "before";
  EXPECT_THAT(names(filter), ElementsAre());
  filter.q = "after";
  EXPECT_THAT(names(filter), ElementsAre("After"));
  ASSERT_TRUE(run(api::update_patient, desk(), id, {.body = R"({"notes":"x"})"}));
  EXPECT_THAT(names(filter), ElementsAre("After"));
  ASSERT_TRUE(run(api::delete_patient, desk(), id));
  EXPECT_THAT(names(filter), ElementsAre());
  jobs::purge_deleted(session, now + std::chrono::hours{25}, [] {});
  EXPECT_EQ(query("SELECT 1 FROM patient_word WHERE facility_id = $1").size(), 0U);
}

TEST_F(Registry, FoldingForgetsCaseAccentsAndWidth) {  // PAT-3
  const db::Statement fold{"fold", "SELECT folded($1) AS folded"};
  const auto folded = [&](const std::string& text) {
    return session.read(fold, text).front().get<std::string>("folded");
  };
  rc::check("folding is idempotent, and spaces and case do not matter", [&] {
    std::string text;
    const auto size = *rc::gen::inRange(1, 12);
    static const std::vector<std::string> letters = {"a", "B", "é", "Ü", "ß", "ñ",  "Ж", "д",
                                                     "ı", "Å", "-", "'", " ", "１", "क", "中"};
    for (int i = 0; i < size; ++i)
      text += *rc::gen::elementOf(letters);
    const auto once = folded(text);
    RC_ASSERT(folded(once) == once);
    RC_ASSERT(folded("  " + text + " ") == once);
    RC_ASSERT(once.starts_with(' ') && !once.starts_with("  "));
  });
  EXPECT_EQ(folded("José-María Núñez"), " jose maria nunez");
  EXPECT_EQ(folded("STRASSE"), folded("straße"));
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
  filter.mrn = {{asha.at("mrn").get<std::string>()}};
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
  for (const auto* name : {"Same", "Same", "Same", "Other", "Álso", "Same Samuel"}) {
    ids.insert(add(person(name)).at("id").get<std::string>());
  }
  ListFilter search;
  search.q = "s";
  for (const auto& filter : {ListFilter{}, search}) {
    std::set<std::string> seen;
    std::optional<ListPosition> after;
    do {
      const auto page = list(session, facility, filter, after, 2);
      for (const auto& p : page.patients)
        EXPECT_TRUE(seen.insert(p.id.str()).second);
      after = page.next;
      // Somebody else registers meanwhile.
      add(person("Sam"));
    } while (after);
    EXPECT_GE(seen.size(), filter.q ? 4U : ids.size());
  }
  EXPECT_TRUE(list(session, Uuid::make(), {}, std::nullopt, 10).patients.empty())
      << "another facility's [OPS-6]";
}

/// Plans of statements that were told to think of many rows, on a table of many rows.
class Plans : public Registry {
 protected:
  void SetUp() override {
    Registry::SetUp();
    auto patient = options();
    patient.statement_timeout_ms = 120'000;
    db::Session filling(patient);
    // Alone, so that the facility itself narrows nothing.
    filling.run_script(
        "TRUNCATE patient_word; TRUNCATE patient CASCADE; "
        "INSERT INTO patient (id, facility_id, mrn, status, given_name, family_name, birth_date, "
        "birth_date_estimated, sex, phone_key, language, created_at, created_by, updated_at, "
        "updated_by) SELECT gen_random_uuid(), '" +
        facility.str() +
        "', 'M' || n, 'ACTIVE', md5((n % 500)::text), md5((n * 7)::text), '1990-01-01', false, "
        "'OTHER', reverse('91' || (1000000000 + n * 7919)), 'en', now(), gen_random_uuid(), now(), "
        "gen_random_uuid() FROM generate_series(1, 50000) n; "
        "INSERT INTO patient_word SELECT facility_id, w, name_key, id FROM patient, "
        "unnest(name_words(name_key)) w ON CONFLICT DO NOTHING; ANALYZE patient; ANALYZE "
        "patient_word;");
  }

  std::string plan(const db::Statement& statement, const std::string& arguments) {
    db::Session own(options());
    own.run_script("PREPARE one AS " + std::string(statement.sql));
    own.run_script("SET plan_cache_mode = force_generic_plan");
    // The tables here are small, so sorting a few rows would seem cheaper than it is on a million.
    own.run_script("SET enable_sort = off; SET enable_bitmapscan = off");
    std::string text;
    const std::string explain = "EXPLAIN EXECUTE one ('" + facility.str() + "', " + arguments + ")";
    for (const auto row : own.read(db::Statement{"explain", explain})) {
      text += std::string(row.text("QUERY PLAN")) + "\n";
    }
    return text;
  }
  static constexpr const char* nil = "'00000000-0000-0000-0000-000000000000'";
};

TEST_F(Registry, TwoBeginningsThatManyHaveFindEverybodyWhoHasBoth) {  // PAT-3
  // Which words begin a name, and where the others stand, goes through all combinations.
  session.read(db::Statement{
      "people",
      "WITH made AS (INSERT INTO patient (id, facility_id, mrn, status, given_name, family_name, "
      "birth_date, birth_date_estimated, sex, language, created_at, created_by, updated_at, "
      "updated_by) SELECT gen_random_uuid(), '" +
          facility.str() +
          "', 'M' || n, CASE n % 11 WHEN 0 THEN 'INACTIVE' ELSE 'ACTIVE' END, "
          "(ARRAY['Annika', 'Ravi', 'Marta', 'Ravi Ánna', 'Annamaria', 'Ravi Mark', 'Marianne "
          "Ann'])[n % 7 + 1], (ARRAY['Márquez', 'Annaud', 'Kumar', 'Kumar Marlow'])[n % 4 + 1], "
          "'1990-01-01', false, 'OTHER', 'en', now(), gen_random_uuid(), now(), gen_random_uuid() "
          "FROM generate_series(1, 1400) n RETURNING *) INSERT INTO patient_word SELECT DISTINCT "
          "facility_id, w, name_key, id FROM made, unnest(name_words(name_key)) w RETURNING word"});
  const auto wanted = [&](const std::string& status) {
    std::set<std::string> ids;
    const db::Statement both{"both",
                             "SELECT id::text AS id FROM patient WHERE name_key LIKE '% ann%' "
                             "AND name_key LIKE '% mar%' AND ($1 = '' OR status = $1)"};
    for (const auto row : session.read(both, status))
      ids.insert(std::string(row.text("id")));
    return ids;
  };
  ListFilter filter;
  // Nobody has "anna" beside another word that begins so; but one word may be both.
  filter.q = "ann anna";
  EXPECT_GT(list(session, facility, filter, std::nullopt, 200).patients.size(), 150U);
  for (const auto* q : {"ann mar", "mar ann"}) {
    for (const auto status :
         {std::optional<domain::Status>(), std::optional(domain::Status::active)}) {
      filter.q = q;
      filter.status = status;
      std::set<std::string> seen;
      std::optional<ListPosition> after;
      do {
        const auto page = list(session, facility, filter, after, 20);
        EXPECT_FALSE(page.patients.empty());
        for (const auto& p : page.patients)
          EXPECT_TRUE(seen.insert(p.id.str()).second) << "twice";
        after = page.next;
      } while (after);
      EXPECT_GT(seen.size(), 500U);
      EXPECT_EQ(seen, wanted(status ? "ACTIVE" : ""));
    }
  }
}

TEST_F(Plans, EveryWayOfFindingHasItsIndex) {  // PAT-3
  using ::testing::HasSubstr;
  using ::testing::Not;
  const auto names_plan = plan(
      sql::search_names, std::string("'ACTIVE', 'abc', 'abd', '{}', 'abc', '', ") + nil + ", 51");
  EXPECT_THAT(names_plan, HasSubstr("patient_word_pkey"));
  EXPECT_THAT(names_plan, Not(HasSubstr("Sort"))) << "read in order, only as far as the page goes";
  EXPECT_THAT(names_plan, Not(HasSubstr("Seq Scan")));
  const auto led = plan(sql::search_led,
                        std::string("NULL, 'abc', 'abd', 'def', '', 'abc', '', ") + nil + ", 51");
  EXPECT_THAT(led, HasSubstr("(word = x.word) AND (name_key >= "));
  EXPECT_THAT(led, Not(HasSubstr("Seq Scan")));
  const auto further_on =
      plan(sql::search_long_names,
           std::string("NULL, 'abc', 'abd', '% def%', '{ abc%}', 'abc', '', ") + nil + ", 51");
  EXPECT_THAT(further_on, HasSubstr("using patient_word_long"));
  EXPECT_THAT(further_on, Not(HasSubstr("Sort")));
  const auto near = plan(sql::search_near_names, "NULL, '{abc}', '{abd}', '{}', '{}', '{}', 50");
  EXPECT_THAT(near, HasSubstr("patient_word_pkey"));
  EXPECT_THAT(near, Not(HasSubstr("Seq Scan")));
  EXPECT_THAT(plan(sql::search_words, "'abc def'"), HasSubstr("patient_word_pkey"));
  const auto words = plan(sql::near_words, "'{abc}', '{abd}'");
  EXPECT_THAT(words, HasSubstr("Index Only Scan using patient_word_pkey"));
  EXPECT_THAT(words, Not(HasSubstr("Seq Scan on patient_word")));
  const auto beside = plan(sql::search_beside, "NULL, '{abc}', '{def}', '{}', '{}', 50, 300");
  EXPECT_THAT(beside, HasSubstr("(word = n.word) AND (name_key >= "));
  EXPECT_THAT(beside, Not(HasSubstr("Seq Scan")));
  const auto found = plan(sql::find_patients, std::string("'ACTIVE', '', ") + nil +
                                                  ", '1234567', 'a@b.c', '{M1}', '{}', 51, NULL");
  EXPECT_THAT(found, HasSubstr("patient_by_phone"));
  EXPECT_THAT(found, HasSubstr("patient_by_email"));
  EXPECT_THAT(found, HasSubstr("patient_mrn_key"));
  EXPECT_THAT(found, Not(HasSubstr("Seq Scan on patient")));
  const auto listed = plan(sql::list_patients, std::string("NULL, '', ") + nil + ", 51");
  EXPECT_THAT(listed, HasSubstr("patient_list"));
  EXPECT_THAT(listed, Not(HasSubstr("Sort")));
}

}  // namespace ambula::patient::store::patients_test

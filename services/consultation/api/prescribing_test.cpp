#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>
#include <thread>
#include <unistd.h>

#include "fixture_test.hpp"

// Prescriptions: quantities, drafts, numbers, the printed one [CON-4, PHA-4].
namespace ambula::consultation::api::prescribing_test {

using flow_test::Flow;
using flow_test::item;

std::string counted(const std::string& frequency, const std::string& more = "") {
  return R"({"medicine":{"name":"Sample"},"dose":"2 tablets","frequency":")" + frequency +
         R"(","duration_days":5)" + more + "}";
}

/// What poppler reads in a document.
std::string text_of(const std::string& bytes) {
  const auto file =
      std::filesystem::temp_directory_path() / ("ambula-rx-" + std::to_string(getpid()) + ".pdf");
  std::ofstream(file, std::ios::binary) << bytes;
  std::string output;
  FILE* pipe = popen(("pdftotext -layout " + file.string() + " -").c_str(), "r");
  std::array<char, 4096> buffer{};
  std::size_t got = 0;
  while ((got = fread(buffer.data(), 1, buffer.size(), pipe)) > 0)
    output.append(buffer.data(), got);
  EXPECT_EQ(pclose(pipe), 0);
  std::filesystem::remove(file);
  return output;
}

class Prescribing : public Flow {
 protected:
  json::Value first_item(const Result<Answer>& answer) { return body(answer).at("items").at(0); }
  Uuid drafted() { return id(run(create_prescription, of_consultation(started()))); }

  void name(const std::string& patient_name, const std::string& doctor_name) {
    fact("PatientUpdated", events::on_patient,
         "{" + member("patient_id", patient) + R"(,"given_name":")" + patient_name +
             R"(","mrn":"M1","birth_date":"1990-02-28"})");
    fact("DoctorUpdated", events::on_doctor,
         "{" + member("doctor_id", doctor) + R"(,"display_name":")" + doctor_name + R"(",)" +
             member("department_id", department) + "}");
  }
  std::string printed(const Uuid& rx) {
    const auto answer = run(session, as(auth::Role::pharmacist), prescription_document, "", rx);
    EXPECT_TRUE(answer);
    if (const char* keep = std::getenv("AMBULA_PDF_KEEP"))
      std::ofstream(keep, std::ios::binary) << answer->body;
    return text_of(answer->body);
  }
};

TEST_F(Prescribing, AQuantityThatFollowsIsCountedAndSaysSo) {
  const auto one = started();
  const auto derived =
      first_item(run(create_prescription, of_consultation(one, counted("3 times a day"))));
  EXPECT_EQ(derived.at("quantity"), 30);
  EXPECT_EQ(derived.at("quantity_derived"), true);
  const auto given = first_item(
      run(create_prescription, of_consultation(one, counted("daily", R"(,"quantity":7)"))));
  EXPECT_EQ(given.at("quantity"), 7) << "the doctor's word stands";
  EXPECT_EQ(given.at("quantity_derived"), false);
  const auto missing = run(create_prescription, of_consultation(one, counted("when needed")));
  ASSERT_EQ(code(missing), "invalid-request");
  EXPECT_EQ(missing.error().fields.at(0).pointer, "/items/0/quantity");
  EXPECT_EQ(missing.error().fields.at(0).rule, "required");
  EXPECT_EQ(code(run(create_prescription,
                     of_consultation(one, counted("daily", R"(,"quantity_derived":true)")))),
            "read-only");
}

TEST_F(Prescribing, ADraftIsChangedAnIssuedOneIsNot) {
  const auto rx = drafted();
  const auto changed = run(update_prescription,
                           R"({"items":[)" + counted("daily") + R"(],"notes":"With water"})", rx);
  EXPECT_EQ(changed->version, 2);
  EXPECT_EQ(first_item(changed).at("quantity"), 10);
  const auto noted = run(update_prescription, R"({"notes":null})", rx, "\"v2\"");
  EXPECT_EQ(first_item(noted).at("quantity"), 10) << "what is not given stays";
  EXPECT_FALSE(body(noted).contains("notes"));
  EXPECT_EQ(code(run(update_prescription, R"({"notes":"x"})", rx, "\"v2\"")), "version-mismatch");
  EXPECT_EQ(code(run(update_prescription, R"({"items":[]})", rx)), "invalid-value");
  EXPECT_EQ(code(run(update_prescription, R"({"number":"1"})", rx)), "read-only");
  EXPECT_TRUE(run(issue_prescription, "", rx));
  EXPECT_EQ(code(run(update_prescription, R"({"notes":"x"})", rx)), "illegal-transition");
  EXPECT_EQ(first_item(run(get_prescription, "", rx)).at("quantity"), 10);
}

TEST_F(Prescribing, AChangeOfWhatWasIssuedIsANewOne) {
  const auto one = started();
  const auto rx = id(run(create_prescription, of_consultation(one)));
  const auto replacing = [&](const Uuid& old) {
    return "{" + member("consultation_id", one) + "," + member("replaces", old) + R"(,"items":[)" +
           item + "]}";
  };
  EXPECT_EQ(code(run(create_prescription, replacing(rx))), "unknown-prescription")
      << "a draft is changed, not replaced";
  EXPECT_TRUE(run(issue_prescription, "", rx));
  EXPECT_EQ(body(run(create_prescription, replacing(rx))).at("replaces"), rx.str());
  auto other = as(auth::Role::doctor);
  EXPECT_EQ(code(run(session, other, cancel_prescription, "{}", rx)), "invalid-request")
      << "a reason is needed";
  other.doctor_id = Uuid::make();
  EXPECT_EQ(code(run(session, other, cancel_prescription, R"({"reason":"x"})", rx)),
            "not-on-your-list");
}

TEST_F(Prescribing, FurtherOnesAfterCompletionButNotAfterCancel) {
  const auto done = completed();
  const auto rx = run(create_prescription, of_consultation(done));
  EXPECT_EQ(body(rx).at("status"), "DRAFT");
  EXPECT_TRUE(run(issue_prescription, "", id(rx)));
  const auto cancelled = started();
  EXPECT_TRUE(run(cancel_consultation, R"({"reason":"x"})", cancelled));
  EXPECT_EQ(code(run(create_prescription, of_consultation(cancelled))), "illegal-transition");
}

TEST_F(Prescribing, NumbersAreUniqueWhoeverWritesAtOnce) {
  std::vector<Uuid> visits;
  for (int i = 0; i < 6; ++i)
    visits.push_back(started());
  std::mutex mutex;
  std::set<std::string> numbers;
  std::vector<std::thread> writers;
  for (const auto& visit : visits) {
    writers.emplace_back([&] {
      db::Session own(flow_test::options());
      for (int i = 0; i < 5; ++i) {
        const auto written =
            run(own, as(auth::Role::doctor), create_prescription, of_consultation(visit));
        const std::scoped_lock lock(mutex);
        numbers.insert(body(written).at("number").get<std::string>());
      }
    });
  }
  for (auto& writer : writers)
    writer.join();
  EXPECT_EQ(numbers.size(), 30U);
  EXPECT_EQ(*numbers.rbegin(), "RX-2026-000030") << "gap-free";
}

TEST_F(Prescribing, ThePrintedOneIsInAnyScript) {
  name("आशा राव", "د. مريم حداد");
  const auto rx = issued();
  const auto text = printed(rx);
  const auto number = body(run(get_prescription, "", rx)).at("number").get<std::string>();
  for (const auto& expected :
       {std::string("आशा राव"), std::string("مريم"), std::string("حداد"), number,
        std::string("Sample balm"), std::string("thin layer"), std::string("1990-02-28"),
        std::string("2027-02-22"), std::string("ISSUED")}) {
    EXPECT_THAT(text, ::testing::HasSubstr(expected));
  }
  EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr("Not valid")));
}

TEST_F(Prescribing, WhatIsNotGoodAnyMoreSaysSoOnPaper) {
  const auto rx = issued();
  EXPECT_TRUE(run(cancel_prescription, R"({"reason":"x"})", rx));
  EXPECT_THAT(printed(rx), ::testing::HasSubstr("Not valid: CANCELLED"));
}

TEST_F(Prescribing, WhoMayPrint) {
  const auto rx = issued();
  const auto draft = drafted();
  const auto own = as(auth::Role::patient);
  EXPECT_EQ(code(run(session, own, prescription_document, "", rx)), "");
  EXPECT_EQ(code(run(session, own, prescription_document, "", draft)), "prescription-not-found");
  EXPECT_EQ(code(run(prescription_document, "", draft)), "illegal-transition");
  const auto pharmacist = as(auth::Role::pharmacist);
  EXPECT_EQ(code(run(session, pharmacist, prescription_document, "", draft)),
            "prescription-not-found");
  auto stranger = own;
  stranger.patient_id = Uuid::make();
  EXPECT_EQ(code(run(session, stranger, prescription_document, "", rx)), "prescription-not-found");
}

}  // namespace ambula::consultation::api::prescribing_test

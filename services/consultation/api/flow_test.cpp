#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "consultation/jobs.hpp"
#include "fixture_test.hpp"

// What a client may rely on [CON-1, CON-2, CON-3, CON-4, CON-6, CON-10].
namespace ambula::consultation::api::flow_test {

TEST_F(Flow, EveryStatementIsPrepared) {
  EXPECT_NO_THROW(session.prepare_all(sql::all));
}

TEST_F(Flow, AVisitIsStartedWrittenAndCompleted) {
  const auto one = started();
  const auto saved = run(update_consultation, diagnosed, one, "\"v1\"");
  EXPECT_EQ(saved->version, 2);
  EXPECT_EQ(body(saved).at("note").at("vitals").at("pulse"), 80);
  const auto more =
      run(update_consultation, R"({"note":{"plan":"Rest","complaint":null}})", one, "\"v2\"");
  EXPECT_EQ(body(more).at("note").at("diagnoses").at(0).at("code"), "J00")
      << "what is not given stays";
  EXPECT_FALSE(body(more).at("note").contains("complaint")) << "null clears";
  EXPECT_EQ(code(run(update_consultation, diagnosed, one, "\"v2\"")), "version-mismatch");
  const auto done =
      run(complete_consultation, R"({"prescriptions":[{"items":[)" + item + "]}]}", one);
  EXPECT_EQ(body(done).at("status"), "COMPLETED");
  EXPECT_EQ(body(done).at("note").at("status"), "FINAL");
  ASSERT_EQ(body(done).at("prescriptions").size(), 1U);
  const auto rx = *Uuid::parse(body(done).at("prescriptions").at(0).get<std::string>());
  EXPECT_EQ(status(rx), "ISSUED");
  EXPECT_THAT(events_of(rx), ::testing::ElementsAre("PrescriptionIssued"));
  EXPECT_EQ(code(run(update_consultation, diagnosed, one)), "illegal-transition");
  const auto amended = run(add_addendum, R"({"text":"Called back"})", one);
  EXPECT_EQ(amended->status, 201);
  EXPECT_EQ(body(run(get_consultation, "", one)).at("addenda").size(), 1U);
  EXPECT_THAT(events_of(one), ::testing::ElementsAre("ConsultationStarted", "ConsultationCompleted",
                                                     "ConsultationAmended"));
}

TEST_F(Flow, RefusalsOfTheStart) {
  EXPECT_EQ(code(run(start_consultation, of_appointment(appointment("CANCELLED")))),
            "illegal-transition");
  const auto others = appointment("BOOKED", Uuid::make());
  EXPECT_EQ(code(run(start_consultation, of_appointment(others))), "not-on-your-list");
  const auto taken =
      run(start_consultation, R"({"appointment_id":")" + others.str() + R"(","take_over":true})");
  EXPECT_THAT(events_of(id(taken)),
              ::testing::ElementsAre("ConsultationStarted", "ConsultationTakenOver"));
  EXPECT_EQ(body(taken).at("doctor_id"), doctor.str());
  auto nobody = as(auth::Role::doctor);
  nobody.doctor_id.reset();
  const auto refused = run(session, nobody, start_consultation, of_appointment(appointment()));
  EXPECT_EQ(code(refused), "forbidden");
  EXPECT_EQ(refused.error().kind, ErrorKind::forbidden);
}

TEST_F(Flow, AnEntryBringsItsAppointmentAndAVisitorNeedsNone) {
  const auto visit = appointment("CHECKED_IN");
  const auto queued = entry(R"("patient_id":")" + patient.str() + R"(")",
                            R"(,"appointment_id":")" + visit.str() + R"(")");
  const auto one = run(start_consultation, R"({"queue_entry_id":")" + queued.str() + R"("})");
  EXPECT_EQ(body(one).at("appointment_id"), visit.str());
  const auto again = run(start_consultation, of_appointment(visit));
  ASSERT_EQ(code(again), "consultation-exists");
  EXPECT_EQ(again.error().members.at(0).second, "\"" + id(one).str() + "\"");
  const auto visitor = entry(member("visitor_id", Uuid::make()));
  const auto anonymous =
      run(start_consultation, R"({"queue_entry_id":")" + visitor.str() + R"("})");
  EXPECT_TRUE(body(anonymous).contains("visitor_id"));
  EXPECT_FALSE(body(anonymous).contains("patient_id"));
}

TEST_F(Flow, ARaceHasOneWinnerAndTheOthersLearnItsId) {
  const auto visit = appointment();
  std::atomic<int> won{0};
  std::mutex mutex;
  std::vector<std::string> told;
  std::string winner;
  std::vector<std::thread> racers;
  for (int i = 0; i < 8; ++i) {
    racers.emplace_back([&] {
      db::Session own(options());
      const auto answer =
          run(own, as(auth::Role::doctor), start_consultation, of_appointment(visit));
      const std::scoped_lock lock(mutex);
      if (answer) {
        ++won;
        winner = "\"" + id(answer).str() + "\"";
      } else {
        EXPECT_EQ(code(answer), "consultation-exists");
        if (!answer.error().members.empty()) told.push_back(answer.error().members[0].second);
      }
    });
  }
  for (auto& racer : racers)
    racer.join();
  EXPECT_EQ(won, 1);
  EXPECT_THAT(told, ::testing::AllOf(::testing::SizeIs(7), ::testing::Each(winner)));
}

TEST_F(Flow, CompleteAndIssueIsOneAct) {
  const auto one = started();
  const auto failing = R"({"no_diagnosis_reason":"well","prescriptions":[{"items":[)" + item +
                       R"(]},{"replaces":")" + Uuid::make().str() + R"(","items":[)" + item +
                       "]}]}";
  EXPECT_EQ(code(run(complete_consultation, failing, one)), "unknown-prescription");
  const auto still = body(run(get_consultation, "", one));
  EXPECT_EQ(still.at("status"), "DRAFT");
  EXPECT_TRUE(still.at("prescriptions").empty());
  EXPECT_THAT(events_of(one), ::testing::ElementsAre("ConsultationStarted"));
  EXPECT_EQ(code(run(complete_consultation, "{}", one)), "diagnosis-missing");
  const auto draft = id(run(
      create_prescription, R"({"consultation_id":")" + one.str() + R"(","items":[)" + item + "]}"));
  EXPECT_TRUE(run(complete_consultation, R"({"no_diagnosis_reason":"well"})", one));
  EXPECT_EQ(status(draft), "ISSUED");
}

TEST_F(Flow, NumbersAreGapFreeInTheFacilitysYear) {
  const auto first = body(run(get_prescription, "", issued())).at("number");
  EXPECT_EQ(first, "RX-2026-000001");
  EXPECT_EQ(body(run(get_prescription, "", issued())).at("number"), "RX-2026-000002");
}

TEST_F(Flow, CancellingADraftCancelsItsPrescriptionsAndFreesTheVisit) {
  const auto visit = appointment();
  const auto one = id(run(start_consultation, of_appointment(visit)));
  const auto rx = id(run(create_prescription,
                         R"({"consultation_id":")" + one.str() + R"(","items":[)" + item + "]}"));
  EXPECT_TRUE(run(cancel_consultation, R"({"reason":"wrong patient"})", one));
  EXPECT_EQ(status(rx), "CANCELLED");
  EXPECT_TRUE(events_of(rx).empty()) << "nobody was told of the draft";
  EXPECT_TRUE(run(start_consultation, of_appointment(visit)));
}

TEST_F(Flow, ThePrescriptionFollowsThePharmacy) {
  const auto rx = issued();
  dispense("PrescriptionQuestioned", rx, "NONE");
  EXPECT_EQ(status(rx), "ON_HOLD");
  dispense("PrescriptionQuestionAnswered", rx, "NONE");
  dispense("PrescriptionReserved", rx, "RESERVED");
  dispense("PrescriptionPartlyDispensed", rx, "PARTIAL");
  EXPECT_EQ(body(run(get_prescription, "", rx)).at("fulfilment"), "PARTIAL");
  dispense("PrescriptionDispensed", rx, "FULL");
  EXPECT_EQ(status(rx), "COMPLETED");
  EXPECT_EQ(code(run(cancel_prescription, R"({"reason":"x"})", rx)), "illegal-transition");
  EXPECT_THAT(events_of(rx),
              ::testing::ElementsAre("PrescriptionIssued", "PrescriptionOnHold",
                                     "PrescriptionResumed", "PrescriptionCompleted"));
  dispense("PrescriptionDispensed", Uuid::make(), "FULL");
}

TEST_F(Flow, HandOverAndCancelInBothOrders) {
  const auto first = issued();
  dispense("PrescriptionPartlyDispensed", first, "PARTIAL");
  EXPECT_TRUE(run(cancel_prescription, R"({"reason":"x"})", first));
  EXPECT_EQ(status(first), "STOPPED");
  const auto second = issued();
  EXPECT_TRUE(run(cancel_prescription, R"({"reason":"x"})", second));
  EXPECT_EQ(status(second), "CANCELLED");
  dispense("PrescriptionPartlyDispensed", second, "PARTIAL");
  EXPECT_EQ(status(second), "STOPPED");
  dispense("PrescriptionDispensed", second, "FULL");
  EXPECT_EQ(status(second), "COMPLETED");
  EXPECT_THAT(
      events_of(second),
      ::testing::ElementsAre("PrescriptionIssued", "PrescriptionCancelled",
                             "PrescriptionCancellationRefused", "PrescriptionCancellationRefused"));
}

TEST_F(Flow, PrescriptionsExpireAfterTheirLastLocalDay) {
  const auto rx = issued();
  jobs::expire_prescriptions(session, *parse_instant("2027-02-22T18:29:00Z"), [] {});
  EXPECT_EQ(status(rx), "ISSUED");
  jobs::expire_prescriptions(session, *parse_instant("2027-02-22T18:31:00Z"), [] {});
  EXPECT_EQ(status(rx), "EXPIRED");
}

TEST_F(Flow, WhoMayRead) {
  const auto draft = started();
  const auto done = completed();
  const auto rx = issued();
  const auto own = as(auth::Role::patient);
  EXPECT_EQ(code(run(session, own, get_consultation, "", draft)), "consultation-not-found");
  EXPECT_EQ(code(run(session, own, get_consultation, "", done)), "");
  EXPECT_EQ(code(run(session, own, get_prescription, "", rx)), "");
  EXPECT_EQ(body(list(own, list_consultations)).at("items").size(), 1U);
  EXPECT_EQ(body(list(own, list_prescriptions)).at("items").size(), 1U);
  auto stranger = own;
  stranger.patient_id = Uuid::make();
  EXPECT_EQ(code(run(session, stranger, get_consultation, "", done)), "consultation-not-found");
  EXPECT_EQ(code(list(stranger, list_consultations, {{"patient_id", patient.str()}})),
            "patient-not-found");
  auto other = as(auth::Role::doctor);
  other.doctor_id = Uuid::make();
  EXPECT_EQ(code(run(session, other, get_consultation, "", done)), "not-on-your-list");
  EXPECT_TRUE(body(list(other, list_consultations)).at("items").empty());
  appointment("BOOKED", other.doctor_id);
  EXPECT_EQ(code(run(session, other, get_consultation, "", done)), "") << "now on the list";
  EXPECT_EQ(code(run(session, other, cancel_consultation, R"({"reason":"x"})", draft)),
            "not-on-your-list");
  auto elsewhere = as(auth::Role::doctor);
  elsewhere.facility_id = Uuid::make();
  EXPECT_EQ(code(run(session, elsewhere, get_consultation, "", done)), "consultation-not-found")
      << "[OPS-6]";
}

TEST_F(Flow, ListsPageNewestFirst) {
  for (int i = 0; i < 3; ++i)
    started();
  std::set<std::string> seen;
  std::vector<std::pair<std::string, std::string>> query = {{"limit", "1"}, {"status", "DRAFT"}};
  for (int i = 0; i < 3; ++i) {
    const auto page = body(list(as(auth::Role::doctor), list_consultations, query));
    ASSERT_EQ(page.at("items").size(), 1U);
    seen.insert(page.at("items").at(0).at("id").get<std::string>());
    if (!page.at("next_cursor").is_null()) {
      query = {{"limit", "1"},
               {"status", "DRAFT"},
               {"cursor", page.at("next_cursor").get<std::string>()}};
    }
  }
  EXPECT_EQ(seen.size(), 3U);
  EXPECT_EQ(code(list(as(auth::Role::doctor), list_consultations, {{"nonsense", "1"}})),
            "invalid-request");
}

TEST_F(Flow, ImplausibleValuesAreNamed) {
  const auto one = started();
  const auto vitals = run(update_consultation, R"({"note":{"vitals":{"pulse":900}}})", one);
  ASSERT_FALSE(vitals);
  EXPECT_EQ(vitals.error().kind, ErrorKind::rule);
  EXPECT_EQ(vitals.error().fields.at(0).pointer, "/note/vitals/pulse");
  const auto zero =
      run(create_prescription,
          R"({"consultation_id":")" + one.str() +
              R"(","items":[{"medicine":{"name":"A"},"dose":"1","frequency":"1","quantity":0}]})");
  ASSERT_FALSE(zero);
  EXPECT_EQ(zero.error().fields.at(0).pointer, "/items/0/quantity");
}

TEST_F(Flow, AMedicineOfTheListGivesItsName) {
  const auto medicine = Uuid::make();
  const auto with = [&](const Uuid& consultation) {
    return R"({"consultation_id":")" + consultation.str() + R"(","items":[{"medicine_id":")" +
           medicine.str() + R"(","dose":"1","frequency":"daily","quantity":7}]})";
  };
  fact("MedicineAdded", events::on_medicine,
       R"({"medicine_id":")" + medicine.str() +
           R"(","name":"Examplicillin","strength":"500 mg","form":"capsule","active":true})");
  const auto one = started();
  EXPECT_EQ(body(run(create_prescription, with(one))).at("items").at(0).at("medicine").at("name"),
            "Examplicillin");
  fact("MedicineDeactivated", events::on_medicine,
       R"({"medicine_id":")" + medicine.str() +
           R"(","name":"Examplicillin","strength":"500 mg","form":"capsule","active":false})");
  EXPECT_EQ(code(run(create_prescription, with(one))), "medicine-inactive");
}

TEST_F(Flow, TheDocumentIsAPdf) {
  const auto rx = issued();
  const auto printed = run(session, as(auth::Role::pharmacist), prescription_document, "", rx);
  ASSERT_TRUE(printed);
  EXPECT_EQ(printed->content_type, "application/pdf");
  EXPECT_EQ(printed->body.substr(0, 5), "%PDF-");
  EXPECT_THAT(printed->patients, ::testing::ElementsAre(patient));
}

TEST_F(Flow, VisitorsAndTombstones) {
  const auto visitor = Uuid::make();
  fact("VisitorRecorded", on_visitor, R"({"visitor_id":")" + visitor.str() + R"(","name":"V"})");
  const auto queued = entry(R"("visitor_id":")" + visitor.str() + R"(")");
  fact("VisitorIdentified", on_visitor,
       R"({"visitor_id":")" + visitor.str() + R"(","name":"V","patient_id":")" + patient.str() +
           R"("})");
  EXPECT_EQ(body(run(start_consultation, R"({"queue_entry_id":")" + queued.str() + R"("})"))
                .at("patient_id"),
            patient.str());
  struct Forgotten {
    Result<void> (*handle)(outbox::Delivery&);
    Uuid key;
  };
  const Forgotten all[] = {{on_visitor, visitor},
                           {events::on_patient, patient},
                           {events::on_doctor, doctor},
                           {events::on_medicine, Uuid::make()}};
  for (const auto& [handle, key] : all) {
    bus::Event event;
    event.key = key.str();
    event.tombstone = true;
    EXPECT_TRUE(session.transact([&, handle = handle](db::Transaction& tx) {
      outbox::Delivery delivery{tx, event, now};
      return handle(delivery);
    }));
  }
}

}  // namespace ambula::consultation::api::flow_test

#include <ambula/json/json.hpp>
#include <ambula/testing/postgres.hpp>

#include "fixture_test.hpp"

// The handlers on a real PostgreSQL [PHA-1, PHA-2, PHA-3, INV-1, INV-2].
namespace ambula::pharmacy::store::store_test {

TEST_F(Pharmacy, EveryStatementIsPrepared) {
  EXPECT_NO_THROW(session.prepare_all(sql::all));
}

TEST_F(Pharmacy, ValidateReservesAcrossLotsAndDispenseHandsOver) {  // PHA-2, PHA-3
  const auto late = receive(10, "2027-05-01");
  const auto early = receive(4, "2026-07-01");
  const auto id = prescribe(6);
  const auto validated = body(run(api::validate_prescription, "{}", id));
  EXPECT_TRUE(validated.at("ok").get<bool>());
  const auto& allocations = validated.at("lines")[0].at("allocations");
  ASSERT_EQ(allocations.size(), 2U);
  EXPECT_EQ(allocations[0].at("lot_id"), early.str());
  EXPECT_EQ(allocations[1].at("lot_id"), late.str());
  EXPECT_EQ(fulfilment(id), "RESERVED");
  EXPECT_EQ(code(run(api::validate_prescription, "", id)), "") << "re-plans its own reservation";
  expect_consistent();
  EXPECT_EQ(code(run(api::ready_prescription, "", id)), "");
  EXPECT_EQ(code(run(api::ready_prescription, "", id)), "illegal-transition");
  const auto handed = body(run(api::dispense_prescription, R"({"note":"with food"})", id));
  EXPECT_EQ(handed.at("lines").size(), 2U);
  EXPECT_EQ(fulfilment(id), "FULL");
  EXPECT_EQ(code(run(api::dispense_prescription, "", id)), "not-dispensable");
  expect_consistent();
  EXPECT_EQ(events_of("PrescriptionDispensed"), 1);
  const auto receipt =
      run(api::dispense_receipt, "", *Uuid::parse(handed.at("id").get<std::string>()));
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->body.substr(0, 5), "%PDF-");
}

TEST_F(Pharmacy, AShortageReservesNothingAndNamesEveryLine) {  // PHA-2
  receive(5);
  const auto id = prescribe(6);
  const auto validated = body(run(api::validate_prescription, "{}", id));
  EXPECT_FALSE(validated.at("ok").get<bool>());
  EXPECT_EQ(validated.at("lines")[0].at("shortage"), 1);
  EXPECT_EQ(fulfilment(id), "NONE");
  const auto refused = run(api::dispense_prescription, "{}", id);
  ASSERT_EQ(code(refused), "insufficient-stock");
  EXPECT_EQ(refused.error().members.at(0).first, "lines");
  const auto part = R"({"lines":[{"item_id":")" + items[id].str() + R"(","quantity":5}]})";
  EXPECT_EQ(code(run(api::dispense_prescription, part, id)), "");
  EXPECT_EQ(fulfilment(id), "PARTIAL");
  EXPECT_EQ(code(run(api::dispense_prescription, part, id)), "more-than-remaining");
  EXPECT_EQ(code(run(api::close_prescription, R"({"reason":"enough"})", id)), "");
  EXPECT_EQ(fulfilment(id), "SHORT");
  expect_consistent();
}

TEST_F(Pharmacy, ExpiredAndRecalledLotsAreNeverIssued) {  // INV-2
  const auto refused = run(
      api::receive_lot, R"({"lot_number":"L","expires_on":"2026-05-31","quantity":1})", medicine);
  EXPECT_EQ(code(refused), "already-expired");
  const auto lot = receive(10);
  const auto id = prescribe(3);
  ASSERT_TRUE(body(run(api::validate_prescription, "", id)).at("ok").get<bool>());
  EXPECT_EQ(code(run(api::recall_lot, R"({"reason":"maker"})", lot)), "");
  EXPECT_EQ(fulfilment(id), "NONE") << "a recall frees reservations";
  EXPECT_EQ(events_of("PrescriptionReservationReleased"), 1);
  EXPECT_EQ(events_of("LotRecalled"), 1);
  EXPECT_EQ(code(run(api::dispense_prescription, "", id)), "insufficient-stock");
  EXPECT_EQ(code(run(api::dispose_lot, R"({"reason":"recalled","witness":"B"})", lot)), "");
  expect_consistent();
}

TEST_F(Pharmacy, APlanThatFallsShortFreesWhatAnEarlierOneHeld) {  // PHA-2
  const auto other =
      id_of(*run(api::create_medicine, R"({"name":"Other","strength":"1 g","form":"sachet"})"));
  receive(10);
  const auto id = prescribe(4, true);
  ASSERT_TRUE(body(run(api::validate_prescription, "", id)).at("ok").get<bool>());
  const auto map = [&](const Uuid& to) {
    return run(api::validate_prescription,
               R"({"lines":[{"item_id":")" + items[id].str() + R"(","medicine_id":")" + to.str() +
                   R"("}]})",
               id);
  };
  const auto mapped = map(other);
  EXPECT_FALSE(body(mapped).at("ok").get<bool>());
  EXPECT_EQ(fulfilment(id), "NONE");
  EXPECT_EQ(events_of("PrescriptionReservationReleased"), 1);
  expect_consistent();
  EXPECT_TRUE(body(map(medicine)).at("ok").get<bool>());
  EXPECT_EQ(code(map(Uuid::make())), "unknown-medicine");
  const auto line =
      R"({"item_id":")" + items[id].str() + R"(","medicine_id":")" + medicine.str() + R"("})";
  EXPECT_EQ(code(run(api::validate_prescription, R"({"lines":[)" + line + "," + line + "]}", id)),
            "repeated-item");
  EXPECT_EQ(code(run(api::validate_prescription,
                     R"({"lines":[{"item_id":")" + Uuid::make().str() + R"(","medicine_id":")" +
                         medicine.str() + R"("}]})",
                     id)),
            "unknown-item");
  const auto fixed = prescribe(1);
  EXPECT_EQ(code(run(api::validate_prescription,
                     R"({"lines":[{"item_id":")" + items[fixed].str() + R"(","medicine_id":")" +
                         other.str() + R"("}]})",
                     fixed)),
            "medicine-fixed");
}

TEST_F(Pharmacy, OneLotGivenInTwoPartsIsOneLine) {  // PHA-3
  const auto lot = receive(10);
  const auto id = prescribe(6);
  const auto item = items[id].str();
  const auto handed = body(run(api::dispense_prescription,
                               R"({"lines":[{"item_id":")" + item + R"(","quantity":2,"lot_id":")" +
                                   lot.str() + R"("},{"item_id":")" + item + R"(","quantity":3}]})",
                               id));
  ASSERT_EQ(handed.at("lines").size(), 1U);
  EXPECT_EQ(handed.at("lines")[0].at("quantity"), 5);
  expect_consistent();
}

TEST_F(Pharmacy, AReceiptKeepsThePriceOfItsDay) {  // PHA-4
  receive(10);
  const auto price = [&](const char* amount) {
    EXPECT_EQ(code(run(api::update_medicine,
                       R"({"price":{"amount":")" + std::string(amount) + R"(","currency":"EUR"}})",
                       medicine)),
              "");
  };
  price("1.25");
  const auto answer = run(api::dispense_prescription, "", prescribe(2));
  price("9.00");
  const auto handed = id_of(*answer);
  EXPECT_EQ(body(answer), body(run(api::get_dispense, "", handed)));
  EXPECT_EQ(body(run(api::get_dispense, "", handed)).at("lines")[0].at("price").at("amount"),
            "1.25");
}

TEST_F(Pharmacy, ARepeatedFactChangesNothingAndFactsMayComeInAnyOrder) {  // PHA-1, I9
  const auto id = prescribe(4);
  receive(10);
  const auto item = items[id].str();
  ASSERT_EQ(code(run(api::dispense_prescription,
                     R"({"lines":[{"item_id":")" + item + R"(","quantity":1}]})", id)),
            "");
  fact("PrescriptionIssued", events::on_prescription, issued(id, 4));
  auto seen = body(run(api::get_pharmacy_prescription, "", id));
  EXPECT_EQ(seen.at("items").size(), 1U);
  EXPECT_EQ(seen.at("items")[0].at("remaining"), 3);
  EXPECT_TRUE(seen.at("patient").at("display_name").is_null());
  fact(
      "PatientRegistered", events::on_patient,
      R"({"patient_id":")" + patient.str() +
          R"(","mrn":"T-1","given_name":"Asha","birth_date":"1990-02-28","allergies":[{"substance":"Peanut"}]})");
  seen = body(run(api::get_pharmacy_prescription, "", id));
  EXPECT_EQ(seen.at("patient").at("display_name"), "Asha");
  EXPECT_EQ(seen.at("patient").at("allergies")[0].at("substance"), "Peanut");
  const auto found = body(
      run(session, api::list_pharmacy_prescriptions, "", {}, {{"pending", "true"}, {"q", "asha"}}));
  EXPECT_EQ(found.at("items").size(), 1U);
}

TEST_F(Pharmacy, CancellingFreesWhatWasReserved) {
  const auto lot = receive(10);
  const auto id = prescribe(4);
  ASSERT_EQ(code(run(api::validate_prescription, "", id)), "");
  fact("PrescriptionCancelled", events::on_prescription, issued(id, 4, false, "CANCELLED"));
  EXPECT_EQ(fulfilment(id), "NONE");
  EXPECT_EQ(code(run(api::dispense_prescription, "", id)), "not-dispensable");
  EXPECT_EQ(code(run(api::write_off_lot, R"({"quantity":10,"reason":"broken"})", lot)), "")
      << "nothing is reserved";
  expect_consistent();
}

TEST_F(Pharmacy, ReservationsEndByThemselves) {
  receive(10);
  const auto id = prescribe(4);
  ASSERT_EQ(code(run(api::validate_prescription, "", id)), "");
  jobs::end_reservations(session, now + 24h - 1s, [] {});
  EXPECT_EQ(fulfilment(id), "RESERVED");
  jobs::end_reservations(session, now + 24h, [] {});
  EXPECT_EQ(fulfilment(id), "NONE");
  EXPECT_EQ(events_of("PrescriptionReservationReleased"), 1);
  expect_consistent();
}

TEST_F(Pharmacy, QuestionsRestAndDeclinesAreUndone) {
  receive(10);
  const auto id = prescribe(4);
  EXPECT_EQ(code(run(api::hold_prescription, R"({"reason":"dose?"})", id)), "");
  EXPECT_EQ(code(run(api::dispense_prescription, "", id)), "not-dispensable");
  EXPECT_EQ(code(run(api::resume_prescription, "", id)), "");
  fact("PrescriptionOnHold", events::on_prescription, issued(id, 4, false, "ON_HOLD"));
  EXPECT_EQ(code(run(api::decline_prescription, R"({"reason":"no"})", id)), "")
      << "the echo is older than our answer";
  EXPECT_EQ(fulfilment(id), "DECLINED");
  EXPECT_EQ(code(run(api::resume_prescription, "", id)), "");
  EXPECT_EQ(fulfilment(id), "NONE");
}

TEST_F(Pharmacy, WhatComesBackIsQuarantined) {  // PHA-3
  const auto lot = receive(10);
  const auto id = prescribe(4, true);  // free text that names what is stocked
  const auto handed = run(api::dispense_prescription, "", id);
  ASSERT_EQ(code(handed), "");
  const auto dispense = id_of(*handed);
  const auto back = [&](int quantity) {
    return code(run(api::return_dispense,
                    R"({"lines":[{"lot_id":")" + lot.str() + R"(","quantity":)" +
                        std::to_string(quantity) + R"(}],"reason":"sealed"})",
                    dispense));
  };
  EXPECT_EQ(back(3), "");
  EXPECT_EQ(back(2), "more-than-dispensed");
  EXPECT_EQ(
      number("SELECT on_hand AS n FROM lot WHERE facility_id = $1 AND status = 'QUARANTINED'"), 3);
  EXPECT_EQ(fulfilment(id), "FULL") << "a return does not reopen it";
  EXPECT_EQ(events_of("DispenseReturned"), 1);
  expect_consistent();
  EXPECT_EQ(body(run(session, api::list_dispenses, "", {}, {{"prescription_id", id.str()}}))
                .at("items")
                .size(),
            1U);
}

TEST_F(Pharmacy, EventsOfAPrescriptionAreCountedWithoutGaps) {  // I9
  receive(10);
  const auto id = prescribe(4);
  ASSERT_EQ(code(run(api::validate_prescription, "", id)), "");
  ASSERT_EQ(code(run(api::decline_prescription, R"({"reason":"no"})", id)), "");
  const db::Statement statement{
      "versions",
      "SELECT array_agg(aggregate_version ORDER BY id)::int[] AS v FROM outbox WHERE key = $1"};
  EXPECT_THAT(session.read(statement, id.str()).front().get<std::vector<int>>("v"),
              ::testing::ElementsAre(1, 2, 3));
}

TEST_F(Pharmacy, MedicinesAreUniqueAndKnowTheirStock) {  // INV-1
  const auto again =
      run(api::create_medicine, R"({"name":"EXAMPLICILLIN","strength":"500 mg","form":"Capsule"})");
  EXPECT_EQ(code(again), "already-exists");
  const auto lot = receive(10);
  EXPECT_EQ(code(run(api::quarantine_lot, R"({"reason":"wet"})", lot)), "");
  auto seen = body(run(api::get_medicine, "", medicine));
  EXPECT_EQ(seen.at("on_hand"), 10);
  EXPECT_EQ(seen.at("available"), 0);
  EXPECT_EQ(code(run(api::release_lot, "", lot)), "");
  EXPECT_EQ(code(run(api::count_lot, R"({"counted":8,"reason":"stock-take"})", lot)), "");
  EXPECT_EQ(code(run(api::adjust_lot, R"({"delta":1,"reason":"found"})", lot)), "");
  EXPECT_EQ(body(run(api::get_medicine, "", medicine)).at("available"), 9);
  EXPECT_EQ(body(run(api::list_lots, "", medicine)).at("items").size(), 1U);
  EXPECT_EQ(body(run(api::list_ledger, "")).at("items").size(), 3U);
  EXPECT_EQ(body(run(session, api::list_medicines, "", {}, {{"low", "true"}})).at("items").size(),
            0U);
  EXPECT_EQ(
      code(run(api::update_medicine, R"({"price":{"amount":"1.50","currency":"USD"}})", medicine)),
      "wrong-currency");
  EXPECT_EQ(
      code(run(api::update_medicine, R"({"price":{"amount":"1.50","currency":"EUR"}})", medicine)),
      "");
  EXPECT_EQ(body(run(api::get_medicine, "", medicine)).at("price").at("amount"), "1.50");
  EXPECT_EQ(code(run(api::deactivate_medicine, "", medicine)), "");
  EXPECT_EQ(code(run(api::deactivate_medicine, "", medicine)), "illegal-transition");
}

TEST_F(Pharmacy, VisitorsBecomePatients) {  // QUE-14
  const auto visitor = Uuid::make();
  const auto id = Uuid::make();
  items[id] = Uuid::make();
  auto data = issued(id, 1);
  const auto at = data.find("patient_id");
  data.replace(at, 49, R"(visitor_id":")" + visitor.str());
  fact("PrescriptionIssued", events::on_prescription, data);
  fact("VisitorRecorded", events::on_visitor,
       R"({"visitor_id":")" + visitor.str() + R"(","name":"Visitor"})");
  EXPECT_EQ(body(run(api::get_pharmacy_prescription, "", id)).at("patient").at("display_name"),
            "Visitor");
  fact("VisitorIdentified", events::on_visitor,
       R"({"visitor_id":")" + visitor.str() + R"(","name":"Visitor","patient_id":")" +
           patient.str() + R"("})");
  EXPECT_EQ(body(run(api::get_pharmacy_prescription, "", id)).at("patient_id"), patient.str());
}

TEST_F(Pharmacy, AnotherFacilitySeesNothing) {  // OPS-6
  const auto lot = receive(10);
  const auto id = prescribe(4);
  facility = Uuid::make();
  EXPECT_EQ(code(run(api::get_pharmacy_prescription, "", id)), "facility-not-found");
  fact(
      "FacilityRegistered", events::on_facility,
      R"({"facility_id":")" + facility.str() +
          R"(","code":"T","name":"Test","zone":"UTC","currency":"EUR","locale":"en","settings":{"reservation_h":24}})");
  EXPECT_EQ(code(run(api::get_pharmacy_prescription, "", id)), "prescription-not-found");
  EXPECT_EQ(code(run(api::dispense_prescription, "", id)), "prescription-not-found");
  EXPECT_EQ(code(run(api::recall_lot, R"({"reason":"x"})", lot)), "lot-not-found");
  EXPECT_EQ(code(run(api::get_medicine, "", medicine)), "medicine-not-found");
}

}  // namespace ambula::pharmacy::store::store_test

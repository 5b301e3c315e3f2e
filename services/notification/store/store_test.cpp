#include <memory>
#include <notification/sql.hpp>

#include <ambula/testing/eventually.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messages.hpp"
#include "notification/events/handlers.hpp"
#include "notification/jobs.hpp"
#include "notification/mail/scripted_smtp_test.hpp"
#include "notification/sender.hpp"
#include "world_test.hpp"

// Facts in, mails out, against a real PostgreSQL [NOT-1, NOT-3, NOT-4, NOT-5].
namespace ambula::notification::store::store_test {

TEST_F(Store, EveryStatementIsValid) {
  session.prepare_all(sql::all);
}

TEST_F(Store, ABookingIsSentOnceWithItsEventAndHistory) {
  patient_known();
  booked();
  const auto with = sender(answering(Outcome::sent));
  EXPECT_EQ(drain(*with), 1);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].to, "asha@mail.example");
  EXPECT_NE(sent[0].message.find("text/calendar; charset=utf-8; method=REQUEST"),
            std::string::npos);
  const auto message = only();
  EXPECT_EQ(message.status, Status::sent);
  EXPECT_EQ(message.language, "de");
  EXPECT_EQ(message.recipient_masked, "a***@mail.example");
  EXPECT_NE(sent[0].message.find("Message-ID: <" + message.id.str() + "@ambula.example>"),
            std::string::npos);
  EXPECT_EQ(told(message.id), std::vector<std::string>{"MessageSent"});
  std::vector<std::string> history;
  for (const auto row : session.read(history_of, message.id))
    history.emplace_back(row.text("event"));
  EXPECT_EQ(history, (std::vector<std::string>{"Queued", "Claimed", "MessageSent"}));
}

// [NOT-4] Replaying the whole topic sends nothing again.
TEST_F(Store, EveryFactTwiceSendsNothingTwice) {
  patient_known();
  const std::vector<std::pair<bus::Event, Handler>> facts = {
      {event("AppointmentBooked", appointment, 1, visit("BOOKED")), on_appointment},
      {event("AppointmentRescheduled", appointment, 2, visit("BOOKED", "2026-12-03")),
       on_appointment},
      {event("AppointmentCancelled", appointment, 3, visit("CANCELLED", "2026-12-03")),
       on_appointment},
      {event("AppointmentReinstated", appointment, 4, visit("BOOKED", "2026-12-03")),
       on_appointment},
      {event("PrescriptionIssued", prescription, 1, issued()), events::on_prescription},
      {event("PrescriptionReady", prescription, 1, dispense()), events::on_dispense},
      {event("PrescriptionPartlyDispensed", prescription, 2, dispense()), events::on_dispense},
      {event("PrescriptionDispensed", prescription, 3, dispense()), events::on_dispense},
  };
  const auto with = sender(answering(Outcome::sent));
  for (const auto& [one, handle] : facts) {
    deliver(one, handle);
    drain(*with);
  }
  EXPECT_EQ(sent.size(), facts.size());
  for (int round = 0; round < 2; ++round) {
    for (const auto& [one, handle] : facts)
      deliver(one, handle);
    EXPECT_EQ(drain(*with), 0);
  }
  EXPECT_EQ(sent.size(), facts.size());
  EXPECT_EQ(all().size(), facts.size());
}

// events.md, rule 5.
TEST_F(Store, WhatWasCancelledMeanwhileIsNotSent) {
  patient_known();
  booked();
  fact("AppointmentCancelled", on_appointment, appointment, 2, visit("CANCELLED"));
  drain(*sender(answering(Outcome::sent)));
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_NE(sent[0].message.find("method=CANCEL"), std::string::npos);
  const auto suppressed = list(session, facility, {.status = Status::suppressed}, std::nullopt, 10);
  ASSERT_EQ(suppressed.size(), 1U);
  EXPECT_EQ(suppressed[0].reason, "appointment-cancelled");
  EXPECT_TRUE(told(suppressed[0].id).empty());
}

TEST_F(Store, ACheckInDoesNotVoidTheBookingsMail) {
  patient_known();
  booked();
  fact("AppointmentCheckedIn", on_appointment, appointment, 2, visit("CHECKED_IN"));
  drain(*sender(answering(Outcome::sent)));
  EXPECT_EQ(only().status, Status::sent);
}

// events.md, rule 1: the patient's topic may be behind.
TEST_F(Store, AMailWaitsForItsPatientsAddress) {
  booked();
  const auto with = sender(answering(Outcome::sent));
  drain(*with);
  EXPECT_EQ(only().status, Status::queued);
  patient_known();
  now += 2s;
  drain(*with);
  EXPECT_EQ(only().status, Status::sent);
}

TEST_F(Store, WithoutTheAddressItFailsAfterTenMinutesAndIsResendable) {
  booked();
  const auto with = sender(answering(Outcome::sent));
  now += 10min;
  drain(*with);
  const auto failed = only();
  EXPECT_EQ(failed.status, Status::failed);
  EXPECT_EQ(failed.reason, "address-unknown");
  EXPECT_EQ(told(failed.id), std::vector<std::string>{"MessageFailed"});
  patient_known();
  const auto again =
      resend_of(failed, Uuid::make(), 1, "the address is here now", now, Uuid::make());
  const auto insert_again = [&](db::Transaction& tx) -> Result<bool> {
    const auto intent = lock_intent(tx, failed);
    EXPECT_EQ(intent.back().id, failed.id);
    return insert(tx, again);
  };
  EXPECT_TRUE(session.transact(insert_again).value());
  drain(*with);
  EXPECT_EQ(get(session, facility, again.id)->status, Status::sent);
  EXPECT_FALSE(get(session, Uuid::make(), again.id));
}

TEST_F(Store, NoAddressAndNoWishSuppress) {
  patient_known("");
  booked();
  drain(*sender(answering(Outcome::sent)));
  EXPECT_EQ(only().reason, "no-address");
  session.run_script("TRUNCATE message CASCADE");
  patient_known(R"("email":"asha@mail.example",)", R"("appointment-booked")");
  booked();
  drain(*sender(answering(Outcome::sent)));
  EXPECT_EQ(only().reason, "opted-out");
  EXPECT_TRUE(sent.empty());
}

TEST_F(Store, OldFactsAreStale) {
  patient_known();
  auto old = event("AppointmentBooked", appointment, 1, visit("BOOKED"));
  old.time = now - 25h;
  deliver(old, on_appointment);
  EXPECT_EQ(only().reason, "stale");
  EXPECT_EQ(drain(*sender(answering(Outcome::sent))), 0);
}

TEST_F(Store, WhatThePharmacySaidFirstIsSentWhenThePrescriptionComes) {
  patient_known();
  fact("PrescriptionReady", events::on_dispense, prescription, 1, dispense());
  EXPECT_TRUE(all().empty());
  fact("PrescriptionIssued", events::on_prescription, prescription, 1, issued());
  drain(*sender(answering(Outcome::sent)));
  EXPECT_EQ(
      list(session, facility, {.template_name = Template::prescription_ready}, std::nullopt, 10)
          .size(),
      1U);
  EXPECT_EQ(sent.size(), 2U);
}

TEST_F(Store, VisitorsGetNoMailAndForgottenPatientsNeither) {
  auto data = issued();
  const std::string member = R"("patient_id":")" + patient.str() + R"(",)";
  data.erase(data.find(member), member.size());
  fact("PrescriptionIssued", events::on_prescription, prescription, 1, data);
  EXPECT_TRUE(all().empty());
  patient_known();
  fact("PatientDeleted", on_patient, patient, 2, "{}");
  booked();
  now += 10min;
  drain(*sender(answering(Outcome::sent)));
  EXPECT_EQ(only().reason, "address-unknown");
}

TEST_F(Store, TemporaryRefusalsAreTriedAgain) {
  patient_known();
  booked();
  drain(*sender(answering(Outcome::temporary, "recipient-deferred")));
  EXPECT_EQ(only().status, Status::retrying);
  EXPECT_EQ(sent.size(), 1U);
  now = only().due_at;
  drain(*sender(answering(Outcome::sent)));
  EXPECT_EQ(only().status, Status::sent);
  EXPECT_EQ(only().attempts, 2);
}

// [NOT-4] The process died between the server's 250 and the commit: uncertain, and never sent again
// by itself.
TEST_F(Store, WhatADeadSenderHadInHandBecomesUncertain) {
  patient_known();
  booked();
  struct Died {};
  const auto dies = [](const mail::Envelope&, std::stop_token) -> mail::Delivery { throw Died{}; };
  {
    const auto dead = sender(dies);
    EXPECT_THROW(dead->step({}), Died);
    EXPECT_EQ(only().status, Status::sending);
    EXPECT_EQ(sender(answering(Outcome::sent))->recover(), 0) << "its sender still lives";
  }
  const auto next = sender(answering(Outcome::sent));
  EXPECT_TRUE(testing::eventually([&] { return next->recover() == 1; }));
  EXPECT_EQ(only().status, Status::uncertain);
  EXPECT_EQ(only().reason, "stopped-while-sending");
  EXPECT_EQ(told(only().id), std::vector<std::string>{"MessageUncertain"});
  EXPECT_EQ(drain(*next), 0);
  EXPECT_TRUE(sent.empty());
}

TEST_F(Store, AServerThatDropsAfterTheDotLeavesItUncertain) {
  patient_known();
  booked();
  mail::scripted_smtp::Server server(mail::scripted_smtp::Script{{"dot", "drop"}});
  const auto with = sender([&](const mail::Envelope& envelope, std::stop_token stop) {
    return mail::send({.url = server.url()}, envelope, std::move(stop));
  });
  drain(*with);
  EXPECT_EQ(only().status, Status::uncertain);
  server.set({});
  now += 48h;
  EXPECT_EQ(drain(*with), 0);
  EXPECT_EQ(server.messages().size(), 1U);
}

TEST_F(Store, ListsAreNarrowedAndPaged) {
  patient_known();
  booked();
  now += 1s;
  fact("PrescriptionIssued", events::on_prescription, prescription, 1, issued());
  const auto both = all();
  ASSERT_EQ(both.size(), 2U);
  const auto rest = list(session, facility, {}, std::pair(both[0].created_at, both[0].id), 10);
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(rest[0].id, both[1].id);
  EXPECT_EQ(list(session, facility, {.patient_id = Uuid::make()}, std::nullopt, 10).size(), 0U);
  EXPECT_EQ(list(session, Uuid::make(), {}, std::nullopt, 10).size(), 0U);
  EXPECT_EQ(count(session).at(Status::queued), 2);
}

TEST_F(Store, MessagesAreForgottenAfterNinetyDays) {
  patient_known();
  booked();
  drain(*sender(answering(Outcome::sent)));
  jobs::forget_messages(session, now + 89 * 24h, [] {});
  EXPECT_EQ(all().size(), 1U);
  jobs::forget_messages(session, now + 91 * 24h, [] {});
  EXPECT_TRUE(all().empty());
}

}  // namespace ambula::notification::store::store_test

#include <notification/sql.hpp>

#include <gtest/gtest.h>

#include "notification/mail/render.hpp"
#include "reminders.hpp"
#include "wordings.hpp"
#include "world_test.hpp"

// What the clock sends: reminders and digests; and mails whose secret must not stay [NOT-2, NOT-3,
// NOT-5, INV-3]. The clock is the test's: a month passes in a second.
namespace ambula::notification::store::store_test {

constexpr db::Statement secrets{"secrets", "SELECT token FROM account_mail"};
constexpr db::Statement reminders{"reminders",
                                  "SELECT minutes FROM reminder WHERE facility_id = $1"};

class Due : public Store {
 protected:
  std::string visit_at(const Uuid& id, Instant starts_at, const std::string& status) const {
    return R"({"appointment_id":")" + id.str() + R"(","patient_id":")" + patient.str() +
           R"(","doctor_id":")" + doctor.str() + R"(","department_id":")" + department.str() +
           R"(","starts_at":")" + format_instant(starts_at) + R"(","ends_at":")" +
           format_instant(starts_at + 15min) + R"(","status":")" + status + R"("})";
  }
  void appointment_fact(const std::string& type, const Uuid& id, std::int64_t version,
                        Instant starts_at, const std::string& status = "BOOKED") {
    topic.push_back(event(type, id, version, visit_at(id, starts_at, status)));
    deliver(topic.back(), on_appointment);
  }
  std::vector<domain::Message> with_status(Status status) {
    return list(session, facility,
                {.patient_id = std::nullopt,
                 .status = status,
                 .template_name = Template::appointment_reminder},
                std::nullopt, 200);
  }
  std::size_t planned() { return session.read(reminders, facility).size(); }
  /// Runs the sender every hour until then.
  void run_until(Sender& with, Instant end) {
    for (; now < end; now += 1h)
      drain(with);
  }
  Transport counting_reminders() {
    return [this](const mail::Envelope& envelope, std::stop_token) {
      const bool reminds = envelope.message.find("List-Unsubscribe:") != std::string::npos;
      if (reminds) reminded_at.push_back(now);
      return mail::Delivery{.outcome = Outcome::sent};
    };
  }

  std::vector<bus::Event> topic;
  std::vector<Instant> reminded_at;
};

// NOT-2: a month of visits; some are moved, cancelled, missed or booked late.
TEST_F(Due, AMonthOfReminders) {
  patient_known();
  const auto with = sender(counting_reminders());
  const Instant begin = now;
  for (int day = 2; day < 30; ++day) {
    const auto kept = Uuid::make();
    const auto moved = Uuid::make();
    const auto cancelled = Uuid::make();
    const auto starts = begin + day * 24h + 3h;
    appointment_fact("AppointmentBooked", kept, 1, starts);
    appointment_fact("AppointmentBooked", moved, 1, starts + 1h);
    appointment_fact("AppointmentBooked", cancelled, 1, starts + 2h);
    appointment_fact("AppointmentRescheduled", moved, 2, starts + 5h);
    appointment_fact("AppointmentCancelled", cancelled, 2, starts + 2h, "CANCELLED");
  }
  const auto late = Uuid::make();
  appointment_fact("AppointmentBooked", late, 1, begin + 3h);
  EXPECT_EQ(planned(), 28 * 2 * 2 + 1U) << "the late one's day is over, its two hours are not";
  run_until(*with, begin + 31 * 24h);
  EXPECT_EQ(reminded_at.size(), 28 * 2 * 2 + 1U);
  EXPECT_EQ(planned(), 0U);
  EXPECT_EQ(with_status(Status::sent).size(), reminded_at.size());
  // The first is of the late visit, an hour from its booking.
  EXPECT_EQ(reminded_at.front(), begin + 1h);
  EXPECT_EQ(std::count(reminded_at.begin(), reminded_at.end(), begin + 24h + 3h), 1);
  // NOT-4: the whole topic again.
  const auto sent_before = reminded_at.size();
  for (const auto& one : topic)
    deliver(one, on_appointment);
  run_until(*with, now + 24h);
  EXPECT_EQ(reminded_at.size(), sent_before);
}

// NOT-2: more visits than one statement takes; and what is no setting of reminders plans none.
TEST_F(Due, ANewSettingReachesEveryVisitToCome) {
  const auto id = [](const Uuid& of) { return "'" + of.str() + "'"; };
  session.run_script("TRUNCATE appointment");
  session.run_script(
      "INSERT INTO appointment (id, facility_id, patient_id, doctor_id, department_id, starts_at, "
      "ends_at, status, fact_version, notice_version) SELECT gen_random_uuid(), " +
      id(facility) + ", " + id(patient) + ", " + id(doctor) + ", " + id(department) + ", at, at, " +
      "'BOOKED', 1, 1 FROM (SELECT timestamptz '" + format_instant(now) +
      "' + interval '2 days' + n / 50 * interval '1 minute' AS at FROM generate_series(1, 12000) "
      "AS n) AS v");
  facility_known("60");
  EXPECT_EQ(planned(), 12'000U);
  facility_known("60,120");
  EXPECT_EQ(planned(), 24'000U);
  session.run_script("TRUNCATE reminder");
  facility_known("60,120", R"("another@clinic.example")");
  EXPECT_EQ(planned(), 0U);
  facility_known("120");
  EXPECT_EQ(planned(), 12'000U);
}

TEST_F(Due, AReminderIsCheckedAgainWhenItIsSent) {
  patient_known();
  const auto with = sender(counting_reminders());
  appointment_fact("AppointmentBooked", appointment, 1, now + 48h);
  drain(*with);
  now += 24h;
  with->queue_due();
  EXPECT_EQ(with_status(Status::queued).size(), 1U);
  appointment_fact("AppointmentRescheduled", appointment, 2, now + 90h);
  drain(*with);
  EXPECT_TRUE(reminded_at.empty());
  ASSERT_EQ(with_status(Status::suppressed).size(), 1U);
  EXPECT_EQ(with_status(Status::suppressed)[0].reason, "appointment-changed");
  EXPECT_EQ(planned(), 2U);
}

TEST_F(Due, AWeeksOutageOfTheMailServerSendsNothingStale) {
  patient_known();
  for (int hour = 0; hour < 7 * 24; hour += 6)
    appointment_fact("AppointmentBooked", Uuid::make(), 1, now + 26h + hour * 1h);
  // Its day's reminder is late, and the one of its last two hours is not.
  appointment_fact("AppointmentBooked", appointment, 1, now + 8 * 24h + 90min);
  const auto deaf = sender(answering(Outcome::temporary, "server-unavailable"));
  run_until(*deaf, now + 8 * 24h);
  const auto with = sender(counting_reminders());
  drain(*with);
  EXPECT_EQ(reminded_at.size(), 1U);
  EXPECT_EQ(with_status(Status::sent).size(), 1U);
  EXPECT_EQ(with_status(Status::suppressed).size(), 28 * 2 + 1U);
}

TEST_F(Due, AWeeksOutageOfOurselvesSendsNothingStale) {
  patient_known();
  appointment_fact("AppointmentBooked", appointment, 1, now + 48h);
  appointment_fact("AppointmentBooked", Uuid::make(), 1, now + 7 * 24h + 90min);
  now += 7 * 24h;
  drain(*sender(counting_reminders()));
  EXPECT_EQ(reminded_at.size(), 1U) << "only the one whose visit is in an hour and a half";
}

TEST_F(Due, RemindersFollowTheSettingsAndTheVisit) {
  appointment_fact("AppointmentBooked", appointment, 1, now + 48h);
  EXPECT_EQ(planned(), 2U);
  facility_known("60");
  EXPECT_EQ(planned(), 1U);
  facility_known("1440,120,60");
  EXPECT_EQ(planned(), 3U);
  appointment_fact("AppointmentCheckedIn", appointment, 2, now + 48h, "CHECKED_IN");
  EXPECT_EQ(planned(), 0U);
  appointment_fact("AppointmentCheckInUndone", appointment, 3, now + 48h);
  EXPECT_EQ(planned(), 3U);
}

TEST_F(Due, WhoUnsubscribesGetsNoRemindersUntilTheySayOtherwise) {
  patient_known();
  const auto with = sender(answering(Outcome::sent));
  appointment_fact("AppointmentBooked", appointment, 1, now + 48h);
  drain(*with);
  now += 24h;
  drain(*with);
  ASSERT_EQ(sent.size(), 2U);
  const auto& mail = sent[1].message;
  const auto at = mail.find("/v1/unsubscribe/") + 16;
  const auto token = Uuid::parse(mail.substr(at, 36));
  ASSERT_TRUE(token);
  ASSERT_TRUE(session.transact([&](db::Transaction& tx) -> Result<bool> {
    unsubscribe(tx, *token, now);
    return true;
  }));
  const auto link = find_unsubscription(session, *token);
  ASSERT_TRUE(link);
  EXPECT_TRUE(link->used);
  EXPECT_EQ(link->patient_id, patient);
  EXPECT_FALSE(find_unsubscription(session, Uuid::make()));
  now += 22h;
  drain(*with);
  EXPECT_EQ(sent.size(), 2U);
  EXPECT_EQ(with_status(Status::suppressed).at(0).reason, "opted-out");
  now += 1h;
  fact("PatientPreferencesChanged", on_patient, patient, 2,
       R"({"patient_id":")" + patient.str() +
           R"(","given_name":"Asha","email":"asha@mail.example","preferences":{"language":"en",)"
           R"("channels":{"email":true},"opt_out":[]}})");
  EXPECT_FALSE(find_unsubscription(session, *token)->used);
}

// --- stock --------------------------------------------------------------------------------------

class Stock : public Due {
 protected:
  void level(const std::string& type, std::int64_t version, int available) {
    topic.push_back(
        event(type, medicine, version,
              R"({"medicine_id":")" + medicine.str() +
                  R"(","medicine":{"name":"Examplicillin","strength":"500 mg"},"on_hand":)" +
                  std::to_string(available) + R"(,"reserved":0,"available":)" +
                  std::to_string(available) + R"(,"minimum_level":50})"));
    deliver(topic.back(), events::on_stock);
  }
  void lot(const std::string& type, std::int64_t version, const std::string& further = "") {
    topic.push_back(event(type, medicine, version,
                          R"({"medicine_id":")" + medicine.str() +
                              R"(","medicine":{"name":"Examplicillin"},"lot_id":")" + lot_id.str() +
                              R"(","lot_number":"L-42","expires_on":"2026-12-20","on_hand":45)" +
                              further + "}"));
    deliver(topic.back(), events::on_stock);
  }
  const Uuid medicine = Uuid::make();
  const Uuid lot_id = Uuid::make();
};

TEST_F(Stock, NewsOfAMomentAreOneMailToEachRecipient) {
  facility_known("", R"("a@clinic.example","b@clinic.example","A@clinic.example")");
  const auto with = sender(answering(Outcome::sent));
  level("StockLow", 1, 45);
  lot("LotExpiring", 2, R"(,"within_days":30)");
  drain(*with);
  EXPECT_TRUE(sent.empty()) << "a delivery touches many medicines within a moment";
  now += 30s;
  drain(*with);
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_NE(sent[0].to, sent[1].to);
  level("StockOut", 3, 0);
  now += 30min;
  drain(*with);
  EXPECT_EQ(sent.size(), 2U) << "at most one an hour";
  now += 30min;
  drain(*with);
  EXPECT_EQ(sent.size(), 4U);
  // The whole topic again tells nothing.
  for (const auto& one : topic)
    deliver(one, events::on_stock);
  now += 48h;
  drain(*with);
  EXPECT_EQ(sent.size(), 4U);
}

TEST_F(Stock, WhatIsWellAgainOrOldIsNotTold) {
  const auto with = sender(answering(Outcome::sent));
  level("StockLow", 1, 45);
  level("StockReplenished", 2, 80);
  now += 30s;
  drain(*with);
  EXPECT_TRUE(sent.empty());
  auto old = event("StockOut", medicine, 3, topic.front().data);
  old.time = now - 25h;
  deliver(old, events::on_stock);
  now += 2h;
  drain(*with);
  EXPECT_TRUE(sent.empty());
}

TEST_F(Stock, ADigestWhoseNewsAreGoneIsSuppressed) {
  level("StockLow", 1, 45);
  now += 30s;
  const auto with = sender(answering(Outcome::sent));
  with->queue_due();
  level("StockReplenished", 2, 80);
  drain(*with);
  EXPECT_TRUE(sent.empty());
  EXPECT_EQ(only().reason, "nothing-to-tell");
}

// --- account mail -------------------------------------------------------------------------------

class Account : public Due {
 protected:
  bus::Event asked(const std::string& kind = "VERIFY", bool at_facility = true) {
    auto made = event(
        "AccountMailRequested", account, 1,
        R"({"account_id":")" + account.str() +
            (at_facility ? R"(","facility_id":")" + facility.str() : "") + R"(","kind":")" + kind +
            R"(","address":"asha@mail.example","language":"hi","token":"s3cret","expires_at":")" +
            format_instant(now + 1h) + R"("})");
    made.facility_id.reset();  // account events have none in their headers
    return made;
  }
  void ask(const bus::Event& request) { deliver(request, events::on_account_mail); }
  std::size_t kept() { return session.read(secrets).size(); }
  const Uuid account = Uuid::make();
};

// NOT-3
TEST_F(Account, TheTokenIsSentAndForgotten) {
  const auto request = asked();
  ask(request);
  EXPECT_EQ(kept(), 1U);
  EXPECT_EQ(drain(*sender(answering(Outcome::sent))), 1);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].to, "asha@mail.example");
  const auto message = only();
  EXPECT_EQ(message.status, Status::sent);
  EXPECT_EQ(message.language, "hi");
  EXPECT_EQ(message.template_name, Template::account_verify);
  EXPECT_EQ(kept(), 0U);
  EXPECT_EQ(told(message.id), std::vector<std::string>{"MessageSent"});
  ask(request);
  EXPECT_EQ(kept(), 0U);
  EXPECT_EQ(drain(*sender(answering(Outcome::sent))), 0);
}

TEST_F(Account, EveryEndForgetsTheToken) {
  const auto end_of = [&](Outcome outcome) {
    session.run_script("TRUNCATE message CASCADE");
    ask(asked("RESET"));
    drain(*sender(answering(outcome, "a-reason")));
    return only().status;
  };
  EXPECT_EQ(end_of(Outcome::permanent), Status::failed);
  EXPECT_EQ(kept(), 0U);
  EXPECT_EQ(end_of(Outcome::uncertain), Status::uncertain);
  EXPECT_EQ(kept(), 0U);
  EXPECT_EQ(end_of(Outcome::temporary), Status::retrying);
  EXPECT_EQ(kept(), 1U) << "it is tried again";
  now += 2h;
  drain(*sender(answering(Outcome::sent)));
  EXPECT_EQ(only().status, Status::suppressed);
  EXPECT_EQ(only().reason, "expired");
  EXPECT_EQ(kept(), 0U);
}

TEST_F(Account, GoesWithoutAFacilityAndBeforeWhatWaits) {
  patient_known();
  booked();
  now += 1s;
  ask(asked("INVITE", false));
  drain(*sender(answering(Outcome::sent)));
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_NE(sent[0].message.find("multipart/alternative"), std::string::npos);
  EXPECT_EQ(sent[0].message.find("multipart/mixed"), std::string::npos) << "the invitation first";
  EXPECT_EQ(all().size(), 1U) << "no facility sees it";
}

// --- a facility's own words ---------------------------------------------------------------------

// NOT-6
TEST_F(Due, AFacilitysOwnWordsAreSentInTheLanguageTheyAreFor) {
  patient_known();
  const auto saved = session.transact([&](db::Transaction& tx) -> Result<bool> {
    return save(tx, facility, Template::appointment_booked, "de",
                {"Eigener Betreff", "{{date}} {{time}}"}, 0, now, Uuid::make())
        .has_value();
  });
  ASSERT_TRUE(saved && *saved);
  booked();
  drain(*sender(answering(Outcome::sent)));
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_NE(sent[0].message.find("Subject: Eigener Betreff"), std::string::npos);
  const auto again = session.transact([&](db::Transaction& tx) -> Result<bool> {
    return save(tx, facility, Template::appointment_booked, "de", {"x", "{{date}} {{time}}"}, 0,
                now, Uuid::make())
        .has_value();
  });
  EXPECT_FALSE(*again) << "somebody else was first";
}

}  // namespace ambula::notification::store::store_test

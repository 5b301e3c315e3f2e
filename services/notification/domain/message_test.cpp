#include "message.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

// When a mail is sent, when not, and what became of it: every state × every command [NOT-4, NOT-5].
namespace ambula::notification::domain::message_test {

using namespace std::chrono_literals;

const Instant now = *parse_instant("2026-11-24T09:00:00Z");
constexpr Status statuses[] = {Status::queued,    Status::sending,  Status::sent,
                               Status::uncertain, Status::retrying, Status::failed,
                               Status::suppressed};

Message message(Template name = Template::appointment_booked, Status status = Status::queued,
                Instant fact_time = now) {
  Intent intent{.facility_id = Uuid::make(),
                .template_name = name,
                .recipient = "someone",
                .patient_id = std::nullopt,
                .subject_id = Uuid::make(),
                .event_id = Uuid::make(),
                .fact_version = 1,
                .fact_time = fact_time};
  const auto subject = subject_of(name);
  if (subject == Subject::appointment || subject == Subject::prescription)
    intent.patient_id = Uuid::make();
  auto made = message_of(intent, Uuid::make(), now);
  if (made.status == Status::queued) made.status = status;
  if (status == Status::sending) made.attempts = 1;
  return made;
}

Facts facts(Template name = Template::appointment_booked) {
  Facts known;
  known.facility = {"Clinic", "UTC", "de-DE", {}};
  switch (subject_of(name)) {
    case Subject::appointment:
      known.patient = Patient{"Asha", "asha@mail.example", "en-IN", true, {}};
      known.appointment = Appointment{"BOOKED", now + 48h, now + 49h, 1, "Dr. A", "GM"};
      break;
    case Subject::prescription:
      known.patient = Patient{"Asha", "asha@mail.example", "en-IN", true, {}};
      known.prescription = Prescription{"RX-1", "ISSUED", *parse_date("2027-01-01"), 1, "Dr. A"};
      break;
    case Subject::account:
      known.account = AccountMail{"asha@mail.example", "hi", "token", now + 1h};
      break;
    case Subject::stock:
      known.stock = StockDigest{"stock@clinic.example", true, {}};
      break;
  }
  return known;
}

Event claim(const Message& message, const Facts& facts, Instant at = now) {
  return decide(message, Claim{facts, Uuid::make(), at}).value().front();
}

void expect_suppressed(const Message& message, const Facts& facts, const std::string& reason,
                       Instant at = now) {
  const auto event = claim(message, facts, at);
  EXPECT_EQ(event.kind, EventKind::suppressed) << reason;
  EXPECT_EQ(event.reason, reason);
}

TEST(Message, NamesReadBack) {
  for (const auto status : statuses)
    EXPECT_EQ(parse_status(to_string(status)), status);
  for (std::size_t i = 0; i < template_names().size(); ++i)
    EXPECT_EQ(parse_template(template_names()[i]), static_cast<Template>(i));
  EXPECT_EQ(parse_template("prescription-ready"), Template::prescription_ready);
  EXPECT_FALSE(parse_template("nothing"));
}

TEST(Message, OnlyWhatWasInADeadSendersHandBecomesUncertain) {
  for (const auto status : statuses) {
    auto one = message(Template::appointment_booked, status);
    const auto decision = react(one, SenderDied{});
    ASSERT_EQ(decision.empty(), status != Status::sending) << to_string(status);
    for (const auto& event : decision)
      evolve(one, event, now);
    EXPECT_EQ(one.status, status == Status::sending ? Status::uncertain : status);
  }
}

// The whole table: what each state makes of each thing that can happen to a message.
TEST(Message, EveryStateTimesEveryCommand) {
  struct Row {
    Status from;
    bool claim, record, resend, died;
  };
  constexpr Row table[] = {{Status::queued, true, false, false, false},
                           {Status::sending, false, true, false, true},
                           {Status::sent, false, false, true, false},
                           {Status::uncertain, false, false, true, false},
                           {Status::retrying, true, false, false, false},
                           {Status::failed, false, false, true, false},
                           {Status::suppressed, false, false, true, false}};
  for (std::size_t i = 0; i < template_names().size(); ++i) {
    const auto name = static_cast<Template>(i);
    const bool account = subject_of(name) == Subject::account;
    for (const auto& row : table) {
      SCOPED_TRACE(std::string(to_string(name)) + " " + std::string(to_string(row.from)));
      const auto one = message(name, row.from);
      const auto claimed = decide(one, Claim{facts(name), Uuid::make(), now});
      const auto recorded = decide(one, Record{Outcome::sent, "", now, 0});
      const auto resent = decide(one, Resend{});
      EXPECT_EQ(static_cast<bool>(claimed), row.claim);
      EXPECT_EQ(static_cast<bool>(recorded), row.record);
      EXPECT_EQ(static_cast<bool>(resent), row.resend && !account);
      EXPECT_EQ(!react(one, SenderDied{}).empty(), row.died);
      if (!claimed) {
        EXPECT_EQ(claimed.error().code, "illegal-transition");
      }
      if (!resent) {
        EXPECT_EQ(resent.error().code, row.resend ? "not-resendable" : "illegal-transition");
      }
    }
  }
}

TEST(Message, EveryAnswerHasItsState) {
  const auto after = [](Outcome outcome) {
    auto one = message(Template::appointment_booked, Status::sending);
    evolve(one, decide(one, Record{outcome, "why", now, 0.5}).value().front(), now);
    return one;
  };
  EXPECT_EQ(after(Outcome::sent).status, Status::sent);
  EXPECT_EQ(after(Outcome::sent).sent_at, now);
  EXPECT_FALSE(after(Outcome::sent).reason);
  EXPECT_EQ(after(Outcome::temporary).status, Status::retrying);
  EXPECT_GT(after(Outcome::temporary).due_at, now);
  EXPECT_EQ(after(Outcome::permanent).status, Status::failed);
  EXPECT_EQ(after(Outcome::permanent).reason, "why");
  EXPECT_EQ(after(Outcome::uncertain).status, Status::uncertain);
}

TEST(Message, TheClaimNamesSenderMaskAndLanguage) {
  auto one = message();
  evolve(one, claim(one, facts()), now);
  EXPECT_EQ(one.status, Status::sending);
  EXPECT_EQ(one.attempts, 1);
  EXPECT_TRUE(one.claimed_by && one.claimed_at);
  EXPECT_EQ(one.recipient_masked, "a***@mail.example");
  EXPECT_EQ(one.language, "en");
}

// events.md, rule 5: decided at the moment of sending.
TEST(Message, AFactThatChangedIsNotSent) {
  auto known = facts();
  known.appointment->notice_version = 2;
  expect_suppressed(message(), known, "appointment-changed");
  known.appointment->status = "CANCELLED";
  expect_suppressed(message(), known, "appointment-cancelled");
  known = facts();
  known.appointment->status = "NO_SHOW";
  expect_suppressed(message(), known, "appointment-no-show");
  known = facts();
  known.appointment->ends_at = now;
  expect_suppressed(message(), known, "appointment-past");
}

TEST(Message, ACancellationIsSentWhileItStands) {
  auto known = facts();
  known.appointment->status = "CANCELLED";
  EXPECT_EQ(claim(message(Template::appointment_cancelled), known).kind, EventKind::claimed);
  known.appointment->status = "BOOKED";
  known.appointment->notice_version = 2;
  expect_suppressed(message(Template::appointment_cancelled), known, "appointment-changed");
}

TEST(Message, PrescriptionMailsFollowTheirPrescription) {
  auto known = facts(Template::prescription_issued);
  known.prescription->status = "CANCELLED";
  expect_suppressed(message(Template::prescription_issued), known, "prescription-cancelled");
  EXPECT_EQ(claim(message(Template::prescription_dispensed), known).kind, EventKind::claimed);
  known = facts(Template::prescription_ready);
  EXPECT_EQ(claim(message(Template::prescription_ready), known).kind, EventKind::claimed);
  known.prescription->fulfilment_version = 2;
  expect_suppressed(message(Template::prescription_ready), known, "no-longer-ready");
}

TEST(Message, WhoDoesNotWantOrCannotGetMailGetsNone) {
  auto known = facts();
  known.patient->opt_out = {"appointment-booked"};
  expect_suppressed(message(), known, "opted-out");
  EXPECT_EQ(claim(message(Template::appointment_moved), known).kind, EventKind::claimed);
  known = facts();
  known.patient->email_allowed = false;
  expect_suppressed(message(), known, "opted-out");
  known = facts();
  known.patient->email.reset();
  expect_suppressed(message(), known, "no-address");
  known.patient->email = "a@b.example>\r\nRCPT TO:<x@y.example";
  EXPECT_EQ(claim(message(), known).kind, EventKind::failed);
}

// events.md, rule 1: ten minutes for the patient's address.
TEST(Message, WaitsForThePatientThenFails) {
  auto known = facts();
  known.patient.reset();
  EXPECT_EQ(claim(message(), known, now + 9min).kind, EventKind::postponed);
  const auto event = claim(message(), known, now + 10min);
  EXPECT_EQ(event.kind, EventKind::failed);
  EXPECT_EQ(event.reason, "address-unknown");
  known = facts();
  known.facility.reset();
  EXPECT_EQ(claim(message(), known, now + 10min).reason, "facility-unknown");
}

TEST(Message, LooksEverRarerForWhatIsMissing) {
  auto known = facts();
  known.patient.reset();
  const auto looks_after = [&](auto age) {
    const Instant at = now + age;
    return claim(message(), known, at).due_at - at;
  };
  EXPECT_EQ(looks_after(0s), 2s);
  EXPECT_EQ(looks_after(60s), 15s);
  EXPECT_EQ(looks_after(5min), 60s);
  EXPECT_EQ(looks_after(595s), 5s) << "the last look is at the end";
}

TEST(Message, GoesWithoutTheDoctorsNameInTheEnd) {
  auto known = facts();
  known.appointment->doctor.reset();
  EXPECT_EQ(claim(message(), known, now + 1min).kind, EventKind::postponed);
  EXPECT_EQ(claim(message(), known, now + 10min).kind, EventKind::claimed);
}

TEST(Message, OldFactsSendNothingButAResendOfThemDoes) {
  const auto old = message(Template::appointment_booked, Status::queued, now - 25h);
  EXPECT_EQ(old.status, Status::suppressed);
  EXPECT_EQ(old.reason, "stale");
  expect_suppressed(message(), facts(), "stale", now + 25h);
  const auto again = resend_of(old, Uuid::make(), 1, "asked at the desk", now, Uuid::make());
  EXPECT_EQ(again.status, Status::queued);
  EXPECT_FALSE(again.reason);
  EXPECT_EQ(again.event_id, old.event_id);
  EXPECT_EQ(again.resend_reason, "asked at the desk");
  EXPECT_EQ(claim(again, facts()).kind, EventKind::claimed);
}

// [NOT-2] Half of its lead is what a reminder may be late: a day's until twelve hours before.
TEST(Message, AReminderIsSentInTimeOrNotAtAll) {
  constexpr auto name = Template::appointment_reminder;
  const auto due = now + 24h;
  auto one = message(name);
  one.fact_time = due;
  EXPECT_EQ(claim(one, facts(), due).kind, EventKind::claimed);
  EXPECT_EQ(claim(one, facts(), due + 12h).kind, EventKind::claimed);
  expect_suppressed(one, facts(), "too-late", due + 12h + 1s);
  one.attempts = 5;
  expect_suppressed(one, facts(), "too-late", due + 13h);
  expect_suppressed(one, facts(), "appointment-past", now + 50h);
}

TEST(Message, AReminderIsOnlyForAVisitThatIsToCome) {
  constexpr auto name = Template::appointment_reminder;
  for (const auto* status :
       {"CHECKED_IN", "IN_CONSULTATION", "COMPLETED", "CANCELLED", "NO_SHOW"}) {
    auto known = facts();
    known.appointment->status = status;
    EXPECT_EQ(claim(message(name), known).kind, EventKind::suppressed) << status;
  }
  auto known = facts();
  known.appointment->notice_version = 2;
  expect_suppressed(message(name), known, "appointment-changed");
  known = facts();
  known.patient->unsubscribed = true;
  expect_suppressed(message(name), known, "opted-out");
  EXPECT_EQ(claim(message(Template::appointment_moved), known).kind, EventKind::claimed);
}

TEST(Message, AccountMailAlwaysGoesWhileItsTokenWorks) {
  constexpr auto name = Template::account_verify;
  const auto event = claim(message(name), facts(name));
  EXPECT_EQ(event.kind, EventKind::claimed);
  EXPECT_EQ(event.language, "hi");
  EXPECT_LT(message(name).due_at, now) << "it goes before what waits already";
  auto known = facts(name);
  known.facility.reset();
  EXPECT_EQ(claim(message(name), known).kind, EventKind::postponed);
  EXPECT_EQ(claim(message(name), known, now + 10min).kind, EventKind::claimed);
  auto nowhere = message(name);
  nowhere.facility_id = {};
  EXPECT_EQ(claim(nowhere, known).kind, EventKind::claimed);
  expect_suppressed(message(name), facts(name), "expired", now + 1h);
  known.account.reset();
  expect_suppressed(message(name), known, "expired");
}

TEST(Message, ADigestGoesToThoseWhoAreStillNamedAndOnlyWithNews) {
  constexpr auto name = Template::stock_digest;
  EXPECT_EQ(claim(message(name), facts(name)).language, "de");
  auto known = facts(name);
  known.stock->has_news = false;
  expect_suppressed(message(name), known, "nothing-to-tell");
  known.stock->address.reset();
  expect_suppressed(message(name), known, "not-a-recipient");
}

TEST(Message, LanguageIsThePatientsElseTheFacilitysElseEnglish) {
  EXPECT_EQ(choose_language("hi-IN", "de-DE"), "hi");
  EXPECT_EQ(choose_language("fr", "de-DE"), "de");
  EXPECT_EQ(choose_language("", "ta-IN"), "en");
}

TEST(Message, AddressesThatCouldBeCommandsAreRefused) {
  EXPECT_TRUE(is_plain_address("asha.o'k+x@mail.example"));
  for (const auto* bad :
       {"", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\r\nX", "<a@b>", "a@b,c@d", "-a@b", "a\"@b"}) {
    EXPECT_FALSE(is_plain_address(bad)) << bad;
  }
}

RC_GTEST_PROP(MessageProperty, RetriesGrowAreBoundedAndEndWithinADay, (double jitter)) {
  auto one = message(Template::prescription_dispensed);
  auto at = now;
  int tries = 0;
  while (is_open(one.status)) {
    one.status = Status::sending;
    ++one.attempts;
    const auto event = decide(one, Record{Outcome::temporary, "later", at, jitter}).value().front();
    evolve(one, event, at);
    if (one.status == Status::retrying) {
      RC_ASSERT(one.due_at >= at + 15s);
      RC_ASSERT(one.due_at <= at + 2h);
      at = one.due_at;
    }
    RC_ASSERT(++tries < 60);
  }
  RC_ASSERT(one.status == Status::failed);
  RC_ASSERT(at <= now + 24h);
  RC_ASSERT(tries > 10);
}

}  // namespace ambula::notification::domain::message_test

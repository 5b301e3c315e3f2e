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

Message message(Template name = Template::appointment_booked, Status status = Status::queued) {
  auto made = message_of(name, Uuid::make(), Uuid::make(), Uuid::make(), Uuid::make(), Uuid::make(),
                         1, now, now);
  made.status = status;
  if (status == Status::sending) made.attempts = 1;
  return made;
}

Facts facts(Template name = Template::appointment_booked) {
  Facts known;
  known.facility = {"Clinic", "UTC", "de-DE"};
  known.patient = Patient{"Asha", "asha@mail.example", "en-IN", true, {}};
  if (is_about_appointment(name)) {
    known.appointment = Appointment{"BOOKED", now + 48h, now + 49h, 1, "Dr. A", "GM"};
  } else {
    known.prescription = Prescription{"RX-1", "ISSUED", *parse_date("2027-01-01"), 1, "Dr. A"};
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
  EXPECT_EQ(parse_template("prescription-ready"), Template::prescription_ready);
  EXPECT_FALSE(parse_template("nothing"));
}

TEST(Message, OnlyWaitingOnesAreClaimed) {
  for (const auto status : statuses) {
    const bool may = status == Status::queued || status == Status::retrying;
    const auto decision =
        decide(message(Template::appointment_booked, status), Claim{facts(), Uuid::make(), now});
    EXPECT_EQ(static_cast<bool>(decision), may) << to_string(status);
    if (!may) {
      EXPECT_EQ(decision.error().code, "illegal-transition");
    }
  }
}

TEST(Message, OnlyOnesInHandAreRecorded) {
  for (const auto status : statuses) {
    const auto decision =
        decide(message(Template::appointment_booked, status), Record{Outcome::sent, "", now, 0});
    EXPECT_EQ(static_cast<bool>(decision), status == Status::sending) << to_string(status);
  }
}

TEST(Message, OnlySettledOnesAreSentAnew) {
  for (const auto status : statuses) {
    const bool open =
        status == Status::queued || status == Status::sending || status == Status::retrying;
    EXPECT_EQ(static_cast<bool>(decide(message(Template::appointment_booked, status), Resend{})),
              !open);
  }
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

TEST(Message, GoesWithoutTheDoctorsNameInTheEnd) {
  auto known = facts();
  known.appointment->doctor.reset();
  EXPECT_EQ(claim(message(), known, now + 1min).kind, EventKind::postponed);
  EXPECT_EQ(claim(message(), known, now + 10min).kind, EventKind::claimed);
}

TEST(Message, OldFactsSendNothingButAResendOfThemDoes) {
  const auto old = message_of(Template::appointment_booked, Uuid::make(), Uuid::make(),
                              Uuid::make(), Uuid::make(), Uuid::make(), 1, now - 25h, now);
  EXPECT_EQ(old.status, Status::suppressed);
  EXPECT_EQ(old.reason, "stale");
  expect_suppressed(message(), facts(), "stale", now + 25h);
  const auto again = resend_of(old, Uuid::make(), 1, "asked at the desk", now, Uuid::make());
  EXPECT_EQ(again.status, Status::queued);
  EXPECT_EQ(claim(again, facts()).kind, EventKind::claimed);
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

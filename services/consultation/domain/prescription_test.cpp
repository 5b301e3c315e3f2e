#include "prescription.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

// Every state × every command and fact of domain.md, "Prescription" [CON-4, CON-6].
namespace ambula::consultation::domain::prescription_test {

const Instant now = *parse_instant("2026-11-24T20:00:00Z");
const Rules rules{"Asia/Kolkata", 90};
using Kind = Dispensing::Kind;

constexpr RxStatus all[] = {RxStatus::draft,     RxStatus::issued,  RxStatus::on_hold,
                            RxStatus::completed, RxStatus::stopped, RxStatus::cancelled,
                            RxStatus::expired};

Prescription in(RxStatus status, Fulfilment fulfilment = Fulfilment::none) {
  Prescription p;
  p.status = status;
  p.fulfilment = fulfilment;
  if (status != RxStatus::draft) {
    p.issued_at = now;
    p.expires_on = *parse_date("2027-02-23");
  }
  return p;
}

void follow(Prescription& p, const RxDecision& decision) {
  for (const auto& event : decision)
    evolve(p, event, now, rules);
}

TEST(Prescription, OnlyADraftIsIssued) {
  for (const auto status : all) {
    const auto decision = decide(in(status), Issue{});
    EXPECT_EQ(static_cast<bool>(decision), status == RxStatus::draft) << to_string(status);
    if (!decision) {
      EXPECT_EQ(decision.error().code, "illegal-transition");
    }
  }
  auto p = in(RxStatus::draft);
  follow(p, *decide(p, Issue{}));
  EXPECT_EQ(p.status, RxStatus::issued);
  EXPECT_EQ(format_date(*p.expires_on), "2027-02-23")
      << "90 days from the local day, which has turned already";
}

TEST(Prescription, CancelDependsOnWhatWasHandedOver) {
  for (const auto status : all) {
    const bool may =
        status == RxStatus::draft || status == RxStatus::issued || status == RxStatus::on_hold;
    EXPECT_EQ(static_cast<bool>(decide(in(status), CancelPrescription{"x"})), may)
        << to_string(status);
  }
  auto whole = in(RxStatus::issued, Fulfilment::reserved);
  follow(whole, *decide(whole, CancelPrescription{"x"}));
  EXPECT_EQ(whole.status, RxStatus::cancelled);
  auto part = in(RxStatus::on_hold, Fulfilment::partial);
  follow(part, *decide(part, CancelPrescription{"x"}));
  EXPECT_EQ(part.status, RxStatus::stopped);
  const auto draft = decide(in(RxStatus::draft), CancelPrescription{"x"});
  EXPECT_FALSE(is_told(draft->front().kind)) << "neighbours never heard of it";
}

TEST(Prescription, ExpiresAfterItsLastDay) {
  EXPECT_FALSE(decide(in(RxStatus::issued), Expire{*parse_date("2027-02-23")}));
  EXPECT_TRUE(decide(in(RxStatus::issued), Expire{*parse_date("2027-02-24")}));
  for (const auto status : all) {
    if (status == RxStatus::issued) continue;
    EXPECT_FALSE(decide(in(status), Expire{*parse_date("2030-01-01")})) << to_string(status);
  }
}

TEST(Prescription, QuestionsHoldAndAnswersResume) {
  for (const auto status : all) {
    auto p = in(status);
    follow(p, react(p, {Kind::questioned, Fulfilment::none}));
    EXPECT_EQ(p.status, status == RxStatus::issued ? RxStatus::on_hold : status);
    auto q = in(status);
    follow(q, react(q, {Kind::question_answered, Fulfilment::none}));
    EXPECT_EQ(q.status, status == RxStatus::on_hold ? RxStatus::issued : status);
  }
}

TEST(Prescription, HandOverWins) {
  for (const auto status : {RxStatus::cancelled, RxStatus::stopped, RxStatus::expired}) {
    auto full = in(status);
    const auto decision = react(full, {Kind::handed_over, Fulfilment::full});
    ASSERT_EQ(decision.size(), 1U);
    EXPECT_EQ(to_string(decision[0].kind), "PrescriptionCancellationRefused");
    follow(full, decision);
    EXPECT_EQ(full.status, RxStatus::completed);
    auto part = in(status);
    follow(part, react(part, {Kind::handed_over, Fulfilment::partial}));
    EXPECT_EQ(part.status, RxStatus::stopped);
    EXPECT_EQ(part.fulfilment, Fulfilment::partial);
  }
}

TEST(Prescription, CompletesWhenAllOrNoMoreIsGiven) {
  for (const auto status : {RxStatus::issued, RxStatus::on_hold}) {
    auto full = in(status);
    follow(full, react(full, {Kind::handed_over, Fulfilment::full}));
    EXPECT_EQ(full.status, RxStatus::completed);
    auto closed = in(status, Fulfilment::partial);
    follow(closed, react(closed, {Kind::closed_short, Fulfilment::short_}));
    EXPECT_EQ(closed.status, RxStatus::completed);
    EXPECT_EQ(closed.fulfilment, Fulfilment::short_);
    auto part = in(status);
    follow(part, react(part, {Kind::handed_over, Fulfilment::partial}));
    EXPECT_EQ(part.status, status);
  }
  EXPECT_TRUE(react(in(RxStatus::draft), {Kind::handed_over, Fulfilment::full}).empty());
  EXPECT_TRUE(react(in(RxStatus::issued), {Kind::other, Fulfilment::none}).empty())
      << "nothing new";
}

/// In whichever order a hand-over and a cancellation arrive, the end is the same, but for a full
/// hand-over that came first: then there is nothing left to cancel.
RC_GTEST_PROP(PrescriptionProperty, OrderOfHandOverAndCancelDoesNotMatter, ()) {
  const bool full = *rc::gen::arbitrary<bool>();
  const auto start = *rc::gen::element(RxStatus::issued, RxStatus::on_hold);
  const Dispensing fact{Kind::handed_over, full ? Fulfilment::full : Fulfilment::partial};
  auto first = in(start);
  follow(first, react(first, fact));
  if (const auto cancelled = decide(first, CancelPrescription{"x"})) follow(first, *cancelled);
  auto second = in(start);
  follow(second, *decide(second, CancelPrescription{"x"}));
  follow(second, react(second, fact));
  RC_ASSERT(first.status == second.status);
  RC_ASSERT(first.fulfilment == second.fulfilment);
}

}  // namespace ambula::consultation::domain::prescription_test

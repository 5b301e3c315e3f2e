#include "consultation.hpp"

#include <gtest/gtest.h>

// domain.md, "Consultation": guards of the start, every state × every command [CON-1, CON-2,
// CON-3].
namespace ambula::consultation::domain::consultation_test {

const Instant now = *parse_instant("2026-11-24T04:05:00Z");
const Uuid doctor = Uuid::make();
constexpr Status all[] = {Status::draft, Status::completed, Status::cancelled};

Visit visit(std::string status, bool entry = false) {
  Visit v;
  v.patient_id = Uuid::make();
  v.appointment_id = Uuid::make();
  if (entry) v.origin = Visit::Origin::entry;
  v.queue_entry_id = Uuid::make();
  v.status = std::move(status);
  return v;
}

Consultation in(Status status) {
  Consultation c;
  c.status = status;
  return c;
}

std::string code(const Result<Decision>& decision) {
  return decision ? "" : decision.error().code;
}

TEST(Consultation, StartsFromWhatIsDue) {
  for (const std::string status : {"BOOKED", "CHECKED_IN"})
    EXPECT_EQ(code(decide(visit(status), Start{doctor})), "");
  for (const std::string status : {"IN_CONSULTATION", "COMPLETED", "CANCELLED", "NO_SHOW"}) {
    EXPECT_EQ(code(decide(visit(status), Start{doctor})), "illegal-transition") << status;
  }
  for (const std::string status : {"WAITING", "CALLED", "IN_SERVICE"}) {
    EXPECT_EQ(code(decide(visit(status, true), Start{doctor})), "") << status;
  }
  for (const std::string status :
       {"ON_HOLD", "COMPLETED", "TRANSFERRED", "LEFT", "NO_SHOW", "CANCELLED"}) {
    EXPECT_EQ(code(decide(visit(status, true), Start{doctor})), "illegal-transition") << status;
  }
}

TEST(Consultation, AnothersVisitNeedsATakeOver) {
  auto others = visit("BOOKED");
  others.doctor_id = Uuid::make();
  EXPECT_EQ(code(decide(others, Start{doctor})), "not-on-your-list");
  const auto taken = decide(others, Start{doctor, true});
  ASSERT_TRUE(taken);
  ASSERT_EQ(taken->size(), 2U);
  EXPECT_EQ(to_string((*taken)[1].kind), "ConsultationTakenOver");
  others.doctor_id = doctor;
  EXPECT_EQ(decide(others, Start{doctor, true})->size(), 1U) << "own: nothing to take over";
}

TEST(Consultation, OneLivePerVisit) {
  auto v = visit("IN_CONSULTATION");
  v.live_consultation = Uuid::make();
  const auto refused = decide(v, Start{doctor});
  EXPECT_EQ(code(refused), "consultation-exists");
  EXPECT_EQ(refused.error().members.at(0).second, "\"" + v.live_consultation->str() + "\"");
}

TEST(Consultation, EveryStateAndCommand) {
  for (const auto status : all) {
    const bool draft = status == Status::draft;
    EXPECT_EQ(code(decide(in(status), SaveNote{})), draft ? "" : "illegal-transition");
    EXPECT_EQ(code(decide(in(status), Cancel{"x"})), draft ? "" : "illegal-transition");
    EXPECT_EQ(code(decide(in(status), Complete{"healthy"})), draft ? "" : "illegal-transition");
    EXPECT_EQ(code(decide(in(status), Complete{})),
              draft ? "diagnosis-missing" : "illegal-transition");
    EXPECT_EQ(code(decide(in(status), Amend{})),
              status == Status::completed ? "" : "illegal-transition");
    EXPECT_EQ(static_cast<bool>(check_prescribing(in(status))), status != Status::cancelled);
  }
  auto diagnosed = in(Status::draft);
  diagnosed.note.diagnoses.push_back({.code = {}, .system = {}, .text = "Cold", .primary = true});
  EXPECT_EQ(code(decide(diagnosed, Complete{})), "");
}

TEST(Consultation, PressuresMustFitTogether) {
  SaveNote save;
  save.note.vitals.systolic = 80;
  save.note.vitals.diastolic = 80;
  const auto refused = decide(in(Status::draft), save);
  ASSERT_EQ(code(refused), "implausible-vitals");
  EXPECT_EQ(refused.error().fields.at(0).pointer, "/note/vitals/diastolic");
  save.note.vitals.diastolic = 79;
  EXPECT_EQ(code(decide(in(Status::draft), save)), "");
  save.note.vitals.systolic.reset();
  EXPECT_EQ(code(decide(in(Status::draft), save)), "") << "one alone says nothing about the other";
}

TEST(Consultation, TheNoteBecomesFinalThenAmended) {
  auto c = in(Status::draft);
  evolve(c, {.kind = EventKind::completed, .reason = "healthy"}, now);
  EXPECT_EQ(c.note.status, NoteStatus::final_);
  EXPECT_EQ(c.completed_at, now);
  evolve(c, {.kind = EventKind::amended, .addendum = Addendum{Uuid::make(), "more", now, doctor}},
         now);
  EXPECT_EQ(c.note.status, NoteStatus::amended);
  EXPECT_EQ(c.addenda.size(), 1U);
}

}  // namespace ambula::consultation::domain::consultation_test

#include <functional>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "prescription.hpp"

#include <rapidcheck/gtest.h>

// The whole prescription table of domain.md: every state × every command and fact, and every two of
// them in both orders [CON-4, CON-6].
namespace ambula::consultation::domain::orders_test {

const Instant now = *parse_instant("2026-11-24T04:05:00Z");
const Date late = *parse_date("2030-01-01");
const Rules rules{"Asia/Kolkata", 90};
using Kind = Dispensing::Kind;
using enum RxStatus;

/// A command, which may be refused, or a fact of the pharmacy.
struct Input {
  std::string name;
  std::function<Result<RxDecision>(const Prescription&)> apply;
};

Input fact(const std::string& name, Kind kind, Fulfilment fulfilment) {
  return {name, [=](const Prescription& p) -> Result<RxDecision> {
            return react(p, {kind, fulfilment});
          }};
}

const std::vector<Input>& inputs() {
  static const std::vector<Input> all = {
      {"issue", [](const Prescription& p) { return decide(p, Issue{}); }},
      {"edit", [](const Prescription& p) { return decide(p, Edit{}); }},
      {"cancel", [](const Prescription& p) { return decide(p, CancelPrescription{"x"}); }},
      {"expire", [](const Prescription& p) { return decide(p, Expire{late}); }},
      {"questioned",
       [](const Prescription& p) -> Result<RxDecision> {
         return react(p, {Kind::questioned, p.fulfilment});
       }},
      {"answered",
       [](const Prescription& p) -> Result<RxDecision> {
         return react(p, {Kind::question_answered, p.fulfilment});
       }},
      fact("part", Kind::handed_over, Fulfilment::partial),
      fact("full", Kind::handed_over, Fulfilment::full),
      fact("short", Kind::closed_short, Fulfilment::short_),
      fact("reserved", Kind::other, Fulfilment::reserved),
      fact("declined", Kind::other, Fulfilment::declined)};
  return all;
}
const Input& input(std::string_view name) {
  for (const auto& one : inputs()) {
    if (one.name == name) return one;
  }
  std::abort();
}

Prescription in(RxStatus status, Fulfilment fulfilment = Fulfilment::none) {
  Prescription p;
  p.status = status;
  p.fulfilment = fulfilment;
  if (status != draft) {
    p.issued_at = now;
    p.expires_on = *parse_date("2027-02-22");
  }
  return p;
}

/// What is told; a refusal changes nothing.
std::vector<std::string> step(Prescription& p, const Input& what) {
  std::vector<std::string> told;
  const auto decision = what.apply(p);
  if (!decision) return told;
  for (const auto& event : *decision) {
    evolve(p, event, now, rules);
    if (is_told(event.kind)) told.emplace_back(to_string(event.kind));
  }
  return told;
}

constexpr RxStatus all_statuses[] = {draft,   issued,    on_hold, completed,
                                     stopped, cancelled, expired};

/// Rows of the table; what is not here leaves the status as it is and tells nobody.
const std::map<std::pair<RxStatus, std::string>, std::pair<RxStatus, std::string>> table = {
    {{draft, "issue"}, {issued, "PrescriptionIssued"}},
    {{draft, "cancel"}, {cancelled, ""}},
    {{issued, "cancel"}, {cancelled, "PrescriptionCancelled"}},
    {{on_hold, "cancel"}, {cancelled, "PrescriptionCancelled"}},
    {{issued, "expire"}, {expired, "PrescriptionExpired"}},
    {{issued, "questioned"}, {on_hold, "PrescriptionOnHold"}},
    {{on_hold, "answered"}, {issued, "PrescriptionResumed"}},
    {{issued, "full"}, {completed, "PrescriptionCompleted"}},
    {{on_hold, "full"}, {completed, "PrescriptionCompleted"}},
    {{issued, "short"}, {completed, "PrescriptionCompleted"}},
    {{on_hold, "short"}, {completed, "PrescriptionCompleted"}},
    {{cancelled, "full"}, {completed, "PrescriptionCancellationRefused"}},
    {{stopped, "full"}, {completed, "PrescriptionCancellationRefused"}},
    {{expired, "full"}, {completed, "PrescriptionCancellationRefused"}},
    {{cancelled, "part"}, {stopped, "PrescriptionCancellationRefused"}},
    {{stopped, "part"}, {stopped, "PrescriptionCancellationRefused"}},
    {{expired, "part"}, {stopped, "PrescriptionCancellationRefused"}}};

TEST(PrescriptionTable, EveryStateTimesEveryInput) {
  const std::set<std::pair<std::string, RxStatus>> allowed = {
      {"issue", draft},   {"edit", draft},     {"cancel", draft},
      {"cancel", issued}, {"cancel", on_hold}, {"expire", issued}};
  for (const auto status : all_statuses) {
    for (const auto& what : inputs()) {
      SCOPED_TRACE(std::string(to_string(status)) + " × " + what.name);
      const auto answer = what.apply(in(status));
      const bool is_command = what.name == "issue" || what.name == "edit" ||
                              what.name == "cancel" || what.name == "expire";
      EXPECT_EQ(static_cast<bool>(answer), !is_command || allowed.contains({what.name, status}));
      if (!answer) {
        EXPECT_EQ(answer.error().code, "illegal-transition");
        EXPECT_EQ(answer.error().members.at(0).second,
                  "\"" + std::string(to_string(status)) + "\"");
      }
      auto p = in(status);
      const auto told = step(p, what);
      const auto row = table.find({status, what.name});
      const auto becomes = row == table.end() ? status : row->second.first;
      EXPECT_EQ(to_string(p.status), to_string(becomes));
      const bool is_quiet = row == table.end() || row->second.second.empty();
      EXPECT_EQ(told, is_quiet ? std::vector<std::string>{} : std::vector{row->second.second});
    }
  }
}

/// Why the order of two may matter; everything else must end the same.
bool may_differ(const std::string& one, const std::string& other) {
  const std::set<std::pair<std::string, std::string>> pairs = {
      // Two commands of the same prescriber: the first decides.
      {"issue", "cancel"},
      {"issue", "edit"},
      {"cancel", "edit"},
      {"cancel", "expire"},
      {"issue", "expire"},
      // One voice, the pharmacy's, heard in its own order.
      {"questioned", "answered"},
      // Closing what is left of a prescription that was ended meanwhile gives nothing out.
      {"cancel", "short"},
      {"expire", "short"},
      // What is on hold does not expire; what was partly given before it expired, expired so.
      {"expire", "questioned"},
      {"expire", "answered"},
      {"expire", "part"}};
  return pairs.contains({one, other}) || pairs.contains({other, one});
}

bool is_of_pharmacy(const std::string& name) {
  return name != "issue" && name != "edit" && name != "cancel" && name != "expire";
}

TEST(PrescriptionOrders, EveryTwoEndTheSameInBothOrders) {
  const Fulfilment fulfilments[] = {Fulfilment::none, Fulfilment::reserved, Fulfilment::partial,
                                    Fulfilment::declined};
  for (const auto status : all_statuses) {
    for (const auto fulfilment : fulfilments) {
      if (status == draft && fulfilment != Fulfilment::none) continue;
      for (const auto& one : inputs()) {
        for (const auto& other : inputs()) {
          // Facts of the pharmacy are ordered among themselves by their key.
          if (is_of_pharmacy(one.name) && is_of_pharmacy(other.name)) continue;
          // The pharmacy knows nothing of a draft.
          if (status == draft && (is_of_pharmacy(one.name) || is_of_pharmacy(other.name))) continue;
          if (may_differ(one.name, other.name)) continue;
          // Once part is handed over the pharmacy says PARTIAL whatever it reserves.
          const auto undone = [&](const std::string& name) {
            return fulfilment == Fulfilment::partial && (name == "reserved" || name == "declined");
          };
          if (undone(one.name) || undone(other.name)) continue;
          auto first = in(status, fulfilment);
          step(first, one);
          step(first, other);
          auto second = in(status, fulfilment);
          step(second, other);
          step(second, one);
          EXPECT_EQ(to_string(first.status), to_string(second.status))
              << to_string(status) << "/" << to_string(fulfilment) << ": " << one.name << ", "
              << other.name;
          EXPECT_EQ(to_string(first.fulfilment), to_string(second.fulfilment))
              << to_string(status) << ": " << one.name << ", " << other.name;
        }
      }
    }
  }
}

/// The pharmacy does what a pharmacy can; the prescriber and the clock interfere at any moment. In
/// the end there is one story: what was handed over and what the status says agree.
RC_GTEST_PROP(PrescriptionProperty, OneStoryWhateverInterferes, ()) {
  auto p = in(draft);
  step(p, input("issue"));
  bool part = false;
  bool full = false;
  bool closed = false;
  bool ended = false;
  int refused = 0;
  const auto moves = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 7));
  for (const auto move : moves) {
    static const char* const names[] = {"cancel", "expire", "questioned", "answered",
                                        "part",   "full",   "short"};
    const std::string name = names[move];
    const bool by_pharmacy = move >= 2;
    if (by_pharmacy && (full || closed)) continue;
    if (name == "short" && !part) continue;
    const auto before = p.status;
    for (const auto& told : step(p, input(name)))
      refused += told == "PrescriptionCancellationRefused" ? 1 : 0;
    part = part || name == "part";
    full = full || name == "full";
    closed = closed || name == "short";
    ended = ended || (!by_pharmacy && p.status != before);
  }
  RC_TAG(std::string(to_string(p.status)));
  if (full) RC_ASSERT(p.status == completed && p.fulfilment == Fulfilment::full);
  if (p.status == cancelled) RC_ASSERT(!part && !full);
  if (p.status == stopped) RC_ASSERT(part && !full);
  if (ended && part && !full && !closed) RC_ASSERT(p.status == stopped || p.status == expired);
  if (!ended) RC_ASSERT(refused == 0);
}

/// An edited draft is what was written last, whatever was written before.
RC_GTEST_PROP(PrescriptionProperty, TheLastEditStands, ()) {
  auto p = in(draft);
  std::optional<std::string> last;
  for (const auto& notes : *rc::gen::arbitrary<std::vector<std::string>>()) {
    last = notes;
    const auto decision = decide(p, Edit{{std::nullopt, {}, notes}});
    RC_ASSERT(static_cast<bool>(decision));
    for (const auto& event : *decision)
      evolve(p, event, now, rules);
  }
  RC_ASSERT(p.notes == last);
  RC_ASSERT(p.status == draft);
}

}  // namespace ambula::consultation::domain::orders_test

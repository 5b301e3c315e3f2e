#include "assignment.hpp"

#include <tuple>

namespace ambula::queue::domain {
namespace {

template <class Fits>
std::optional<Candidate> best(const std::vector<Candidate>& candidates, Fits fits) {
  std::optional<Candidate> found;
  for (const auto& candidate : candidates) {
    if (!fits(candidate)) continue;
    if (!found ||
        std::tie(candidate.open_entries, candidate.id) < std::tie(found->open_entries, found->id)) {
      found = candidate;
    }
  }
  return found;
}

Choice choice(const Candidate& candidate, const std::string& why_these) {
  return {candidate.id, "On duty, " + why_these + ", fewest open entries (" +
                            std::to_string(candidate.open_entries) + ")"};
}

}  // namespace

std::optional<Choice> choose_doctor(const std::vector<Candidate>& on_duty,
                                    const std::optional<std::string>& specialty,
                                    const Uuid& department_id) {
  if (specialty) {
    const auto specialist =
        best(on_duty, [&](const Candidate& one) { return one.specialty == *specialty; });
    if (specialist) return choice(*specialist, "specialty " + *specialty);
  }
  const auto colleague =
      best(on_duty, [&](const Candidate& one) { return one.department_id == department_id; });
  if (!colleague) return std::nullopt;
  return choice(*colleague, "of the department");
}

std::optional<std::string> room_in_regular(const Capacity& capacity) {
  const int places = capacity.doctors_on_duty * capacity.factor;
  if (capacity.open_entries >= places) return std::nullopt;
  return "promoted: " + std::to_string(capacity.open_entries) + " of " + std::to_string(places) +
         " places taken (" + std::to_string(capacity.doctors_on_duty) + " on duty × " +
         std::to_string(capacity.factor) + ")";
}

}  // namespace ambula::queue::domain

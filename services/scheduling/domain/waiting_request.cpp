#include "waiting_request.hpp"

#include <algorithm>
#include <array>

#include "booking.hpp"

namespace ambula::scheduling::domain {
namespace {

constexpr std::array<std::string_view, 4> waiting_statuses = {"OPEN", "SERVED", "CANCELLED",
                                                              "EXPIRED"};
constexpr std::size_t tried_max = 200;

}  // namespace

std::string_view to_string(WaitingStatus status) {
  return waiting_statuses[static_cast<std::size_t>(status)];
}

std::optional<WaitingStatus> parse_waiting_status(std::string_view text) {
  for (std::size_t i = 0; i < waiting_statuses.size(); ++i) {
    if (waiting_statuses[i] == text) return static_cast<WaitingStatus>(i);
  }
  return std::nullopt;
}

Result<void> check_waiting(const WaitingRequest& request, const WaitingFacts& facts, Instant now) {
  if (request.window.empty())
    return rule_broken("invalid-value", "The window ends after it begins.", "/latest");
  // Without a start of its own only the end of the window can be in the past.
  if (request.window.to <= now)
    return rule_broken("in-the-past", "A visit is booked in the future.", "/latest");
  const BookingFacts people{
      .patient_active = facts.patient_active,
      .doctor_active = request.doctor_id ? facts.doctor_active : std::optional(true),
      .department_id = {},
      .availability = {}};
  if (auto done = check_people(request.duration, std::nullopt, people, now, {}); !done)
    return done.error();
  if (!facts.specialty_known)
    return rule_broken("unknown-specialty", "There is no specialty with this code.", "/specialty");
  if (!facts.department_known)
    return rule_broken("unknown-department", "There is no such department.", "/department_id");
  return {};
}

Result<void> check_cancel(const WaitingRequest& request) {
  if (request.status == WaitingStatus::open) return {};
  return illegal_transition(to_string(request.status), "cancel");
}

std::optional<Slot> fit(const WaitingRequest& request, const Calendar& calendar,
                        const Search& search, const TimeRange& freed, Instant now) {
  auto wanted = search;
  wanted.duration = request.duration;
  wanted.level = request.triage_level;
  wanted.window = {std::max({request.window.from, now, freed.from - visit_max}),
                   std::min(request.window.to, freed.to)};
  auto tried = free_slots({calendar}, wanted, tried_max);
  // What became free need not have begun on the grid.
  const auto exact = std::max(freed.from, wanted.window.from);
  if (const auto at_once = assign_at({calendar}, wanted, exact)) tried.push_back(at_once->slot);
  const Slot* best = nullptr;
  for (const auto& slot : tried) {
    if (!slot.time.overlaps(freed) || slot.time.to > request.window.to) continue;
    if (best == nullptr || slot.time.from < best->time.from) best = &slot;
  }
  if (best == nullptr) return std::nullopt;
  return *best;
}

}  // namespace ambula::scheduling::domain

#include "disruption.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace ambula::scheduling::domain {
namespace {

constexpr std::array<std::string_view, 3> disruption_statuses = {"PROPOSED", "APPLIED", "CLOSED"};

/// The doctors whose calendars are tried, in this order of steps.
std::vector<Calendar> only(const std::vector<Calendar>& calendars, const Uuid& doctor) {
  std::vector<Calendar> found;
  std::copy_if(calendars.begin(), calendars.end(), std::back_inserter(found),
               [&](const Calendar& calendar) { return calendar.doctor_id == doctor; });
  return found;
}

std::vector<Calendar> colleagues(const std::vector<Calendar>& calendars, const Uuid& doctor) {
  const auto own = only(calendars, doctor);
  std::vector<Calendar> found;
  if (own.empty()) return found;
  std::copy_if(calendars.begin(), calendars.end(), std::back_inserter(found),
               [&](const Calendar& calendar) {
                 return calendar.doctor_id != doctor && calendar.specialty == own[0].specialty;
               });
  return found;
}

std::optional<Slot> soonest(const std::vector<Calendar>& calendars, const Search& search) {
  const auto found = assign_earliest(calendars, search);
  if (!found) return std::nullopt;
  return found->slot;
}

Search search_for(const Appointment& visit, const PlanFacts& facts) {
  const auto day = local_day(facts.rules.zone, local_date(facts.rules.zone, visit.time.from));
  Search search{
      .rules = facts.rules,
      .window = {std::max(day.from, facts.now), day.to + plan_reach},
      .duration = std::chrono::duration_cast<std::chrono::minutes>(visit.time.to - visit.time.from),
      .level = visit.triage_level,
      .patient_busy = {}};
  const auto busy = facts.patient_busy.find(visit.patient_id);
  if (busy != facts.patient_busy.end()) search.patient_busy = busy->second;
  std::erase(search.patient_busy, visit.time);  // its own time becomes free when it moves
  return search;
}

std::optional<Slot> propose(const Appointment& visit, const PlanFacts& facts) {
  const auto search = search_for(visit, facts);
  if (auto slot = soonest(only(facts.calendars, visit.doctor_id), search)) return slot;
  const auto others = colleagues(facts.calendars, visit.doctor_id);
  auto same_day = search;
  same_day.window.to =
      local_day(facts.rules.zone, local_date(facts.rules.zone, visit.time.from)).to;
  if (auto slot = soonest(others, same_day)) return slot;
  return soonest(others, search);
}

void hold_for(PlanFacts& facts, const Uuid& patient, const Slot& slot) {
  for (auto& calendar : facts.calendars) {
    if (calendar.doctor_id == slot.doctor_id) hold(calendar, facts.rules.zone, slot.time);
  }
  auto& busy = facts.patient_busy[patient];
  busy.insert(std::lower_bound(busy.begin(), busy.end(), slot.time), slot.time);
}

bool more_urgent(const Appointment& a, const Appointment& b) {
  const auto rank = [](const Appointment& visit) {
    return std::make_tuple(visit.triage_level.value_or(TriageLevel::low), visit.time.from,
                           visit.id);
  };
  return rank(a) < rank(b);
}

Result<void> check_open(const Disruption& disruption, std::string_view command) {
  if (disruption.status == DisruptionStatus::proposed) return {};
  return illegal_transition(to_string(disruption.status), command);
}

}  // namespace

std::string_view to_string(DisruptionStatus status) {
  return disruption_statuses[static_cast<std::size_t>(status)];
}

std::optional<DisruptionStatus> parse_disruption_status(std::string_view text) {
  for (std::size_t i = 0; i < disruption_statuses.size(); ++i) {
    if (disruption_statuses[i] == text) return static_cast<DisruptionStatus>(i);
  }
  return std::nullopt;
}

std::optional<std::string> settled_otherwise(const DisruptionItem& item, const Appointment& visit) {
  if (visit.status != Status::booked) return std::string(to_string(visit.status));
  if (visit.doctor_id != item.stood.doctor_id || visit.time.from != item.stood.time.from)
    return "moved";
  return std::nullopt;
}

bool is_waiting(const DisruptionItem& item) {
  return !item.applied && (item.proposal || item.reason == "no-slot");
}

Result<void> check_apply(const Disruption& disruption) {
  return check_open(disruption, "apply");
}

Result<void> check_close(const Disruption& disruption) {
  if (disruption.status == DisruptionStatus::applied) return {};
  return check_open(disruption, "close");
}

std::vector<DisruptionItem> plan(const std::vector<Appointment>& visits, PlanFacts facts) {
  auto ordered = visits;
  std::sort(ordered.begin(), ordered.end(), more_urgent);
  std::vector<DisruptionItem> items;
  for (const auto& visit : ordered) {
    DisruptionItem item{.appointment_id = visit.id,
                        .stood = {visit.doctor_id, visit.time},
                        .proposal = propose(visit, facts),
                        .reason = {},
                        .applied = false};
    if (item.proposal) {
      hold_for(facts, visit.patient_id, *item.proposal);
    } else {
      item.reason = "no-slot";
    }
    items.push_back(std::move(item));
  }
  std::sort(items.begin(), items.end(), [](const DisruptionItem& a, const DisruptionItem& b) {
    return std::tie(a.stood.time.from, a.appointment_id) <
           std::tie(b.stood.time.from, b.appointment_id);
  });
  return items;
}

}  // namespace ambula::scheduling::domain

#include "slots.hpp"

#include <algorithm>
#include <tuple>

#include "booking.hpp"

namespace ambula::scheduling::domain {
namespace {

const DayLoad* load_of(const Calendar& calendar, Date day) {
  for (const auto& load : calendar.loads) {
    if (load.day == day) return &load;
  }
  return nullptr;
}

bool is_full(const Calendar& calendar, const Search& search, Date day) {
  const auto* load = load_of(calendar, day);
  const int taken = load == nullptr           ? 0
                    : is_urgent(search.level) ? load->all_taken
                                              : load->regular_taken;
  return taken >= seats_for(search.level, search.rules);
}

/// `ranges` are sorted by their start and do not overlap.
bool overlaps_any(const std::vector<TimeRange>& ranges, const TimeRange& time) {
  const auto first =
      std::lower_bound(ranges.begin(), ranges.end(), time.from,
                       [](const TimeRange& range, Instant at) { return range.to <= at; });
  return first != ranges.end() && first->overlaps(time);
}

/// The first time of the session's grid at or after `from`.
Instant first_on_grid(const Session& session, Instant from) {
  const auto at = std::max(session.time.from, from);
  const auto steps = (at - session.grid + session.slot - std::chrono::microseconds{1}) /
                     std::chrono::duration_cast<std::chrono::microseconds>(session.slot);
  return session.grid + steps * session.slot;
}

/// Adds the free times of one session between the busy ones.
void add_free(const Calendar& calendar, const Session& session, const Search& search,
              std::vector<Slot>& slots) {
  const auto duration = search.duration.value_or(session.slot);
  for (Instant start = first_on_grid(session, search.window.from);
       start + duration <= session.time.to && start < search.window.to; start += session.slot) {
    const TimeRange time{start, start + duration};
    if (overlaps_any(calendar.busy, time) || overlaps_any(search.patient_busy, time)) continue;
    slots.push_back({calendar.doctor_id, time});
  }
}

bool by_time(const Slot& a, const Slot& b) {
  return std::tie(a.time.from, a.doctor_id) < std::tie(b.time.from, b.doctor_id);
}

/// Sorts what was added since `first`, and keeps one of those that two overlapping sessions gave.
void settle_day(std::vector<Slot>& slots, std::size_t first) {
  const auto begin = slots.begin() + static_cast<std::ptrdiff_t>(first);
  std::stable_sort(begin, slots.end(), by_time);
  slots.erase(std::unique(begin, slots.end(),
                          [](const Slot& a, const Slot& b) {
                            return a.time.from == b.time.from && a.doctor_id == b.doctor_id;
                          }),
              slots.end());
}

bool is_on_leave(const Calendar& calendar, const TimeRange& time) {
  return std::any_of(calendar.availability.exceptions.begin(),
                     calendar.availability.exceptions.end(), [&](const HoursException& exception) {
                       return exception.kind == ExceptionKind::leave &&
                              exception.time.overlaps(time);
                     });
}

bool is_holiday(const Calendar& calendar, Date day) {
  return std::any_of(calendar.availability.holidays.begin(), calendar.availability.holidays.end(),
                     [&](const Holiday& holiday) { return holiday.date == day; });
}

/// Empty: nothing hides it.
std::string_view hiding_rule(const Calendar& calendar, const Search& search, const Session& session,
                             Date day, Instant start) {
  const TimeRange time{start, start + search.duration.value_or(session.slot)};
  if (start < search.window.from) return "in-the-past";
  if (start >= search.window.to) return "beyond-reach";
  if (!calendar.active) return "doctor-inactive";
  if (is_holiday(calendar, day)) return "holiday";
  if (is_on_leave(calendar, time)) return "leave";
  if (time.to > session.time.to) return "outside-availability";
  if (overlaps_any(search.patient_busy, time)) return "patient-overlap";
  if (is_full(calendar, search, day)) return "doctor-day-full";
  if (overlaps_any(calendar.busy, time)) return "slot-taken";
  return {};
}

void add_hidden(const Calendar& calendar, const Search& search, const TimeRange& window, Date day,
                std::vector<Hidden>& hidden) {
  for (const auto& session : sessions_planned(calendar.availability, search.rules.zone, day)) {
    for (Instant start = first_on_grid(session, window.from);
         start < session.time.to && start < window.to; start += session.slot) {
      const auto rule = hiding_rule(calendar, search, session, day, start);
      if (!rule.empty()) hidden.push_back({calendar.doctor_id, start, rule});
    }
  }
}

/// The least loaded of those that can, and by which rule it was chosen.
std::optional<Assignment> least_loaded(const std::vector<Calendar>& calendars,
                                       const std::vector<Slot>& able, const Search& search,
                                       std::string_view first_rule) {
  const Slot* best = nullptr;
  int best_visits = 0;
  bool loads_differ = false;
  for (const auto& slot : able) {
    const auto calendar =
        std::find_if(calendars.begin(), calendars.end(),
                     [&](const Calendar& one) { return one.doctor_id == slot.doctor_id; });
    const int visits = calendar->visits_on(local_date(search.rules.zone, slot.time.from));
    loads_differ = loads_differ || (best != nullptr && visits != best_visits);
    const bool better = best == nullptr ||
                        std::tie(visits, slot.doctor_id) < std::tie(best_visits, best->doctor_id);
    if (better) std::tie(best, best_visits) = std::make_tuple(&slot, visits);
  }
  if (best == nullptr) return std::nullopt;
  std::string reason(first_rule);
  if (able.size() > 1) {
    reason += loads_differ ? ", fewest visits that day among " : ", first by id among ";
    reason += std::to_string(able.size()) + (loads_differ ? " doctors" : " equal doctors");
  }
  return Assignment{*best, reason};
}

}  // namespace

int Calendar::visits_on(Date day) const {
  const auto* load = load_of(*this, day);
  return load == nullptr ? 0 : load->visits;
}

std::vector<Slot> free_slots(const std::vector<Calendar>& calendars, const Search& search,
                             std::size_t limit) {
  std::vector<Slot> slots;
  if (search.window.empty()) return slots;
  const auto& zone = search.rules.zone;
  const auto last_day = std::chrono::sys_days{local_date(zone, search.window.to)};
  for (auto day = std::chrono::sys_days{local_date(zone, search.window.from)};
       day <= last_day && slots.size() < limit; day += std::chrono::days{1}) {
    const auto first_of_day = slots.size();
    for (const auto& calendar : calendars) {
      if (!calendar.active || is_full(calendar, search, Date{day})) continue;
      for (const auto& session : sessions_on(calendar.availability, zone, Date{day}))
        add_free(calendar, session, search, slots);
    }
    // Days come in order, so settling each day's slots settles them all, and a small limit ends the
    // search early.
    settle_day(slots, first_of_day);
  }
  if (slots.size() > limit) slots.resize(limit);
  return slots;
}

bool is_free(const Calendar& calendar, const Search& search, const TimeRange& time) {
  const auto day = local_date(search.rules.zone, time.from);
  return calendar.active && search.window.from <= time.from && time.from < search.window.to &&
         is_covered(calendar.availability, search.rules.zone, time) &&
         !is_full(calendar, search, day) && !overlaps_any(calendar.busy, time) &&
         !overlaps_any(search.patient_busy, time);
}

std::vector<Hidden> hidden_slots(const std::vector<Calendar>& calendars, const Search& search,
                                 const TimeRange& window, std::size_t limit) {
  std::vector<Hidden> hidden;
  const auto& zone = search.rules.zone;
  const auto last_day = std::chrono::sys_days{local_date(zone, window.to)};
  for (auto day = std::chrono::sys_days{local_date(zone, window.from)};
       day <= last_day && hidden.size() < limit; day += std::chrono::days{1}) {
    const auto first_of_day = static_cast<std::ptrdiff_t>(hidden.size());
    for (const auto& calendar : calendars)
      add_hidden(calendar, search, window, Date{day}, hidden);
    std::stable_sort(
        hidden.begin() + first_of_day, hidden.end(), [](const Hidden& a, const Hidden& b) {
          return std::tie(a.starts_at, a.doctor_id) < std::tie(b.starts_at, b.doctor_id);
        });
  }
  if (hidden.size() > limit) hidden.resize(limit);
  return hidden;
}

std::optional<Assignment> assign_earliest(const std::vector<Calendar>& calendars,
                                          const Search& search) {
  const auto first = free_slots(calendars, search, 1);
  if (first.empty()) return std::nullopt;
  auto at_once = search;
  at_once.window = {first[0].time.from, first[0].time.from + std::chrono::microseconds{1}};
  return least_loaded(calendars, free_slots(calendars, at_once, calendars.size()), search,
                      "earliest free time");
}

std::optional<Assignment> assign_at(const std::vector<Calendar>& calendars, const Search& search,
                                    Instant starts_at) {
  if (starts_at != std::chrono::floor<std::chrono::minutes>(starts_at)) return std::nullopt;
  std::vector<Slot> able;
  const auto day = local_date(search.rules.zone, starts_at);
  for (const auto& calendar : calendars) {
    for (const auto& session : sessions_on(calendar.availability, search.rules.zone, day)) {
      const TimeRange time{starts_at, starts_at + search.duration.value_or(session.slot)};
      if (!session.time.contains(time) || !is_free(calendar, search, time)) continue;
      able.push_back({calendar.doctor_id, time});
      break;
    }
  }
  return least_loaded(calendars, able, search, "free at that time");
}

void hold(Calendar& calendar, std::string_view zone, const TimeRange& time) {
  const auto at = std::lower_bound(calendar.busy.begin(), calendar.busy.end(), time);
  calendar.busy.insert(at, time);
  const auto day = local_date(zone, time.from);
  auto load = std::find_if(calendar.loads.begin(), calendar.loads.end(),
                           [&](const DayLoad& one) { return one.day == day; });
  if (load == calendar.loads.end()) load = calendar.loads.insert(load, DayLoad{.day = day});
  // An urgent visit may draw any seat: counting it among the regular ones too errs on the safe
  // side.
  ++load->visits;
  ++load->all_taken;
  ++load->regular_taken;
}

}  // namespace ambula::scheduling::domain

#include "availability.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace ambula::scheduling::domain {
namespace {

constexpr LocalMinutes slot_min{15};  // the shortest visit
constexpr LocalMinutes slot_max{180};

Result<void> validate_session(const WeeklySession& session, std::size_t index) {
  const auto pointer = fmt::format("/weekly/{}", index);
  if (session.from >= session.to) {
    return rule_broken("invalid-value", "A session ends after it begins.", pointer + "/to");
  }
  if (session.slot < slot_min || session.slot > slot_max) {
    return rule_broken("invalid-value", "A slot is 15 to 180 minutes.", pointer + "/slot_min");
  }
  if (session.slot > session.to - session.from) {
    return rule_broken("invalid-value", "A slot fits into its session.", pointer + "/slot_min");
  }
  return {};
}

/// Adds the free times of one session between the busy ones.
void add_free(const Calendar& calendar, const Session& session, const TimeRange& window,
              std::chrono::minutes duration, std::vector<Slot>& slots) {
  auto busy = std::lower_bound(calendar.busy.begin(), calendar.busy.end(), session.time.from,
                               [](const TimeRange& range, Instant at) { return range.to <= at; });
  for (Instant start = session.time.from; start + duration <= session.time.to;
       start += session.slot) {
    if (start < window.from) continue;
    if (start >= window.to) return;
    while (busy != calendar.busy.end() && busy->to <= start)
      ++busy;
    const TimeRange time{start, start + duration};
    if (busy == calendar.busy.end() || !busy->overlaps(time))
      slots.push_back({calendar.doctor_id, time});
  }
}

bool is_full(const Calendar& calendar, Date day) {
  return std::find(calendar.full_days.begin(), calendar.full_days.end(), day) !=
         calendar.full_days.end();
}

}  // namespace

Result<void> validate(const Availability& availability) {
  if (availability.valid_from && availability.valid_to &&
      *availability.valid_to < *availability.valid_from) {
    return rule_broken("invalid-value", "valid_to is not before valid_from.", "/valid_to");
  }
  for (std::size_t i = 0; i < availability.weekly.size(); ++i) {
    const auto& session = availability.weekly[i];
    if (auto valid = validate_session(session, i); !valid) return valid;
    for (std::size_t j = 0; j < i; ++j) {
      const auto& other = availability.weekly[j];
      if (other.day == session.day && other.from < session.to && session.from < other.to) {
        return rule_broken("invalid-value", "Sessions of a day do not overlap.",
                           fmt::format("/weekly/{}", i));
      }
    }
  }
  return {};
}

std::vector<Session> sessions_on(const Availability& availability, std::string_view zone,
                                 Date day) {
  std::vector<Session> sessions;
  if (availability.valid_from && day < *availability.valid_from) return sessions;
  if (availability.valid_to && day > *availability.valid_to) return sessions;
  const std::chrono::weekday weekday{std::chrono::sys_days{day}};
  for (const auto& weekly : availability.weekly) {
    if (weekly.day != weekday) continue;
    const auto time = local_span(zone, day, weekly.from, weekly.to);
    if (!time.empty()) sessions.push_back({time, weekly.slot});
  }
  std::sort(sessions.begin(), sessions.end(),
            [](const Session& a, const Session& b) { return a.time.from < b.time.from; });
  return sessions;
}

std::optional<Session> session_around(const std::vector<Session>& sessions, const TimeRange& time) {
  for (const auto& session : sessions) {
    if (session.time.contains(time)) return session;
  }
  return std::nullopt;
}

std::vector<Slot> free_slots(const std::vector<Calendar>& calendars, std::string_view zone,
                             TimeRange window, std::optional<std::chrono::minutes> duration,
                             std::size_t limit) {
  std::vector<Slot> slots;
  const auto last_day = local_date(zone, window.to);
  for (auto day = std::chrono::sys_days{local_date(zone, window.from)};
       day <= std::chrono::sys_days{last_day}; day += std::chrono::days{1}) {
    const auto first_of_day = slots.size();
    for (const auto& calendar : calendars) {
      if (is_full(calendar, Date{day})) continue;
      for (const auto& session : sessions_on(calendar.availability, zone, Date{day})) {
        add_free(calendar, session, window, duration.value_or(session.slot), slots);
      }
    }
    // Days come in order, so sorting each day's slots sorts them all, and a small limit ends the
    // search early.
    std::sort(slots.begin() + static_cast<std::ptrdiff_t>(first_of_day), slots.end(),
              [](const Slot& a, const Slot& b) {
                return std::tie(a.time.from, a.doctor_id) < std::tie(b.time.from, b.doctor_id);
              });
    if (slots.size() >= limit) break;
  }
  if (slots.size() > limit) slots.resize(limit);
  return slots;
}

}  // namespace ambula::scheduling::domain

#include "availability.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace ambula::scheduling::domain {
namespace {

constexpr LocalMinutes slot_min{15};  // the shortest visit
constexpr LocalMinutes slot_max{180};
constexpr std::chrono::days exception_max{366};

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

TimeRange common(const TimeRange& a, const TimeRange& b) {
  return {std::max(a.from, b.from), std::min(a.to, b.to)};
}

void add_weekly(const Availability& availability, std::string_view zone, Date day,
                std::vector<Session>& sessions) {
  if (availability.valid_from && day < *availability.valid_from) return;
  if (availability.valid_to && day > *availability.valid_to) return;
  const std::chrono::weekday weekday{std::chrono::sys_days{day}};
  for (const auto& weekly : availability.weekly) {
    if (weekly.day != weekday) continue;
    const auto time = local_span(zone, day, weekly.from, weekly.to);
    if (!time.empty()) sessions.push_back({time, weekly.slot, time.from});
  }
}

/// An EXTRA session over midnight is one session on each day: none crosses it.
void add_extra(const Availability& availability, std::string_view zone, Date day,
               std::vector<Session>& sessions) {
  std::optional<TimeRange> today;
  for (const auto& exception : availability.exceptions) {
    if (exception.kind != ExceptionKind::extra) continue;
    if (!today) today = local_day(zone, day);
    const auto time = common(exception.time, *today);
    if (!time.empty()) sessions.push_back({time, exception.slot, time.from});
  }
}

void sort(std::vector<Session>& sessions) {
  std::sort(sessions.begin(), sessions.end(), [](const Session& a, const Session& b) {
    return std::tie(a.time.from, a.time.to) < std::tie(b.time.from, b.time.to);
  });
}

std::vector<Session> without(const std::vector<Session>& sessions, const TimeRange& leave) {
  std::vector<Session> left;
  for (const auto& session : sessions) {
    const TimeRange before{session.time.from, std::min(session.time.to, leave.from)};
    const TimeRange after{std::max(session.time.from, leave.to), session.time.to};
    if (!before.empty()) left.push_back({before, session.slot, session.grid});
    if (!after.empty()) left.push_back({after, session.slot, session.grid});
  }
  return left;
}

}  // namespace

std::string_view to_string(ExceptionKind kind) {
  return kind == ExceptionKind::leave ? "LEAVE" : "EXTRA";
}

std::optional<ExceptionKind> parse_exception_kind(std::string_view text) {
  if (text == "LEAVE") return ExceptionKind::leave;
  if (text == "EXTRA") return ExceptionKind::extra;
  return std::nullopt;
}

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

Result<void> validate(const HoursException& exception) {
  if (!is_whole_minute(exception.time.from)) {
    return rule_broken("invalid-value", "Hours change at whole minutes.", "/from");
  }
  if (!is_whole_minute(exception.time.to)) {
    return rule_broken("invalid-value", "Hours change at whole minutes.", "/to");
  }
  if (exception.time.empty()) {
    return rule_broken("invalid-value", "An exception ends after it begins.", "/to");
  }
  if (exception.time.to - exception.time.from > exception_max) {
    return rule_broken("invalid-value", "An exception lasts at most a year.", "/to");
  }
  return {};
}

std::vector<Session> sessions_planned(const Availability& availability, std::string_view zone,
                                      Date day) {
  std::vector<Session> sessions;
  add_weekly(availability, zone, day, sessions);
  add_extra(availability, zone, day, sessions);
  sort(sessions);
  return sessions;
}

std::vector<Session> sessions_on(const Availability& availability, std::string_view zone,
                                 Date day) {
  for (const auto& holiday : availability.holidays) {
    if (holiday.date == day) return {};
  }
  auto sessions = sessions_planned(availability, zone, day);
  for (const auto& exception : availability.exceptions) {
    if (exception.kind == ExceptionKind::leave) sessions = without(sessions, exception.time);
  }
  sort(sessions);
  return sessions;
}

std::optional<Session> session_around(const std::vector<Session>& sessions, const TimeRange& time) {
  for (const auto& session : sessions) {
    if (session.time.contains(time)) return session;
  }
  return std::nullopt;
}

bool is_covered(const Availability& availability, std::string_view zone, const TimeRange& time) {
  const auto sessions = sessions_on(availability, zone, local_date(zone, time.from));
  return session_around(sessions, time).has_value();
}

}  // namespace ambula::scheduling::domain

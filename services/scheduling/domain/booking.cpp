#include "booking.hpp"

#include <algorithm>

namespace ambula::scheduling::domain {
namespace {

Error outside_availability() {
  return rule_broken("outside-availability", "The doctor has no session around that time.",
                     "/starts_at");
}

/// The time inside one session, or an error. Only the day of the start matters: sessions never
/// cross midnight.
Result<TimeRange> fit(const BookingRequest& request, const Availability& availability,
                      const Rules& rules) {
  const auto sessions =
      sessions_on(availability, rules.zone, local_date(rules.zone, request.starts_at));
  for (const auto& session : sessions) {
    const TimeRange time{request.starts_at,
                         request.starts_at + request.duration.value_or(session.slot)};
    if (session.time.contains(time)) return time;
  }
  return outside_availability();
}

}  // namespace

Result<void> check_people(std::optional<std::chrono::minutes> duration,
                          std::optional<Instant> starts_at, const BookingFacts& facts, Instant now,
                          const Rules& rules, bool allow_past_today) {
  if (duration && (*duration < visit_min || *duration > visit_max)) {
    return rule_broken("bad-duration", "A visit takes 15 to 180 minutes.", "/duration_min");
  }
  if (starts_at && *starts_at < now) {
    const bool today = local_date(rules.zone, *starts_at) == local_date(rules.zone, now);
    if (!allow_past_today || !today) {
      return rule_broken("in-the-past", "A visit is booked in the future.", "/starts_at");
    }
  }
  if (!facts.patient_active) return not_found("patient");
  if (!facts.doctor_active) return not_found("doctor");
  if (!*facts.patient_active)
    return conflict("patient-inactive", "The patient's record is not active.");
  if (!*facts.doctor_active) return conflict("doctor-inactive", "The doctor is not active.");
  return {};
}

Result<TimeRange> check_booking(const BookingRequest& request, const BookingFacts& facts,
                                Instant now, const Rules& rules, bool allow_past_today) {
  if (auto people =
          check_people(request.duration, request.starts_at, facts, now, rules, allow_past_today);
      !people) {
    return people.error();
  }
  if (!is_whole_minute(request.starts_at)) return outside_availability();
  return fit(request, facts.availability, rules);
}

bool is_urgent(std::optional<TriageLevel> level) {
  return level == TriageLevel::critical || level == TriageLevel::high;
}

int seats_for(std::optional<TriageLevel> level, const Rules& rules) {
  return is_urgent(level) ? rules.day_cap : std::max(0, rules.day_cap - rules.urgent_seats);
}

std::chrono::days reach_of(std::optional<TriageLevel> level) {
  switch (level.value_or(TriageLevel::low)) {
    case TriageLevel::critical:
      return std::chrono::days{1};
    case TriageLevel::high:
      return std::chrono::days{3};
    case TriageLevel::moderate:
      return std::chrono::days{14};
    case TriageLevel::low:
      break;
  }
  return std::chrono::days{60};
}

Result<TriageLevel> level_of(const Assessment& assessment, const Uuid& patient, Instant now) {
  if (assessment.patient_id != patient || assessment.valid_until <= now) {
    return rule_broken("assessment-invalid", "The assessment has expired or is another patient's.",
                       "/assessment_id");
  }
  return assessment.level;
}

}  // namespace ambula::scheduling::domain

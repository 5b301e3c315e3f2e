#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "directory.hpp"
#include "slots.hpp"

// Visits that lost their doctor's time, and where they could go [SCH-10].
namespace ambula::scheduling::domain {

enum class DisruptionStatus { proposed, applied, closed };
std::string_view to_string(DisruptionStatus status);
std::optional<DisruptionStatus> parse_disruption_status(std::string_view text);

struct DisruptionItem {
  Uuid appointment_id;
  Slot stood;                         ///< where the visit was when its time was lost
  std::optional<Slot> proposal;       ///< where it could go
  std::optional<std::string> reason;  ///< why nowhere, or what became of the visit
  bool applied{false};                ///< moved by this disruption
};

struct Disruption {
  Uuid id;
  Uuid facility_id;
  std::optional<Uuid> doctor_id;  ///< empty: a holiday, the whole facility
  TimeRange span;
  std::string reason;
  DisruptionStatus status{DisruptionStatus::proposed};
  std::vector<DisruptionItem> items;
  Record record;
};

/// Whether an item still waits to be moved.
bool is_waiting(const DisruptionItem& item);
/// What became of a visit that is no longer where it was when its time was lost: a reason for its
/// item; nullopt while it waits to be moved.
std::optional<std::string> settled_otherwise(const DisruptionItem& item, const Appointment& visit);

/// Refuses commands that the present state does not allow.
Result<void> check_apply(const Disruption& disruption);
Result<void> check_close(const Disruption& disruption);

/// What a plan needs to know.
struct PlanFacts {
  Rules rules;
  Instant now;
  std::vector<Calendar> calendars;  ///< of the doctors concerned and all of their specialties
  std::map<Uuid, std::vector<TimeRange>> patient_busy;  ///< all held times of each
};
/// How far after its day a visit may be moved.
constexpr std::chrono::days plan_reach{60};
/// A proposal for each visit, urgent ones first, no two in one another's way: with the same doctor
/// soonest, else another of the specialty on the same day, else another of it soonest.
std::vector<DisruptionItem> plan(const std::vector<Appointment>& visits, PlanFacts facts);

}  // namespace ambula::scheduling::domain

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ambula/base/result.hpp>
#include <ambula/service/query.hpp>

#include "scheduling/domain/booking.hpp"
#include "scheduling/domain/directory.hpp"
#include "scheduling/domain/disruption.hpp"
#include "scheduling/domain/figures.hpp"
#include "scheduling/domain/waiting_request.hpp"

// Bodies of this service's resources (schemas/openapi); the only file here that knows their JSON.
namespace ambula::scheduling::api {

/// Triage levels in the order of domain::TriageLevel.
inline const std::vector<std::string_view> level_names = {"CRITICAL", "HIGH", "MODERATE", "LOW"};

struct UnitInput {
  std::string code;
  std::string name;
  bool active{true};
};
Result<UnitInput> decode_unit(std::string_view body);
/// Merge patch onto a unit; answers the names of the changed fields.
Result<std::vector<std::string>> patch_unit(std::string_view body, domain::Unit& unit);
std::string encode(const domain::Unit& unit);

/// Fills in a doctor from a body; everything that the server sets is left alone.
Result<domain::Doctor> decode_doctor(std::string_view body);
Result<std::vector<std::string>> patch_doctor(std::string_view body, domain::Doctor& doctor);
/// `public_profile`: without phone, e-mail and account, for patients.
std::string encode(const domain::Doctor& doctor, bool public_profile);

Result<domain::Availability> decode_availability(std::string_view body);
std::string encode_availability(const domain::Doctor& doctor);

struct ExceptionInput {
  domain::ExceptionKind kind{domain::ExceptionKind::leave};
  std::optional<Date> date;  ///< the whole local day; else `time`
  TimeRange time;
  std::optional<std::chrono::minutes> slot;  ///< of an EXTRA session
  std::optional<std::string> reason;
};
Result<ExceptionInput> decode_exception(std::string_view body);
std::string encode(const domain::ExceptionRecord& record);

/// A doctor who turns out to be away.
struct DisruptionInput {
  Uuid doctor_id;
  TimeRange span;
  std::string reason;
};
Result<DisruptionInput> decode_disruption(std::string_view body);

struct HolidayInput {
  Date date;
  std::string name;
};
Result<HolidayInput> decode_holiday(std::string_view body);
std::string encode(const domain::HolidayRecord& record);

/// A booking may leave the doctor, the time or both to us.
struct BookingInput {
  Uuid patient_id;
  std::optional<Uuid> doctor_id;  ///< empty: any of the specialty or department
  std::optional<std::string> specialty;
  std::optional<Uuid> department_id;
  std::optional<Instant> starts_at;              ///< empty: the earliest
  std::optional<std::chrono::minutes> duration;  ///< empty: the session's slot length
  std::optional<domain::TriageLevel> triage_level;
  std::optional<Uuid> assessment_id;
  std::optional<std::string> reason;
  std::optional<std::string> notes;
};
Result<BookingInput> decode_booking(std::string_view body);
struct RescheduleInput {
  Instant starts_at;
  std::optional<std::chrono::minutes> duration;
  std::optional<Uuid> doctor_id;
};
Result<RescheduleInput> decode_reschedule(std::string_view body);
Result<std::vector<std::string>> patch_appointment(std::string_view body,
                                                   domain::Appointment& appointment);
/// `{reason}`, required.
Result<std::string> decode_reason(std::string_view body);
/// `{reason?}`; an empty body is as good.
Result<std::optional<std::string>> decode_optional_reason(std::string_view body);
/// No members at all; an empty body is as good.
Result<void> decode_nothing(std::string_view body);
std::string encode(const domain::Appointment& appointment);

/// The columns of the exported list.
std::vector<std::string> csv_head();
std::vector<std::string> csv_cells(const domain::Appointment& appointment);

/// Figures of a span of local days, grouped.
std::string encode_figures(Date from, Date to, const std::vector<domain::Figures>& figures);
std::vector<std::string> figures_csv_head();
std::vector<std::string> csv_cells(const domain::Figures& figures);

std::string encode_slot(const domain::Slot& slot);
std::string encode_slots(const std::vector<domain::Slot>& slots);
/// A page of slots; `hidden` only when it was asked to explain.
service::Page encode_slot_page(const std::vector<std::string>& slots,
                               const std::optional<service::Cursor>& next,
                               const service::PageRequest& asked,
                               const std::optional<std::vector<domain::Hidden>>& hidden);

/// Names of appointments, when not all of the disruption are to be moved.
Result<std::optional<std::vector<Uuid>>> decode_apply(std::string_view body);
/// What an apply did.
struct ApplyOutcome {
  std::vector<Uuid> moved;
  std::vector<std::pair<Uuid, std::string>> failed;  ///< with the code of the rule
  std::vector<Uuid> patients;                        ///< of the moved visits, for the audit
};
std::string encode(const ApplyOutcome& outcome);
std::string encode(const domain::Disruption& disruption);

/// Fills in what the body says of a request.
Result<domain::WaitingRequest> decode_waiting_request(std::string_view body);
std::string encode(const domain::WaitingRequest& request);

/// A record with `affected` and `disruption_id` beside it, as changes of hours answer.
std::string with_effects(std::string encoded, const std::vector<Uuid>& affected,
                         const std::optional<Uuid>& disruption);
/// A list of names as a member of a problem document.
std::string encode_names(const std::vector<std::string>& names);

}  // namespace ambula::scheduling::api

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/result.hpp>

#include "scheduling/domain/booking.hpp"
#include "scheduling/domain/directory.hpp"

// Bodies of this service's resources (schemas/openapi); the only file here that knows their JSON.
namespace ambula::scheduling::api {

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
std::string encode_availability(const domain::Doctor& doctor, std::string_view zone,
                                const std::vector<Uuid>* affected = nullptr);

Result<domain::BookingRequest> decode_booking(std::string_view body);
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
/// No members at all; an empty body is as good.
Result<void> decode_nothing(std::string_view body);
std::string encode(const domain::Appointment& appointment);

std::string encode_slot(const domain::Slot& slot);
std::string encode_slots(const std::vector<domain::Slot>& slots);
/// The doctor or unit with `affected` appointments beside it, as deactivation answers.
std::string with_affected(std::string encoded, const std::vector<Uuid>& affected);

}  // namespace ambula::scheduling::api

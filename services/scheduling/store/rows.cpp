#include "rows.hpp"

#include <ambula/base/check.hpp>

namespace ambula::scheduling::store {
namespace {

/// A CHECK constraint keeps the column to these names.
domain::Status to_status(std::string_view text) {
  const auto status = domain::parse_status(text);
  AMBULA_CHECK(status.has_value());
  return *status;
}

domain::ExceptionKind to_exception_kind(std::string_view text) {
  const auto kind = domain::parse_exception_kind(text);
  AMBULA_CHECK(kind.has_value());
  return *kind;
}

}  // namespace

domain::Record to_record(const db::Row& row) {
  return {.version = row.get<std::int64_t>("version"),
          .created_at = row.get<Instant>("created_at"),
          .created_by = row.get<Uuid>("created_by"),
          .updated_at = row.get<Instant>("updated_at"),
          .updated_by = row.get<Uuid>("updated_by")};
}

std::optional<domain::TriageLevel> to_level(const db::Row& row, std::string_view column) {
  if (row.is_null(column)) return std::nullopt;
  const auto level = domain::parse_triage_level(row.text(column));
  AMBULA_CHECK(level.has_value());
  return level;
}

domain::Rules to_rules(const db::Row& row) {
  return {.zone = row.get<std::string>("zone"),
          .day_cap = row.get<int>("day_cap"),
          .urgent_seats = row.get<int>("urgent_seats"),
          .desk_may_complete = row.get<bool>("desk_may_complete"),
          .no_show_grace_min = row.get<int>("no_show_grace_min")};
}

domain::Availability to_availability(const db::Row& row) {
  domain::Availability availability;
  availability.valid_from = row.get<std::optional<Date>>("valid_from");
  availability.valid_to = row.get<std::optional<Date>>("valid_to");
  const auto weekdays = row.get<std::vector<int>>("weekdays");
  const auto from_mins = row.get<std::vector<int>>("from_mins");
  const auto to_mins = row.get<std::vector<int>>("to_mins");
  const auto slot_mins = row.get<std::vector<int>>("slot_mins");
  for (std::size_t i = 0; i < weekdays.size(); ++i) {
    availability.weekly.push_back({.day = std::chrono::weekday{static_cast<unsigned>(weekdays[i])},
                                   .from = LocalMinutes{from_mins[i]},
                                   .to = LocalMinutes{to_mins[i]},
                                   .slot = LocalMinutes{slot_mins[i]}});
  }
  return availability;
}

domain::Availability to_availability_with_exceptions(const db::Row& row) {
  auto availability = to_availability(row);
  if (!row.is_null("exception_ids")) {
    const auto ids = row.get<std::vector<Uuid>>("exception_ids");
    const auto kinds = row.get<std::vector<std::string>>("exception_kinds");
    const auto from = row.get<std::vector<Instant>>("exception_from");
    const auto to = row.get<std::vector<Instant>>("exception_to");
    const auto slots = row.get<std::vector<int>>("exception_slots");
    for (std::size_t i = 0; i < ids.size(); ++i) {
      availability.exceptions.push_back(
          {ids[i], to_exception_kind(kinds[i]), {from[i], to[i]}, std::chrono::minutes{slots[i]}});
    }
  }
  if (!row.is_null("holiday_ids")) {
    const auto ids = row.get<std::vector<Uuid>>("holiday_ids");
    const auto dates = row.get<std::vector<std::string>>("holiday_dates");
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const auto date = parse_date(dates[i]);
      AMBULA_CHECK(date.has_value());
      availability.holidays.push_back({ids[i], *date});
    }
  }
  return availability;
}

domain::HoursException to_exception(const db::Row& row) {
  return {row.get<Uuid>("id"),
          to_exception_kind(row.text("kind")),
          {row.get<Instant>("starts_at"), row.get<Instant>("ends_at")},
          std::chrono::minutes{row.get<int>("slot_min")}};
}

domain::Appointment to_appointment(const db::Row& row) {
  domain::Appointment appointment;
  appointment.id = row.get<Uuid>("id");
  appointment.facility_id = row.get<Uuid>("facility_id");
  appointment.patient_id = row.get<Uuid>("patient_id");
  appointment.doctor_id = row.get<Uuid>("doctor_id");
  appointment.department_id = row.get<Uuid>("department_id");
  appointment.time = {row.get<Instant>("starts_at"), row.get<Instant>("ends_at")};
  appointment.status = to_status(row.text("status"));
  appointment.triage_level = to_level(row, "triage_level");
  appointment.assignment_reason = row.get<std::optional<std::string>>("assignment_reason");
  appointment.reason = row.get<std::optional<std::string>>("reason");
  appointment.notes = row.get<std::optional<std::string>>("notes");
  appointment.status_reason = row.get<std::optional<std::string>>("status_reason");
  appointment.move_count = row.get<int>("move_count");
  appointment.consultation_id = row.get<std::optional<Uuid>>("consultation_id");
  if (!row.is_null("status_before"))
    appointment.status_before = to_status(row.text("status_before"));
  const auto record = to_record(row);
  appointment.version = record.version;
  appointment.created_at = record.created_at;
  appointment.created_by = record.created_by;
  appointment.updated_at = record.updated_at;
  appointment.updated_by = record.updated_by;
  return appointment;
}

domain::Unit to_unit(const db::Row& row) {
  return {.id = row.get<Uuid>("id"),
          .facility_id = row.get<Uuid>("facility_id"),
          .code = row.get<std::string>("code"),
          .name = row.get<std::string>("name"),
          .active = row.get<bool>("active"),
          .status_reason = row.get<std::optional<std::string>>("status_reason"),
          .record = to_record(row)};
}

domain::Doctor to_doctor(const db::Row& row) {
  domain::Doctor doctor;
  doctor.id = row.get<Uuid>("id");
  doctor.facility_id = row.get<Uuid>("facility_id");
  doctor.display_name = row.get<std::string>("display_name");
  doctor.account_id = row.get<std::optional<Uuid>>("account_id");
  doctor.specialty = row.get<std::string>("specialty");
  doctor.department_id = row.get<Uuid>("department_id");
  doctor.sex = row.get<std::optional<std::string>>("sex");
  doctor.room = row.get<std::optional<std::string>>("room");
  doctor.phone = row.get<std::optional<std::string>>("phone");
  doctor.email = row.get<std::optional<std::string>>("email");
  if (!row.is_null("fee_amount")) {
    doctor.fee =
        domain::Money{row.get<std::string>("fee_amount"), row.get<std::string>("fee_currency")};
  }
  doctor.active = row.get<bool>("active");
  doctor.status_reason = row.get<std::optional<std::string>>("status_reason");
  doctor.zone = row.get<std::string>("zone");
  doctor.availability = to_availability(row);
  doctor.hours_version = row.get<std::int64_t>("hours_version");
  doctor.record = to_record(row);
  return doctor;
}

}  // namespace ambula::scheduling::store

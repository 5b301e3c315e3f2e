#include "day.hpp"

#include <consultation/sql.hpp>

namespace ambula::consultation::store {
namespace {

using Id = std::optional<Uuid>;
using Text = std::optional<std::string>;

constexpr int part_max = 200;

Person to_person(const db::Row& row) {
  return {.patient_id = row.get<Id>("patient_id"),
          .visitor_id = row.get<Id>("visitor_id"),
          .display_name = row.get<Text>("display_name"),
          .mrn = row.get<Text>("mrn"),
          .birth_date = row.get<std::optional<Date>>("birth_date")};
}

DayAppointment to_appointment(const db::Row& row) {
  return {.id = row.get<Uuid>("id"),
          .person = to_person(row),
          .starts_at = row.get<Instant>("starts_at"),
          .ends_at = row.get<Instant>("ends_at"),
          .status = row.get<std::string>("status"),
          .consultation_id = row.get<Id>("consultation_id")};
}

DayEntry to_entry(const db::Row& row) {
  return {.id = row.get<Uuid>("id"),
          .person = to_person(row),
          .queue_id = row.get<Id>("queue_id"),
          .queue_kind = row.get<std::string>("queue_kind"),
          .label = row.get<std::string>("label"),
          .level = row.get<std::string>("level"),
          .status = row.get<std::string>("status"),
          .is_mine = row.get<bool>("is_mine"),
          .appointment_id = row.get<Id>("appointment_id"),
          .consultation_id = row.get<Id>("consultation_id")};
}

DayDraft to_draft(const db::Row& row) {
  return {.id = row.get<Uuid>("id"),
          .person = to_person(row),
          .started_at = row.get<Instant>("starts_at"),
          .appointment_id = row.get<Id>("appointment_id"),
          .queue_entry_id = row.get<Id>("queue_entry_id")};
}

}  // namespace

std::optional<DoctorDay> doctor_day(db::Session& session, const Uuid& facility, const Uuid& doctor,
                                    Instant now, const std::optional<Date>& date) {
  std::optional<DoctorDay> day;
  DoctorDay found;
  for (const auto row : session.read(sql::doctor_day, facility, doctor, now, date, part_max)) {
    const auto part = row.text("part");
    if (part == "APPOINTMENT") found.appointments.push_back(to_appointment(row));
    if (part == "QUEUE") found.queue.push_back(to_entry(row));
    if (part == "DRAFT") found.drafts.push_back(to_draft(row));
    if (part == "FIGURES") {
      found.date = row.get<Date>("day");
      found.seen = row.get<int>("seen");
      found.visit_mean_min = row.get<std::optional<double>>("visit_mean_min");
      day.emplace();
    }
  }
  if (day) day = std::move(found);
  return day;
}

std::vector<DoctorVisits> consultation_figures(db::Session& session, const Uuid& facility,
                                               Date from, Date to) {
  std::vector<DoctorVisits> figures;
  for (const auto row : session.read(sql::consultation_figures, facility, from, to)) {
    figures.push_back({.doctor_id = row.get<Uuid>("doctor_id"),
                       .display_name = row.get<Text>("display_name"),
                       .visits = row.get<std::int64_t>("visits"),
                       .mean_min = row.get<double>("mean_min"),
                       .p50_min = row.get<double>("p50_min"),
                       .p90_min = row.get<double>("p90_min")});
  }
  return figures;
}

std::optional<std::string> zone(db::Session& session, const Uuid& facility) {
  const auto rows = session.read(sql::zone_of_facility, facility);
  if (rows.empty()) return std::nullopt;
  return rows.front().get<std::string>("zone");
}

}  // namespace ambula::consultation::store

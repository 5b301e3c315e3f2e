#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <ambula/db/session.hpp>

// What a doctor has before them, and what was done [CON-5, REP-2].
namespace ambula::consultation::store {

/// Whom it is about; a visitor has no more than a name.
struct Person {
  std::optional<Uuid> patient_id;
  std::optional<Uuid> visitor_id;
  std::optional<std::string> display_name;
  std::optional<std::string> mrn;
  std::optional<Date> birth_date;
};

struct DayAppointment {
  Uuid id;
  Person person;
  Instant starts_at;
  Instant ends_at;
  std::string status;
  std::optional<Uuid> consultation_id;
};

struct DayEntry {
  Uuid id;
  Person person;
  std::optional<Uuid> queue_id;
  std::string queue_kind;
  std::string label;
  std::string level;
  std::string status;
  bool is_mine{false};  ///< else nobody's yet, in the doctor's department
  std::optional<Uuid> appointment_id;
  std::optional<Uuid> consultation_id;
};

struct DayDraft {
  Uuid id;
  Person person;
  Instant started_at;
  std::optional<Uuid> appointment_id;
  std::optional<Uuid> queue_entry_id;
};

struct DoctorDay {
  Date date;
  std::vector<DayAppointment> appointments;  ///< by time
  std::vector<DayEntry> queue;   ///< open ones: emergencies, then by level, then as they came
  std::vector<DayDraft> drafts;  ///< of any day, newest first
  int seen{0};                   ///< completed on this day
  std::optional<double> visit_mean_min;
};

/// `date`: the facility's today when absent. nullopt: the facility is not known here yet.
std::optional<DoctorDay> doctor_day(db::Session& session, const Uuid& facility, const Uuid& doctor,
                                    Instant now, const std::optional<Date>& date);

struct DoctorVisits {
  Uuid doctor_id;
  std::optional<std::string> display_name;
  std::int64_t visits;
  double mean_min;
  double p50_min;
  double p90_min;
};
/// Completed consultations of local days, both included, by doctor.
std::vector<DoctorVisits> consultation_figures(db::Session& session, const Uuid& facility,
                                               Date from, Date to);

/// Of the facility; nullopt while it is not known here.
std::optional<std::string> zone(db::Session& session, const Uuid& facility);

}  // namespace ambula::consultation::store

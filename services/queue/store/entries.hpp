#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "queue/domain/assignment.hpp"
#include "queues.hpp"

namespace ambula::queue::store {

/// For staff screens; of a visitor until its name is erased.
struct Names {
  std::optional<std::string> patient;
  std::optional<std::string> mrn;
  std::optional<std::string> visitor;
  std::optional<std::string> phone;
};

struct Named {
  domain::Entry entry;
  Names names;
};

struct Locked {
  domain::Entry entry;
  Names names;
  Settings settings;
};

/// A line of history for each event of a decision.
struct History {
  std::vector<std::string> events;
  std::vector<std::string> statuses;
  std::vector<std::optional<std::string>> reasons;
};

/// Draws the next ticket of the queue's day. The counter's row stays locked until the commit, so
/// draw it last.
int next_ticket(db::Transaction& tx, const Uuid& facility, const Uuid& queue, Date day);
void insert(db::Transaction& tx, const domain::Entry& entry, const outbox::Events& events);
/// Saves the state after a decision, its history and events; answers the new version.
std::int64_t save(db::Transaction& tx, const domain::Entry& entry, const outbox::Events& events,
                  const History& history);

/// Who calls whom; see call_next_entry.
struct NextCall {
  Uuid facility;
  Uuid queue;
  std::optional<Uuid> doctor;
  Instant now;
  std::optional<std::string> room;
  bool own_department_only{false};
  Uuid actor;
  Uuid event_id;
  std::string traceparent;
};
/// Calls the first in order that no other clerk is calling at this moment; nullopt: nobody waits.
std::optional<Named> call_next(db::Transaction& tx, const NextCall& call);
/// The same, committing by itself: one round trip.
Result<std::optional<Named>> call_next(db::Session& session, const NextCall& call);

std::optional<Locked> lock(db::Transaction& tx, const Uuid& facility, const Uuid& id);
std::optional<Locked> lock_open_walk_in(db::Transaction& tx, const Uuid& facility,
                                        const Uuid& patient, const Uuid& queue, Date day);
/// The entry that a fact about an appointment applies to: the last of its chain of transfers.
std::optional<Locked> lock_of_appointment(db::Transaction& tx, const Uuid& facility,
                                          const Uuid& appointment);
/// Follows transfers to the entry that goes on.
std::optional<Locked> lock_last(db::Transaction& tx, const Uuid& facility, const Uuid& id);
/// All entries of a visitor: the chain of its transfers.
std::vector<domain::Entry> lock_of_visitor(db::Transaction& tx, const Uuid& facility,
                                           const Uuid& visitor);

std::optional<Named> get(db::Session& session, const Uuid& facility, const Uuid& id);
std::optional<Uuid> open_walk_in(db::Session& session, const Uuid& facility, const Uuid& patient,
                                 const Uuid& queue, Date day);

struct ListFilter {
  std::optional<Uuid> queue_id;
  std::optional<Date> day;
  std::optional<domain::Status> status;
  std::optional<Uuid> doctor_id;
  std::optional<Uuid> patient_id;
  std::optional<Uuid> appointment_id;
  std::optional<Uuid> visible_to_doctor;  ///< theirs, or unassigned in their department
};
using After = std::optional<std::pair<Instant, Uuid>>;
/// In the order (created_at, id).
std::vector<Named> list(db::Session& session, const Uuid& facility, const ListFilter& filter,
                        const After& after, int limit);

/// Time a turn took of late, at this hour of the day.
struct Pace {
  int observations{0};
  double low_min{0};  ///< a quarter was quicker
  double median_min{0};
  double high_min{0};  ///< a quarter was slower
};
struct Position {
  domain::Status status{domain::Status::waiting};
  int ahead{0};
  int ahead_of_doctor{0};  ///< those of them whom the entry's doctor may see first
  Pace doctor;             ///< of the entry's doctor
  Pace queue;
};
std::optional<Position> position(db::Session& session, const Uuid& facility, const Uuid& id,
                                 Instant now);

/// What a tracking token opens on the day of its ticket.
struct Tracked {
  Uuid id;
  Uuid facility_id;
  std::string label;
  std::string queue_name;
  std::optional<std::string> room;
};
std::optional<Tracked> tracked(db::Session& session, std::string_view token, Instant now);

struct DepartmentWaits {
  Uuid department_id;
  std::optional<std::string> name;
  std::int64_t visits{0};
  double p50_min{0};
  double p90_min{0};
};
std::vector<DepartmentWaits> wait_figures(db::Session& session, const Uuid& facility, Date from,
                                          Date to);

/// Doctors on duty now, of a department or of a specialty.
std::vector<domain::Candidate> on_duty(db::Transaction& tx, const Uuid& facility, Instant now,
                                       const Uuid& department,
                                       const std::optional<std::string>& specialty);

struct Patient {
  Uuid id;
  std::string display_name;
  std::string mrn;
  std::optional<Date> birth_date;
  bool active{false};
};
std::optional<Patient> patient(db::Session& session, const Uuid& facility, const Uuid& id);

struct Doctor {
  Uuid id;
  Uuid department_id;
  bool active{false};
};
std::optional<Doctor> doctor(db::Session& session, const Uuid& facility, const Uuid& id);

}  // namespace ambula::queue::store

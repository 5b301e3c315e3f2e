#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "queues.hpp"

namespace ambula::queue::store {

struct Locked {
  domain::Entry entry;
  Settings settings;
};

/// Makes the events' data once the queue's change number is known.
using MakeEvents = std::function<outbox::Events(std::int64_t queue_change)>;

/// Draws the next ticket of the queue's day. The counter's row stays locked until the commit, so
/// draw it last.
int next_ticket(db::Transaction& tx, const Uuid& facility, const Uuid& queue, Date day);
void insert(db::Transaction& tx, const domain::Entry& entry, const Uuid& origin_queue,
            const MakeEvents& events);
/// Saves the state after a decision, its history and events; answers the new version.
std::int64_t save(db::Transaction& tx, const domain::Entry& entry, const MakeEvents& events);

std::optional<Locked> lock(db::Transaction& tx, const Uuid& facility, const Uuid& id);
/// The first in order that no other clerk is calling at this moment; see lock_next_entry.
std::optional<Locked> lock_next(db::Transaction& tx, const Uuid& facility, const Uuid& queue,
                                std::optional<Uuid> doctor, Date day);
std::optional<Locked> lock_linkable(db::Transaction& tx, const Uuid& facility, const Uuid& patient,
                                    const Uuid& queue, Date day);
/// The entry that a fact about an appointment applies to: the last of its chain of transfers.
std::optional<Locked> lock_of_appointment(db::Transaction& tx, const Uuid& facility,
                                          const Uuid& appointment);
/// Follows transfers to the entry that goes on.
std::optional<Locked> lock_last(db::Transaction& tx, const Uuid& facility, const Uuid& id);

std::optional<domain::Entry> get(db::Session& session, const Uuid& facility, const Uuid& id);
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
/// In the order (created_at, id).
std::vector<domain::Entry> list(db::Session& session, const Uuid& facility,
                                const ListFilter& filter,
                                const std::optional<std::pair<Instant, Uuid>>& after, int limit);

struct Patient {
  Uuid id;
  std::string display_name;
  std::string mrn;
  bool active{false};
};
std::vector<Patient> patients(db::Session& session, const Uuid& facility,
                              const std::vector<Uuid>& ids);
std::vector<Patient> patients(db::Transaction& tx, const Uuid& facility,
                              const std::vector<Uuid>& ids);

struct Doctor {
  Uuid id;
  Uuid department_id;
  bool active{false};
};
std::optional<Doctor> doctor(db::Session& session, const Uuid& facility, const Uuid& id);

}  // namespace ambula::queue::store

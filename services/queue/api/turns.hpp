#pragma once

#include <functional>

#include <ambula/service/call.hpp>

#include "queue/events/recording.hpp"

// What the handlers of queue entries share.
namespace ambula::queue::api {

bool is_doctor_only(const service::Call& call);
std::vector<Uuid> patients_of(const domain::Entry& entry);
events::Act act_of(const service::Call& call);

/// Which entries a doctor (who holds no other role) works with: theirs, or unassigned in their
/// department.
struct DoctorsList {
  Uuid doctor_id;
  Uuid department_id;
  bool has(const domain::Entry& entry) const {
    return entry.doctor_id ? entry.doctor_id == doctor_id : entry.department_id == department_id;
  }
};
/// Of the caller; nullopt: they see the whole facility.
std::optional<DoctorsList> list_of(service::Call& call);
/// 403 `not-on-your-list`.
Result<void> check_visible(service::Call& call, const domain::Entry& entry);

using Decide = std::function<Result<domain::Decision>(db::Transaction&, const store::Locked&)>;
/// The course of every command on an entry: lock, access, version, decide, record, answer.
Result<service::Answer> command(service::Call& call, const Decide& decide);
/// Locks and checks what every command checks.
Result<store::Locked> lock_for(service::Call& call, db::Transaction& tx);

service::Answer answer(const domain::Entry& entry, const store::Names& names);

/// Whom an entry gets that comes into an emergency queue without a doctor [QUE-6].
std::optional<domain::Choice> choose_for_emergency(db::Transaction& tx, const domain::Entry& entry,
                                                   const domain::Queue& queue, Instant now);

/// 409 `already-queued` with the entry that stands there already.
Error already_queued(service::Call& call, Error error, const Uuid& patient, const Uuid& queue,
                     Date day);

}  // namespace ambula::queue::api

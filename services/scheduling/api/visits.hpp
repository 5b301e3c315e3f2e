#pragma once

#include <functional>

#include <ambula/service/call.hpp>

#include "scheduling/domain/appointment.hpp"
#include "scheduling/store/appointments.hpp"

// What the handlers of appointments share.
namespace ambula::scheduling::api {

/// Whether the caller may see this visit: patients their own, doctors (who hold no other role)
/// theirs. Others' visits do not exist for a patient (404) and are refused to a doctor (403).
Result<void> check_visible(const service::Call& call, const domain::Appointment& visit);

using Decide = std::function<Result<domain::Decision>(const store::Locked& locked)>;
/// Called after `evolve` with the state to be saved; may still refuse.
using Settle = std::function<Result<void>(db::Transaction& tx, domain::Appointment& visit)>;

/// The course of every command on an appointment: lock, access, version, decide, evolve, save with
/// events, answer.
Result<service::Answer> command(service::Call& call, const Decide& decide, bool needs_seat = false,
                                const Settle& settle = {});

}  // namespace ambula::scheduling::api

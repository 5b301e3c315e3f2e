#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include <ambula/service/call.hpp>

#include "scheduling/domain/appointment.hpp"
#include "scheduling/store/appointments.hpp"

// What the handlers of appointments share.
namespace ambula::scheduling::api {

/// Most searches find a time within it; only then the whole window is read.
constexpr std::chrono::days soon_days{7};

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

/// The name of a refusal that the database decides.
std::string_view to_code(store::Refusal refusal);
/// Its error, with the next free times of that doctor where another time could help.
Error refused(service::Call& call, store::Refusal refusal, const domain::Appointment& wanted,
              const domain::Rules& rules);

/// The level that a booking or search gets: staff may give it, a patient's comes from an
/// assessment.
Result<std::optional<domain::TriageLevel>> settle_level(service::Call& call,
                                                        std::optional<domain::TriageLevel> level,
                                                        const std::optional<Uuid>& assessment,
                                                        const Uuid& patient);

/// Runs a command again while it loses races over a seat or a time.
Result<service::Answer> again_while_racing(const std::function<Result<service::Answer>()>& run);

/// The cursor of a list in the order (time, id); 400 when it is another list's.
Result<std::optional<std::pair<Instant, Uuid>>> time_cursor(const service::PageRequest& page);

}  // namespace ambula::scheduling::api

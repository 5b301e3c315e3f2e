#pragma once

#include <optional>
#include <string>
#include <vector>

#include <ambula/service/call.hpp>

#include "scheduling/domain/appointment.hpp"
#include "scheduling/domain/disruption.hpp"

// What a change of hours does to booked visits [SCH-3, SCH-10].
namespace ambula::scheduling::api {

/// Beside the answer of a change that takes time away.
struct Effects {
  std::vector<Uuid> affected;  ///< BOOKED visits to come that lost their time
  std::optional<Uuid> disruption_id;
};

/// What took the time away.
struct Occasion {
  std::optional<Uuid> doctor_id;  ///< empty: a holiday
  TimeRange span;
  std::string reason;
};

/// Opens a disruption with a proposal for each visit; nothing when none lost its time.
Effects disrupt(service::Call& call, db::Transaction& tx, const domain::Rules& rules,
                const Occasion& occasion, const std::vector<domain::Appointment>& lost);

/// A disruption that found no visit to move: there is nothing left to do.
domain::Disruption store_settled(service::Call& call, db::Transaction& tx,
                                 const Occasion& occasion);

}  // namespace ambula::scheduling::api

#pragma once

#include <ambula/service/call.hpp>

#include "reports/gather.hpp"

namespace ambula::reports::api {

/// `GET /v1/dashboard`: the day in figures, for the caller's roles [REP-1].
Result<service::Answer> dashboard(const Gather& gather, service::Call& call);
/// `GET /v1/figures/doctors`: visits, time per visit, no-show rate, waits by department [REP-2].
Result<service::Answer> doctor_figures(const Gather& gather, service::Call& call);

}  // namespace ambula::reports::api

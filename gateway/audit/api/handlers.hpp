#pragma once

#include <ambula/service/call.hpp>

namespace ambula::audit::api {

/// `GET /v1/audit`: the rows of the caller's facility and failed sign-ins of nobody known, newest
/// first [AUD-1].
Result<service::Answer> list_audit(service::Call& call);

}  // namespace ambula::audit::api

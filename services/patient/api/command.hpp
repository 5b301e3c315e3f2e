#pragma once

#include <functional>
#include <string>
#include <vector>

#include <ambula/service/call.hpp>

#include "codec.hpp"
#include "patient/events/record.hpp"

// The course that every command on a patient's record takes.
namespace ambula::patient::api {

/// What the audit is told of a change.
service::Answer changed(service::Answer answer, const Uuid& id, std::vector<std::string> fields);

/// Who acts, and when.
events::Act act(const service::Call& call);

using Decide = std::function<Result<domain::Decision>(const domain::Patient& patient, Date today,
                                                      Sight sight)>;
using Encode = std::function<std::string(const domain::Patient& patient, Sight sight)>;

/// Lock, access, version, decide, save with events; answers the record, or what `encode_other`
/// makes of it.
Result<service::Answer> command(service::Call& call, const Decide& decide,
                                const Encode& encode_other = {});

}  // namespace ambula::patient::api

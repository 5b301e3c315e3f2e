#pragma once

#include <string>
#include <string_view>

#include <ambula/base/result.hpp>

#include "notification/domain/message.hpp"

// Bodies of this service's resources (schemas/openapi); the only file here that knows their JSON.
namespace ambula::notification::api {

std::string encode(const domain::Message& message);
/// `{reason}`, required.
Result<std::string> decode_resend(std::string_view body);

}  // namespace ambula::notification::api

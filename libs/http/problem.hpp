#pragma once

#include <string>
#include <string_view>

#include <ambula/base/error.hpp>
#include <ambula/http/message.hpp>

namespace ambula::http {

int status_of(ErrorKind kind);

/// The standard phrase of a status ("Not Found"); "Unknown" for others.
std::string_view reason_phrase(int status);

/// application/problem+json (RFC 9457): type, title, status, detail, instance, code, errors[],
/// traceId and the error's own members. `instance` is the route template, never the path. 401
/// carries `WWW-Authenticate: Bearer`, 503 and 429 `Retry-After: 1`.
Response problem(const Error& error, std::string_view instance = "",
                 std::string_view trace_id = "");

/// The same with a status that no ErrorKind has (408, 414, 417, 431, 505).
Response problem_with_status(int status, const Error& error, std::string_view instance = "",
                             std::string_view trace_id = "");

}  // namespace ambula::http

#pragma once

#include <string>
#include <string_view>

#include <ambula/http/message.hpp>

namespace ambula::edge {

/// The fields of a request that a service gets; all others stop here. The gateway's own (request
/// id, trace, deadline) are added by the caller.
http::Headers upstream_fields(const http::Headers& request);

/// The fields of an answer that leave; `own`: the gateway's own answers, which may set cookies. The
/// internal `ambula-` ones never do.
http::Headers outgoing_fields(const http::Headers& answer, bool own);

/// Path and query for the upstream, encoded anew.
std::string upstream_target(const http::Request& request);

/// The client's, when it is short and plain, else a new one.
std::string request_id_of(const http::Request& request);

}  // namespace ambula::edge

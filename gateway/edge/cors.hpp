#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <ambula/http/message.hpp>

namespace ambula::edge {

/// Whether pages of this origin may read our answers. Only what the operator listed, exactly
/// [ID-13].
bool allows_origin(const std::vector<std::string>& origins, std::string_view origin);

/// A browser's question before a request of another origin.
bool is_preflight(const http::Request& request);
/// Its answer for an origin that is allowed.
http::Response preflight_answer();

/// What an answer to an allowed origin says besides. No credentials: the cookie is for our own
/// pages.
void add_cors_fields(std::string_view origin, http::Headers& fields);

}  // namespace ambula::edge

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <ambula/service/call.hpp>

#include "identity/context.hpp"

// How tokens leave and come back: in bodies, or the refresh token as a cookie for browsers.
namespace ambula::identity::api {

/// 401 for whatever was wrong with a sign-in or a refresh.
Error bad_credentials();

/// The answer of a sign-in or a refresh: an access token, and the refresh token of `generation`.
service::Answer answer_tokens(const Context& context, const domain::Account& account,
                              const domain::Session& session, std::int64_t generation, Instant now);

/// Of the body, else of the cookie. A cookie counts only when the browser says that the page is
/// ours.
std::optional<std::string> presented_refresh_token(const http::Request& request,
                                                   const std::optional<std::string>& of_body);

/// Set-Cookie that makes the browser forget the refresh token.
std::string expired_cookie(const Context& context);

}  // namespace ambula::identity::api

#include "tokens.hpp"

#include <ambula/base/text.hpp>

#include "codec.hpp"

namespace ambula::identity::api {
namespace {

constexpr std::string_view cookie_name = "ambula_refresh";

std::string cookie(const Context& context, std::string_view value, std::chrono::seconds max_age) {
  std::string text(cookie_name);
  text.append("=").append(value).append("; Path=/v1/auth; HttpOnly; SameSite=Strict; Max-Age=");
  text += std::to_string(max_age.count());
  if (context.settings.secure_cookie) text += "; Secure";
  return text;
}

std::optional<std::string> cookie_of(const http::Request& request) {
  const auto header = request.headers.get("cookie");
  if (!header) return std::nullopt;
  for (const auto part : split(*header, ';')) {
    const auto pair = trim(part);
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != cookie_name) continue;
    return std::string(pair.substr(equals + 1));
  }
  return std::nullopt;
}

/// SameSite=Strict keeps other sites' requests from carrying the cookie; a browser that says where
/// the request comes from is held to it besides.
bool is_ours(const http::Request& request) {
  const auto site = request.headers.get("sec-fetch-site");
  return !site || *site == "same-origin" || *site == "none";
}

}  // namespace

Error bad_credentials() {
  return Error{ErrorKind::unauthenticated, "bad-credentials",
               "Login and password do not fit, or the sign-in has ended."};
}

service::Answer answer_tokens(const Context& context, const domain::Account& account,
                              const domain::Session& session, std::int64_t generation,
                              Instant now) {
  auto refresh_token = context.refresh_tokens.make(session.id, generation);
  Tokens tokens{.access_token = context.access_token(account, session.id, now),
                .expires_in_s = context.settings.session.access_token.count(),
                .refresh_token = {}};
  service::Answer answer;
  if (session.cookie) {
    const auto until = session.created_at + context.settings.session.absolute;
    answer.headers.emplace_back(
        "set-cookie",
        cookie(context, refresh_token, std::chrono::floor<std::chrono::seconds>(until - now)));
  } else {
    tokens.refresh_token = std::move(refresh_token);
  }
  answer.body = encode_tokens(tokens, account);
  return answer;
}

std::optional<std::string> presented_refresh_token(const http::Request& request,
                                                   const std::optional<std::string>& of_body) {
  if (of_body) return of_body;
  return is_ours(request) ? cookie_of(request) : std::nullopt;
}

std::string expired_cookie(const Context& context) {
  return cookie(context, "", std::chrono::seconds(0));
}

}  // namespace ambula::identity::api

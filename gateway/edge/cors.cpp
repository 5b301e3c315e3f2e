#include "cors.hpp"

#include <algorithm>

namespace ambula::edge {

bool allows_origin(const std::vector<std::string>& origins, std::string_view origin) {
  return std::ranges::find(origins, origin) != origins.end();
}

bool is_preflight(const http::Request& request) {
  return request.method == http::Method::options && request.headers.get("origin") &&
         request.headers.get("access-control-request-method");
}

http::Response preflight_answer() {
  http::Response response;
  response.status = 204;
  response.headers.add("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE");
  response.headers.add("access-control-allow-headers",
                       "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, "
                       "Ambula-Facility, Last-Event-ID, X-Request-Id, Traceparent");
  response.headers.add("access-control-max-age", "600");
  return response;
}

void add_cors_fields(std::string_view origin, http::Headers& fields) {
  fields.add("access-control-allow-origin", origin);
  fields.add("access-control-expose-headers",
             "ETag, Location, Link, Retry-After, X-Request-Id, Idempotency-Replayed, RateLimit, "
             "RateLimit-Policy, Content-Disposition");
  fields.add("vary", "Origin");
}

}  // namespace ambula::edge

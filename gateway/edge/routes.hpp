#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <ambula/auth/permissions.hpp>
#include <ambula/http/message.hpp>

namespace ambula::edge {

/// Who answers a route.
enum class Upstream : std::uint8_t {
  own,
  patient,
  scheduling,
  queue,
  consultation,
  pharmacy,
  notification,
  count_
};
std::string_view to_string(Upstream upstream);

/// One route of the whole installation. A path that is not in the table does not exist outside.
struct Route {
  http::Method method;
  std::string_view path;
  auth::Permission permission;
  Upstream upstream;
};

/// Every route of the gateway and the six services, in one readable table (routes.cpp). Services
/// check the permission again.
std::span<const Route> routes();

/// The table as JSON: method, path, permission, upstream, roles. For the route × role matrix of the
/// tests.
std::string routes_json();

}  // namespace ambula::edge

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ambula/http/message.hpp>

namespace ambula::http {

/// Finds the route of a path. Templates look like "/v1/appointments/{id}/cancel"; a literal segment
/// wins over a parameter. Matching costs one walk over the path's segments, no allocation but the
/// parameters.
class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  /// `route` is the caller's number for it. Two routes of equal method and shape stop the process.
  void add(Method method, std::string_view path_template, std::size_t route);

  struct Match {
    std::optional<std::size_t> route;  ///< empty: no route
    std::vector<std::pair<std::string, std::string>> params;
    std::string allow;  ///< when the path is known but not the method: the value of `Allow`
  };
  Match match(Method method, std::string_view path) const;

 private:
  struct Node;
  Node* root_;
};

}  // namespace ambula::http

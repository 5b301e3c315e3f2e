#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <ambula/http/message.hpp>

namespace ambula::reports {

/// One part of an answer: a public route of a service.
struct Ask {
  std::string part;
  std::string path;
  std::string query;
};

/// The bodies that came in time, by part.
using Told = std::map<std::string, std::string>;

/// How long all parts together may take.
inline constexpr std::chrono::milliseconds gather_limit{300};

/// Asks all at once, as the caller of `request`, and calls `done` once, on the I/O thread, when all
/// have answered or the deadline is there.
using Gather = std::function<void(const http::Request& request, std::vector<Ask> asks,
                                  std::chrono::steady_clock::time_point deadline,
                                  std::function<void(Told)> done)>;

}  // namespace ambula::reports

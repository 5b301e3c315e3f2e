#pragma once

#include <functional>
#include <string>
#include <vector>

#include <ambula/http/message.hpp>

namespace ambula::service {

/// One part that readiness tells of. A part that is not `required` only degrades: with Kafka away
/// commands still commit and their events wait, so taking the process out of service would make
/// things worse.
struct HealthPart {
  std::string name;
  bool required;
  std::function<bool()> healthy;
};

/// The admin port: /livez, /readyz, /startupz, /metrics.
http::Response answer_probe(const http::Request& request, bool started, bool draining,
                            const std::vector<HealthPart>& parts);

}  // namespace ambula::service

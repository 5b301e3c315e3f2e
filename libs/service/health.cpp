#include "health.hpp"

#include <ambula/base/text.hpp>
#include <ambula/observability/metrics.hpp>

namespace ambula::service {
namespace {

http::Response text_answer(int status, std::string_view type, std::string body) {
  http::Response response;
  response.status = status;
  response.headers.set("content-type", type);
  response.headers.set("cache-control", "no-store");
  response.body = std::move(body);
  return response;
}

std::string list(const std::vector<HealthPart>& parts) {
  std::string listed;
  for (const auto& part : parts) {
    listed += (listed.empty() ? "" : ",") + json_quote(part.name) + ":" +
              (part.healthy() ? "\"up\"" : "\"down\"");
  }
  return "{" + listed + "}";
}

http::Response readiness(bool started, bool draining, const std::vector<HealthPart>& parts) {
  bool ready = started && !draining;
  bool degraded = false;
  for (const auto& part : parts) {
    const bool healthy = part.healthy();
    ready = ready && (healthy || !part.required);
    degraded = degraded || !healthy;
  }
  const char* status = draining   ? "draining"
                       : !ready   ? "not-ready"
                       : degraded ? "degraded"
                                  : "ready";
  return text_answer(ready ? 200 : 503, "application/json",
                     std::string(R"({"status":")") + status + R"(","parts":)" + list(parts) + "}");
}

}  // namespace

http::Response answer_probe(const http::Request& request, bool started, bool draining,
                            const std::vector<HealthPart>& parts) {
  if (request.path == "/livez")
    return text_answer(200, "application/json", R"({"status":"alive"})");
  if (request.path == "/startupz") {
    return text_answer(started ? 200 : 503, "application/json",
                       started ? R"({"status":"started"})"
                               : R"({"status":"starting","parts":)" + list(parts) + "}");
  }
  if (request.path == "/readyz") return readiness(started, draining, parts);
  if (request.path == "/metrics") {
    return text_answer(200, "text/plain; version=0.0.4; charset=utf-8", metrics::exposition());
  }
  return text_answer(404, "application/json", R"({"status":"no such probe"})");
}

}  // namespace ambula::service

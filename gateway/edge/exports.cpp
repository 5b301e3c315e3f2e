#include "exports.hpp"

#include <algorithm>
#include <array>

namespace ambula::edge {
namespace {

constexpr std::size_t value_bytes_max = 40;
/// Ids, days, states: whatever is typed as one of them.
constexpr std::array<std::string_view, 14> told_filters = {
    "action", "active", "actor_id",   "date",    "department_id", "doctor_id", "from",
    "low",    "status", "fulfilment", "pending", "queue_id",      "specialty", "to"};

bool is_told(std::string_view name, std::string_view value) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_:.+").find(c) != std::string_view::npos;
  };
  return std::ranges::find(told_filters, name) != told_filters.end() &&
         value.size() <= value_bytes_max && std::ranges::all_of(value, plain);
}

}  // namespace

bool is_export(const http::Response& answer) {
  return answer.stream && answer.headers.get("content-type").value_or("").starts_with("text/csv");
}

std::string export_resource(const http::Request& request) {
  std::string resource = "export";
  for (const auto& [name, value] : request.query) {
    if (name == "format") continue;
    resource += (resource == "export" ? ":" : ",") + name;
    if (is_told(name, value)) resource += "=" + value;
  }
  return resource;
}

std::optional<Uuid> patient_of_export(const http::Request& request) {
  for (const auto& [name, value] : request.query) {
    if (name == "patient_id") return Uuid::parse(value);
  }
  return std::nullopt;
}

void RecordCount::see(std::string_view bytes) {
  for (const char c : bytes) {
    if (c == '"') quoted_ = !quoted_;
    if (c == '\n' && !quoted_) ++lines_;
  }
}

}  // namespace ambula::edge

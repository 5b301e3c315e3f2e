#include "codec.hpp"

#include <ambula/json/json.hpp>

namespace ambula::audit::api {

std::string encode(const Row& row) {
  json::Value value;
  value["id"] = row.id.str();
  value["at"] = json::of(row.at);
  json::put(value, "facility_id", row.facility_id);
  json::put(value, "actor_id", row.actor_id);
  json::put(value, "actor_login", row.actor_login);
  value["action"] = row.action;
  value["method"] = row.method;
  value["path_template"] = row.path_template;
  json::put(value, "patient_id", row.patient_id);
  json::put(value, "resource", row.resource);
  if (!row.changed.empty()) value["changed"] = row.changed;
  json::put(value, "rows", row.row_count);
  value["outcome"] = row.outcome;
  value["request_id"] = row.request_id;
  value["remote_addr"] = row.remote_addr;
  return json::dump(value);
}

std::vector<std::string> csv_head() {
  return {"at",     "facility_id",   "actor_id",   "actor_login", "action",
          "method", "path_template", "patient_id", "resource",    "changed",
          "rows",   "outcome",       "request_id", "remote_addr"};
}

std::vector<std::string> csv_cells(const Row& row) {
  const auto id = [](const std::optional<Uuid>& value) { return value ? value->str() : ""; };
  std::string changed;
  for (const auto& name : row.changed)
    changed += (changed.empty() ? "" : " ") + name;
  return {format_instant(row.at),
          id(row.facility_id),
          id(row.actor_id),
          row.actor_login.value_or(""),
          row.action,
          row.method,
          row.path_template,
          id(row.patient_id),
          row.resource.value_or(""),
          changed,
          row.row_count ? std::to_string(*row.row_count) : "",
          row.outcome,
          row.request_id,
          row.remote_addr};
}

}  // namespace ambula::audit::api

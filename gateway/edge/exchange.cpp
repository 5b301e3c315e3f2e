#include "exchange.hpp"

#include <ambula/base/text.hpp>

#include "edge/exports.hpp"

namespace ambula::edge {
namespace {

constexpr std::size_t audited_patients_max = 200;

std::vector<Uuid> patients_of(const http::Response& answer) {
  std::vector<Uuid> patients;
  const auto header = answer.headers.get("ambula-patients");
  if (!header) return patients;
  for (const auto text : split(*header, ',')) {
    const auto id = Uuid::parse(trim(text));
    if (id && patients.size() < audited_patients_max) patients.push_back(*id);
  }
  return patients;
}

audit::Row row_of(const Exchange& exchange, Instant at) {
  audit::Row row;
  row.at = at;
  row.action = auth::to_string(exchange.route->permission);
  row.method = http::to_string(exchange.request->method);
  row.path_template = exchange.route->path;
  row.request_id = exchange.request_id;
  row.remote_addr = exchange.request->remote_addr;
  if (const auto* principal = exchange.principal.get()) {
    row.actor_id = principal->account_id;
    row.actor_login = principal->login;
    if (!principal->facility_id.is_nil()) row.facility_id = principal->facility_id;
  }
  return row;
}

/// An act for no facility (an administrator of the installation, a change of one's own password) is
/// shown to the administrators of those it concerned.
std::vector<audit::Row> for_each_facility(const audit::Row& row, const http::Response& answer) {
  const auto header = answer.headers.get("ambula-facilities");
  if (row.facility_id || !header) return {row};
  std::vector<audit::Row> rows;
  for (const auto text : split(*header, ',')) {
    rows.push_back(row);
    rows.back().facility_id = Uuid::parse(text);
  }
  return rows;
}

/// What was watched: the names of the filters, never their values.
std::string stream_resource(const http::Request& request) {
  std::string resource = "stream";
  for (const auto& [name, value] : request.query)
    resource += (resource == "stream" ? ":" : ",") + name;
  return resource;
}

/// Whose record was not given: its kind and id, as the path names them.
std::optional<std::string> resource_of_path(std::string_view path) {
  std::string_view kind;
  for (const auto segment : split(path, '/')) {
    if (Uuid::parse(segment)) return std::string(kind) + "/" + std::string(segment);
    kind = segment;
  }
  return std::nullopt;
}

}  // namespace

std::vector<audit::Row> audit_rows_of(const Exchange& exchange, const http::Response& answer,
                                      Instant at) {
  const auto patients = patients_of(answer);
  const auto resource = answer.headers.get("ambula-resource");
  const auto changed = answer.headers.get("ambula-changed");
  // Who is in a stream is not known when it begins; that it was opened is.
  const bool opaque_stream =
      answer.stream && exchange.route->permission != auth::Permission::anyone;
  const bool denied = answer.status == 403 && exchange.principal;  // somebody tried
  if (patients.empty() && !resource && !changed && !opaque_stream && !denied) return {};
  auto row = row_of(exchange, at);
  if (resource) row.resource = std::string(*resource);
  if (denied && !resource) row.resource = resource_of_path(exchange.request->path);
  if (opaque_stream && !resource) {
    const bool table = is_export(answer);
    row.resource = table ? export_resource(*exchange.request) : stream_resource(*exchange.request);
    if (table) row.patient_id = patient_of_export(*exchange.request);
  }
  if (changed) {
    for (const auto name : split(*changed, ','))
      row.changed.emplace_back(name);
  }
  if (answer.status >= 400) row.outcome = audit::outcome_refused;
  if (patients.empty()) return for_each_facility(row, answer);
  return audit::for_each_patient(row, patients);
}

}  // namespace ambula::edge

#include "exchange.hpp"

#include <ambula/base/text.hpp>

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

}  // namespace

std::vector<audit::Row> audit_rows_of(const Exchange& exchange, const http::Response& answer,
                                      Instant at) {
  const auto patients = patients_of(answer);
  const auto resource = answer.headers.get("ambula-resource");
  const auto changed = answer.headers.get("ambula-changed");
  // Who is in a stream is not known when it begins; that it was opened is.
  const bool opaque_stream =
      answer.stream && exchange.route->permission != auth::Permission::anyone;
  if (patients.empty() && !resource && !changed && !opaque_stream) return {};
  auto row = row_of(exchange, at);
  if (resource) row.resource = std::string(*resource);
  if (opaque_stream && !resource) row.resource = "stream";
  if (changed) {
    for (const auto name : split(*changed, ','))
      row.changed.emplace_back(name);
  }
  if (answer.status >= 400) row.outcome = audit::outcome_refused;
  return audit::for_each_patient(row, patients);
}

}  // namespace ambula::edge

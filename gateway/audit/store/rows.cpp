#include "rows.hpp"

#include <audit/sql.hpp>

namespace ambula::audit::store {
namespace {

using OptionalTexts = std::vector<std::optional<std::string>>;

std::optional<std::string> text_of(const std::optional<Uuid>& id) {
  if (!id) return std::nullopt;
  return id->str();
}

std::optional<std::string> number_of(const std::optional<std::int64_t>& count) {
  if (!count) return std::nullopt;
  return std::to_string(*count);
}

std::optional<std::string> joined(const std::vector<std::string>& names) {
  if (names.empty()) return std::nullopt;
  std::string text;
  for (const auto& name : names)
    text += (text.empty() ? "" : ",") + name;
  return text;
}

/// The rows turned into the fifteen columns of insert_audit_rows.
struct Columns {
  std::vector<Instant> at;
  std::vector<Uuid> id;
  OptionalTexts facility_id, actor_id, actor_login, patient_id, resource, changed, row_count;
  std::vector<std::string> action, method, path_template, outcome, request_id, remote_addr;

  void add(const Row& row) {
    id.push_back(Uuid::make(row.at));
    at.push_back(row.at);
    facility_id.push_back(text_of(row.facility_id));
    actor_id.push_back(text_of(row.actor_id));
    actor_login.push_back(row.actor_login);
    action.push_back(row.action);
    method.push_back(row.method);
    path_template.push_back(row.path_template);
    patient_id.push_back(text_of(row.patient_id));
    resource.push_back(row.resource);
    changed.push_back(joined(row.changed));
    row_count.push_back(number_of(row.row_count));
    outcome.push_back(row.outcome);
    request_id.push_back(row.request_id);
    remote_addr.push_back(row.remote_addr);
  }

  db::Params params() const {
    return db::Params::of(id, at, facility_id, actor_id, actor_login, action, method, path_template,
                          patient_id, resource, changed, row_count, outcome, request_id,
                          remote_addr);
  }
};

db::Params params_of(std::span<const Row> rows) {
  Columns columns;
  for (const auto& row : rows)
    columns.add(row);
  return columns.params();
}

Row to_row(const db::Row& row) {
  return {.id = row.get<Uuid>("id"),
          .at = row.get<Instant>("at"),
          .facility_id = row.get<std::optional<Uuid>>("facility_id"),
          .actor_id = row.get<std::optional<Uuid>>("actor_id"),
          .actor_login = row.get<std::optional<std::string>>("actor_login"),
          .action = row.get<std::string>("action"),
          .method = row.get<std::string>("method"),
          .path_template = row.get<std::string>("path_template"),
          .patient_id = row.get<std::optional<Uuid>>("patient_id"),
          .resource = row.get<std::optional<std::string>>("resource"),
          .changed = row.get<std::vector<std::string>>("changed"),
          .row_count = row.get<std::optional<std::int64_t>>("row_count"),
          .outcome = row.get<std::string>("outcome"),
          .request_id = row.get<std::string>("request_id"),
          .remote_addr = row.get<std::string>("remote_addr")};
}

}  // namespace

void insert(db::Transaction& tx, std::span<const Row> rows) {
  tx.exec_params(sql::insert_audit_rows, params_of(rows));
}

Result<void> insert(db::Session& session, std::span<const Row> rows) {
  auto done = session.execute_params(sql::insert_audit_rows, params_of(rows));
  if (!done) return done.error();
  return {};
}

std::vector<Row> list(db::Session& session, const Filter& filter, const After& after, int limit) {
  std::optional<Instant> at;
  std::optional<Uuid> id;
  if (after) std::tie(at, id) = *after;
  const auto found =
      filter.facility_id
          ? session.read(sql::list_audit_rows_of_facility, filter.patient_id, filter.actor_id,
                         filter.action, filter.from, filter.to, at, id, limit, *filter.facility_id)
          : session.read(sql::list_audit_rows, filter.patient_id, filter.actor_id, filter.action,
                         filter.from, filter.to, at, id, limit);
  std::vector<Row> rows;
  for (const auto row : found)
    rows.push_back(to_row(row));
  return rows;
}

std::string zone_of(db::Session& session, const Uuid& facility) {
  const auto rows = session.read(sql::zone_of_facility, facility);
  return rows.empty() ? "UTC" : rows[0].get<std::string>("zone");
}

}  // namespace ambula::audit::store

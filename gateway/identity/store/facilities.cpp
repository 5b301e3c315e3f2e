#include "facilities.hpp"

#include <identity/sql.hpp>

#include "rows.hpp"

namespace ambula::identity::store {
namespace {

/// The parameters that insert and save have in common, in the statements' order.
db::Params params_of(const domain::Facility& facility, Instant at, const Uuid& by,
                     const outbox::Events& events) {
  const auto& settings = facility.settings;
  return db::Params::of(facility.id, facility.code, facility.name, facility.zone, facility.currency,
                        facility.locale, facility.address, facility.phone, settings.day_cap,
                        settings.urgent_seats, settings.desk_may_complete,
                        settings.no_show_grace_min, settings.max_calls, settings.staging_factor,
                        settings.reminders_min, settings.prescription_days, settings.reservation_h,
                        settings.visitor_days, settings.stock_digest_to, at, by, events);
}

}  // namespace

void insert(db::Transaction& tx, const domain::Facility& facility, const outbox::Events& events) {
  tx.exec_params(sql::insert_facility, params_of(facility, facility.record.created_at,
                                                 facility.record.created_by, events));
}

std::optional<domain::Facility> lock_facility(db::Transaction& tx, const Uuid& id) {
  const auto rows = tx.exec(sql::lock_facility, id);
  if (rows.empty()) return std::nullopt;
  return to_facility(rows.front());
}

std::int64_t save(db::Transaction& tx, const domain::Facility& facility,
                  const outbox::Events& events) {
  return tx
      .exec_params(sql::save_facility, params_of(facility, facility.record.updated_at,
                                                 facility.record.updated_by, events))
      .front()
      .get<std::int64_t>("version");
}

std::optional<domain::Facility> get_facility(db::Session& session, const Uuid& id) {
  const auto rows = session.read(sql::get_facility, id);
  if (rows.empty()) return std::nullopt;
  return to_facility(rows.front());
}

std::optional<domain::Facility> get_facility(db::Transaction& tx, const Uuid& id) {
  const auto rows = tx.exec(sql::get_facility, id);
  if (rows.empty()) return std::nullopt;
  return to_facility(rows.front());
}

std::vector<domain::Facility> list_facilities(db::Session& session, const TextCursor& after,
                                              int limit) {
  std::optional<std::string> code;
  std::optional<Uuid> id;
  if (after) std::tie(code, id) = *after;
  std::vector<domain::Facility> facilities;
  for (const auto row : session.read(sql::list_facilities, code, id, limit)) {
    facilities.push_back(to_facility(row));
  }
  return facilities;
}

bool facilities_exist(db::Transaction& tx, const std::vector<Uuid>& ids) {
  return tx.exec(sql::unknown_facilities, ids).empty();
}

void lock_first_start(db::Transaction& tx) {
  tx.exec(sql::lock_first_start);
}

std::optional<Uuid> first_facility(db::Transaction& tx) {
  const auto rows = tx.exec(sql::any_facility);
  if (rows.empty()) return std::nullopt;
  return rows.front().get<Uuid>("id");
}

}  // namespace ambula::identity::store

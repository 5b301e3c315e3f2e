#include "alerts.hpp"

#include <array>
#include <pharmacy/sql.hpp>

#include <ambula/base/check.hpp>

#include "rows.hpp"

namespace ambula::pharmacy::store {
namespace {

constexpr std::array<std::string_view, 4> kind_names = {"LOW", "OUT", "EXPIRING", "EXPIRED"};

Alert to_alert(const db::Row& row) {
  return {.kind = row.get<std::string>("kind"),
          .medicine_id = row.get<Uuid>("medicine_id"),
          .name = row.get<std::string>("name"),
          .strength = row.get<std::string>("strength"),
          .form = row.get<std::string>("form"),
          .lot_id = row.get<std::optional<Uuid>>("lot_id"),
          .lot_number = row.get<std::optional<std::string>>("lot_number"),
          .lot_status = row.get<std::optional<std::string>>("lot_status"),
          .expires_on = row.get<std::optional<Date>>("expires_on"),
          .within_days = row.get<std::optional<int>>("within_days"),
          .on_hand = row.get<std::int64_t>("on_hand"),
          .available = row.get<std::int64_t>("available"),
          .minimum_level = row.get<int>("minimum_level"),
          .since = row.get<Instant>("since")};
}

}  // namespace

std::string_view to_string(AlertKind kind) {
  return kind_names[static_cast<std::size_t>(kind)];
}

AlertPlace place_of(const Alert& alert) {
  return {alert.name, alert.medicine_id, alert.kind, alert.lot_id.value_or(Uuid{})};
}

std::vector<Alert> list_alerts(db::Session& session, const Uuid& facility, const Day& day,
                               const AlertFilter& filter, const std::optional<AlertPlace>& after,
                               int limit) {
  const auto kind =
      filter.kind ? std::optional(std::string(to_string(*filter.kind))) : std::nullopt;
  const auto part = [&](auto member) {
    return after ? std::optional((*after).*member) : std::nullopt;
  };
  std::vector<Alert> alerts;
  for (const auto row : session.read(sql::list_alerts, facility, day.today, day.now, day.zone, kind,
                                     filter.medicine_id, filter.within_days,
                                     part(&AlertPlace::name), part(&AlertPlace::medicine_id),
                                     part(&AlertPlace::kind), part(&AlertPlace::lot_id), limit)) {
    alerts.push_back(to_alert(row));
  }
  return alerts;
}

void begin_stock_day(db::Session& session, Instant now) {
  (void)session.execute(sql::begin_stock_day, now);
}

std::vector<Touched> take_touched(db::Transaction& tx) {
  std::vector<Touched> touched;
  for (const auto row : tx.exec(sql::take_touched)) {
    touched.push_back(
        {row.get<Uuid>("facility_id"), row.get<Uuid>("medicine_id"), row.get<std::string>("zone")});
  }
  return touched;
}

std::optional<Told> lock_told(db::Transaction& tx, const Uuid& facility, const Uuid& medicine) {
  const auto rows = tx.exec(sql::lock_told, medicine, facility);
  if (rows.empty()) return std::nullopt;
  const auto level = domain::parse_level(rows.front().text("told_level"));
  AMBULA_CHECK(level.has_value());
  Told told{to_medicine(rows.front()), *level, {}};
  for (const auto row : tx.exec(sql::lots_to_tell_of, facility, medicine))
    told.lots.push_back({to_lot(row), row.get<std::optional<int>>("within_days")});
  return told;
}

void save_told(db::Transaction& tx, const domain::Medicine& medicine, const domain::News& news,
               const outbox::Events& events, Instant now) {
  std::vector<Uuid> lots;
  std::vector<int> within_days;
  for (const auto& notice : news.notices) {
    lots.push_back(notice.lot_id);
    within_days.push_back(notice.within_days);
  }
  tx.exec(sql::save_told, medicine.id, medicine.facility_id, to_string(news.level), now, lots,
          within_days, events);
}

}  // namespace ambula::pharmacy::store

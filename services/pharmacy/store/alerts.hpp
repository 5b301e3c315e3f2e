#pragma once

#include <ambula/db/session.hpp>
#include <ambula/outbox/outbox.hpp>

#include "pharmacy/domain/alerts.hpp"

// What is short or near its end, and what was told of it [INV-3].
namespace ambula::pharmacy::store {

enum class AlertKind { low, out, expiring, expired };
std::string_view to_string(AlertKind kind);

struct Alert {
  std::string kind;
  Uuid medicine_id;
  std::string name;
  std::string strength;
  std::string form;
  std::optional<Uuid> lot_id;
  std::optional<std::string> lot_number;
  std::optional<std::string> lot_status;
  std::optional<Date> expires_on;
  std::optional<int> within_days;
  std::int64_t on_hand{0};
  std::int64_t available{0};
  int minimum_level{0};
  Instant since;
};
struct AlertFilter {
  std::optional<AlertKind> kind;
  std::optional<Uuid> medicine_id;
  std::optional<int> within_days;
};
/// By medicine's name, medicine, kind, lot.
struct AlertPlace {
  std::string name;
  Uuid medicine_id;
  std::string kind;
  Uuid lot_id;
};
AlertPlace place_of(const Alert& alert);
/// A facility's day and what it is reckoned by.
struct Day {
  Date today;
  Instant now;
  std::string zone;
};
std::vector<Alert> list_alerts(db::Session& session, const Uuid& facility, const Day& day,
                               const AlertFilter& filter, const std::optional<AlertPlace>& after,
                               int limit);

/// Marks every medicine of a facility whose local day has changed as touched.
void begin_stock_day(db::Session& session, Instant now);
struct Touched {
  Uuid facility_id;
  Uuid medicine_id;
  std::string zone;
};
/// Some of the medicines whose stock has moved, once, in the order of their ids.
std::vector<Touched> take_touched(db::Transaction& tx);
/// A medicine and what was told of it, locked.
struct Told {
  domain::Medicine medicine;
  domain::Level level;
  std::vector<domain::ToldLot> lots;
};
std::optional<Told> lock_told(db::Transaction& tx, const Uuid& facility, const Uuid& medicine);
void save_told(db::Transaction& tx, const domain::Medicine& medicine, const domain::News& news,
               const outbox::Events& events, Instant now);

}  // namespace ambula::pharmacy::store

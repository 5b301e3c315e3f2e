#include <notification/sql.hpp>

#include "codec.hpp"
#include "handlers.hpp"

namespace ambula::notification::events {
namespace {

using namespace std::chrono_literals;

/// A delivery or a stock-take touches many medicines within a moment: they are one mail.
constexpr auto collected = 30s;
constexpr auto stale_after = 24h;

/// NONE where all is well again; nothing for a type that we do not know.
std::optional<std::string_view> kind_of(std::string_view type) {
  if (type == "StockLow") return "LOW";
  if (type == "StockOut") return "OUT";
  if (type == "StockReplenished") return "NONE";
  if (type == "LotExpiring") return "EXPIRING";
  if (type == "LotExpired") return "EXPIRED";
  if (type == "LotRecalled") return "RECALLED";
  return std::nullopt;
}

/// Whether it is something to tell.
Result<bool> project(outbox::Delivery& delivery, std::string_view kind) {
  const auto& event = delivery.event;
  const auto told =
      delivery.now - event.time > stale_after ? std::optional(Uuid{}) : std::optional<Uuid>{};
  const auto saved = [&](const auto&... fields) {
    return delivery.tx.exec(sql::project_stock_alert, event.facility_id, fields...,
                            event.aggregate_version, told);
  };
  if (event.type.starts_with("Stock")) {
    const auto fact = decode_stock_level(event.data);
    if (!fact) return fact.error();
    return saved(fact->medicine_id, Uuid{}, kind, std::nullopt, fact->medicine, fact->available,
                 fact->minimum_level, "", std::nullopt)
        .front()
        .template get<bool>("news");
  }
  const auto fact = decode_stock_lot(event.data);
  if (!fact) return fact.error();
  return saved(fact->medicine_id, fact->lot_id, kind, fact->within_days, fact->medicine,
               fact->on_hand, std::int64_t{0}, fact->lot_number, fact->expires_on)
      .front()
      .template get<bool>("news");
}

}  // namespace

/// What the facility's digest will say, and when it goes out [INV-3].
Result<void> on_stock(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (event.tombstone || !event.facility_id) return {};
  const auto kind = kind_of(event.type);
  if (!kind) return outbox::ignored();
  const auto news = project(delivery, *kind);
  if (!news) return news.error();
  if (*news) delivery.tx.exec(sql::schedule_digest, event.facility_id, delivery.now + collected);
  return {};
}

}  // namespace ambula::notification::events

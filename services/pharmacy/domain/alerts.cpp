#include "alerts.hpp"

#include <array>

namespace ambula::pharmacy::domain {
namespace {

constexpr std::array<std::string_view, 3> level_names = {"OK", "LOW", "OUT"};
constexpr std::array<std::string_view, 5> stock_event_names = {
    "StockLow", "StockOut", "StockReplenished", "LotExpiring", "LotExpired"};

StockEventKind told_by(Level level) {
  if (level == Level::low) return StockEventKind::low;
  return level == Level::out ? StockEventKind::out : StockEventKind::replenished;
}

void tell_of_lot(const ToldLot& known, Date today, News& news) {
  const auto notice = expiry_notice(known.lot, today);
  if (notice == known.told) return;
  news.notices.push_back({known.lot.id, notice.value_or(-1)});
  if (!notice) return;
  if (*notice == 0) {
    news.events.push_back({StockEventKind::lot_expired, known.lot});
  } else {
    news.events.push_back({StockEventKind::lot_expiring, known.lot, notice});
  }
}

}  // namespace

std::string_view to_string(Level level) {
  return level_names[static_cast<std::size_t>(level)];
}
std::optional<Level> parse_level(std::string_view text) {
  for (std::size_t i = 0; i < level_names.size(); ++i) {
    if (level_names[i] == text) return static_cast<Level>(i);
  }
  return std::nullopt;
}
std::string_view to_string(StockEventKind kind) {
  return stock_event_names[static_cast<std::size_t>(kind)];
}

Level level_of(const Medicine& medicine, std::int64_t available) {
  if (!medicine.active) return Level::ok;
  if (available == 0) return Level::out;
  return available <= medicine.minimum_level ? Level::low : Level::ok;
}

std::optional<int> expiry_notice(const Lot& lot, Date today) {
  if (lot.on_hand == 0 || lot.status == LotStatus::disposed) return std::nullopt;
  if (is_expired(lot, today)) return 0;
  if (lot.status == LotStatus::recalled) return std::nullopt;
  const auto left = std::chrono::sys_days{lot.expires_on} - std::chrono::sys_days{today};
  for (const int days : {30, 60, 90}) {
    if (left <= std::chrono::days{days}) return days;
  }
  return std::nullopt;
}

News news_of(const Medicine& medicine, Level told, const std::vector<ToldLot>& lots, Date today) {
  News news{.level = told, .stock = {}, .events = {}, .notices = {}};
  for (const auto& [lot, unused] : lots) {
    news.stock.on_hand += lot.on_hand;
    news.stock.reserved += lot.reserved;
    news.stock.available += available(lot, today);
  }
  news.level = level_of(medicine, news.stock.available);
  // A medicine that is given up is no longer short: whoever was told that it is must hear it.
  if (news.level != told) news.events.push_back({told_by(news.level)});
  for (const auto& lot : lots)
    tell_of_lot(lot, today, news);
  return news;
}

}  // namespace ambula::pharmacy::domain

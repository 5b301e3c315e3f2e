#pragma once

#include "stock.hpp"

namespace ambula::pharmacy::domain {

/// How much of a medicine there is. A medicine that nobody uses any more is never short.
enum class Level { ok, low, out };
std::string_view to_string(Level level);
std::optional<Level> parse_level(std::string_view text);
/// OUT: nothing available. LOW: available ≤ the minimum level.
Level level_of(const Medicine& medicine, std::int64_t available);

/// 30, 60 or 90: the lot's last usable day is so near; 0: it has passed; absent: neither, or there
/// is nothing left, or it cannot be used anyway.
std::optional<int> expiry_notice(const Lot& lot, Date today);

enum class StockEventKind { low, out, replenished, lot_expiring, lot_expired };
/// "StockLow" …
std::string_view to_string(StockEventKind kind);
struct StockEvent {
  StockEventKind kind;
  std::optional<Lot> lot{};  ///< of the lot_… kinds
  std::optional<int> within_days{};
};

/// A lot and what was told of its end last.
struct ToldLot {
  Lot lot;
  std::optional<int> told;
};
struct Notice {
  Uuid lot_id;
  int within_days;  ///< -1: what was told holds no longer
};
/// What is new about a medicine since it was told of last: each change is told once [INV-3].
struct News {
  Level level;
  StockLevel stock;
  std::vector<StockEvent> events;
  std::vector<Notice> notices;
};
/// `lots`: all that hold something or were told of.
News news_of(const Medicine& medicine, Level told, const std::vector<ToldLot>& lots, Date today);

}  // namespace ambula::pharmacy::domain

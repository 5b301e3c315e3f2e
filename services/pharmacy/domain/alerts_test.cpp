#include "alerts.hpp"

#include <gtest/gtest.h>

// What is low, out, near its end or expired, told once per change [INV-3].
namespace ambula::pharmacy::domain::alerts_test {

const Date today = *parse_date("2026-06-01");

Date day(int offset) {
  return Date{std::chrono::sys_days{today} + std::chrono::days{offset}};
}

Lot lot(int on_hand, int expires_in = 200, LotStatus status = LotStatus::available) {
  Lot l;
  l.id = Uuid::make();
  l.on_hand = on_hand;
  l.expires_on = day(expires_in);
  l.status = status;
  return l;
}

Medicine medicine(int minimum_level, bool active = true) {
  Medicine m;
  m.minimum_level = minimum_level;
  m.active = active;
  return m;
}

std::vector<StockEventKind> kinds(const News& news) {
  std::vector<StockEventKind> kinds;
  for (const auto& event : news.events)
    kinds.push_back(event.kind);
  return kinds;
}

TEST(Level, IsLowAtTheMinimumAndOutAtNothing) {
  EXPECT_EQ(level_of(medicine(10), 11), Level::ok);
  EXPECT_EQ(level_of(medicine(10), 10), Level::low);
  EXPECT_EQ(level_of(medicine(10), 0), Level::out);
  EXPECT_EQ(level_of(medicine(0), 1), Level::ok);
  EXPECT_EQ(level_of(medicine(0), 0), Level::out);
  EXPECT_EQ(level_of(medicine(10, false), 0), Level::ok) << "nobody uses it any more";
}

TEST(Expiry, BeginsAtNinetyDaysAndEndsWithTheLot) {
  const auto notice = [](int expires_in) { return expiry_notice(lot(1, expires_in), today); };
  EXPECT_EQ(notice(91), std::nullopt);
  EXPECT_EQ(notice(90), 90);
  EXPECT_EQ(notice(61), 90);
  EXPECT_EQ(notice(60), 60);
  EXPECT_EQ(notice(31), 60);
  EXPECT_EQ(notice(30), 30);
  EXPECT_EQ(notice(0), 30) << "the last usable day is usable";
  EXPECT_EQ(notice(-1), 0);
  EXPECT_EQ(expiry_notice(lot(0, -1), today), std::nullopt) << "nothing is left";
  EXPECT_EQ(expiry_notice(lot(1, 5, LotStatus::quarantined), today), 30);
  EXPECT_EQ(expiry_notice(lot(1, 5, LotStatus::recalled), today), std::nullopt);
  EXPECT_EQ(expiry_notice(lot(1, -1, LotStatus::recalled), today), 0) << "it must still go";
}

TEST(News, OnlyExpiredStockCountsAsOut) {
  const auto news = news_of(medicine(5), Level::ok, {{lot(100, -1), 0}}, today);
  EXPECT_EQ(kinds(news), (std::vector{StockEventKind::out}));
  EXPECT_EQ(news.stock.on_hand, 100);
  EXPECT_EQ(news.stock.available, 0);
}

TEST(News, EachChangeOfLevelIsToldOnce) {
  const auto told = [](Level before, int on_hand) {
    return kinds(news_of(medicine(10), before, {{lot(on_hand), std::nullopt}}, today));
  };
  using K = StockEventKind;
  const std::vector<K> nothing;
  EXPECT_EQ(told(Level::ok, 10), std::vector{K::low});
  EXPECT_EQ(told(Level::low, 9), nothing) << "still low";
  EXPECT_EQ(told(Level::low, 0), std::vector{K::out});
  EXPECT_EQ(told(Level::out, 0), nothing);
  EXPECT_EQ(told(Level::out, 5), std::vector{K::low});
  EXPECT_EQ(told(Level::out, 50), std::vector{K::replenished});
  EXPECT_EQ(told(Level::low, 50), std::vector{K::replenished});
  EXPECT_EQ(told(Level::ok, 50), nothing);
}

TEST(News, AMedicineThatIsGivenUpIsNoLongerShort) {
  const auto news = news_of(medicine(10, false), Level::out, {}, today);
  EXPECT_EQ(news.level, Level::ok);
  EXPECT_EQ(kinds(news), std::vector{StockEventKind::replenished}) << "or digests list it for ever";
  EXPECT_TRUE(news_of(medicine(10, false), Level::ok, {}, today).events.empty());
}

TEST(News, EachStepOfALotIsToldOnceAndForgottenWhenItIsGone) {
  const auto step = [](const Lot& l, std::optional<int> told) {
    return news_of(medicine(0), Level::ok, {{l, told}, {lot(1000), std::nullopt}}, today);
  };
  auto near = step(lot(5, 80), std::nullopt);
  ASSERT_EQ(kinds(near), std::vector{StockEventKind::lot_expiring});
  EXPECT_EQ(near.events[0].within_days, 90);
  EXPECT_EQ(near.notices[0].within_days, 90);
  EXPECT_TRUE(step(lot(5, 80), 90).events.empty());
  EXPECT_EQ(step(lot(5, 60), 90).events[0].within_days, 60);
  EXPECT_EQ(step(lot(5, 20), std::nullopt).events[0].within_days, 30) << "received late: once";
  EXPECT_EQ(kinds(step(lot(5, -1), 30)), std::vector{StockEventKind::lot_expired});
  EXPECT_TRUE(step(lot(5, -1), 0).events.empty());
  const auto gone = step(lot(0, -1), 0);
  EXPECT_TRUE(gone.events.empty());
  EXPECT_EQ(gone.notices[0].within_days, -1) << "found again, it is told again";
}

}  // namespace ambula::pharmacy::domain::alerts_test

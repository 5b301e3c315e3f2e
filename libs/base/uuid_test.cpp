#include <set>
#include <thread>
#include <unordered_set>
#include <vector>

#include <ambula/base/uuid.hpp>
#include <gtest/gtest.h>

namespace uuid_test {

using ambula::Instant;
using ambula::Uuid;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;

const Instant noon = *ambula::parse_instant("2026-11-24T12:00:00.123456Z");

TEST(Uuid, IsVersion7WithTheRfcVariant) {
  const auto text = Uuid::make(noon).str();
  ASSERT_EQ(text.size(), 36U);
  EXPECT_EQ(text[14], '7');
  EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos) << text;
}

TEST(Uuid, TellsTheMillisecondOfItsMaking) {
  EXPECT_EQ(Uuid::make(noon + hours(1)).made_at(), noon + hours(1) - microseconds(456));
  // The example of RFC 9562, appendix A.6.
  const auto example = Uuid::parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F");
  ASSERT_TRUE(example);
  EXPECT_EQ(example->made_at(), ambula::parse_instant("2022-02-22T19:22:22Z"));
  EXPECT_EQ(example->str(), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

TEST(Uuid, OtherVersionsTellNoTime) {
  EXPECT_EQ(Uuid().made_at(), std::nullopt);
  EXPECT_EQ(Uuid::parse("919108f7-52d1-4320-9bac-f847db4148a8")->made_at(), std::nullopt);
}

TEST(Uuid, RisesStrictlyEvenWhenAMillisecondIsFull) {
  // 4 096 ids fit the counter of a millisecond; more borrow from the next one.
  const Instant at = noon + hours(2);
  Uuid last = Uuid::make(at);
  for (int i = 0; i < 20'000; ++i) {
    const auto next = Uuid::make(at);
    ASSERT_LT(last, next) << "at " << i;
    last = next;
  }
  EXPECT_LT(last, Uuid::make(at + milliseconds(1)));
}

TEST(Uuid, RisesWhenTheClockGoesBackALittleAndFollowsWhenItWasSet) {
  const Instant at = noon + hours(3);
  const auto first = Uuid::make(at);
  EXPECT_LT(first, Uuid::make(at - milliseconds(400)));
  const auto set_back = Uuid::make(at - hours(20));
  EXPECT_EQ(set_back.made_at(), at - hours(20) - microseconds(456));
}

TEST(Uuid, IsUniqueAndRisingInEveryThread) {
  constexpr int threads = 8;
  constexpr int each = 5'000;
  std::vector<std::vector<Uuid>> made(threads);
  std::vector<std::thread> workers;
  for (auto& mine : made) {
    workers.emplace_back([&mine] {
      for (int i = 0; i < each; ++i)
        mine.push_back(Uuid::make());
    });
  }
  for (auto& worker : workers)
    worker.join();
  std::unordered_set<Uuid> all;
  for (const auto& mine : made) {
    EXPECT_TRUE(std::is_sorted(mine.begin(), mine.end()));
    all.insert(mine.begin(), mine.end());
  }
  EXPECT_EQ(all.size(), static_cast<std::size_t>(threads * each));
}

TEST(Uuid, ReadsWhatItWrites) {
  const auto id = Uuid::make(noon);
  EXPECT_EQ(Uuid::parse(id.str()), id);
}

TEST(Uuid, RefusesEverythingElse) {
  for (const char* text :
       {"", "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "017f22e279b07cc398c4dc0c0c07398f",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f ", " 17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
        "{017f22e2-79b0-7cc3-98c4-dc0c0c0739}", "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
        "017f22e-279b0-7cc3-98c4-dc0c0c07398f", "-17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
        "017f22e2_79b0_7cc3_98c4_dc0c0c07398f"}) {
    EXPECT_EQ(Uuid::parse(text), std::nullopt) << text;
  }
  EXPECT_EQ(Uuid::parse(std::string(36, '\0')), std::nullopt);
  EXPECT_EQ(Uuid::parse(std::string(1'000'000, '0')), std::nullopt);
}

TEST(Uuid, NilIsNil) {
  EXPECT_TRUE(Uuid().is_nil());
  EXPECT_EQ(Uuid().str(), "00000000-0000-0000-0000-000000000000");
  EXPECT_FALSE(Uuid::make(noon).is_nil());
}

}  // namespace uuid_test

#include <chrono>
#include <cmath>
#include <limits>

#include <ambula/db/session.hpp>
#include <ambula/db/value_text.hpp>
#include <ambula/testing/postgres.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace value_test {

using ambula::Date;
using ambula::Instant;
using ambula::LocalMinutes;
using ambula::Uuid;
using ambula::db::Options;
using ambula::db::Rows;
using ambula::db::Session;
using ambula::db::Statement;
using ambula::testing::Postgres;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
namespace value_text = ambula::db::value_text;
using namespace std::chrono_literals;

class DbValues : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    postgres_ = std::make_unique<Postgres>("app");
    Options options;
    options.url = postgres_->url();
    options.schema = "app";
    db_ = std::make_unique<Session>(options);
  }
  static void TearDownTestSuite() {
    db_.reset();
    postgres_.reset();
  }
  static Session& db() { return *db_; }

  /// There as a parameter, back as a column; the statement casts.
  template <class T>
  static T there_and_back(const Statement& statement, const T& value) {
    return db().read(statement, value).front().template get<T>("v");
  }

 private:
  static inline std::unique_ptr<Postgres> postgres_;
  static inline std::unique_ptr<Session> db_;
};

constexpr Statement as_text{"as_text", "select $1::text as v"};
constexpr Statement as_bool{"as_bool", "select $1::bool as v"};
constexpr Statement as_int4{"as_int4", "select $1::int4 as v"};
constexpr Statement as_int8{"as_int8", "select $1::int8 as v"};
constexpr Statement as_float8{"as_float8", "select $1::float8 as v"};
constexpr Statement as_uuid{"as_uuid", "select $1::uuid as v"};
constexpr Statement as_instant{"as_instant", "select $1::timestamptz as v"};
constexpr Statement as_date{"as_date", "select $1::date as v"};
constexpr Statement as_texts{"as_texts", "select $1::text[] as v"};
constexpr Statement as_uuids{"as_uuids", "select $1::uuid[] as v"};
constexpr Statement as_int4s{"as_int4s", "select $1::int4[] as v"};
constexpr Statement as_instants{"as_instants", "select $1::timestamptz[] as v"};

Instant instant(std::string_view text) {
  return ambula::parse_instant(text).value();
}

TEST_F(DbValues, Scalars) {
  for (const std::string& text :
       {std::string(), std::string("O'Neil \"x\" \\ {a,b}"), std::string("žluťoučký 診察\n\t")}) {
    EXPECT_EQ(there_and_back(as_text, text), text);
  }
  EXPECT_TRUE(there_and_back(as_bool, true));
  EXPECT_FALSE(there_and_back(as_bool, false));
  for (const int number :
       {0, -1, std::numeric_limits<int>::min(), std::numeric_limits<int>::max()}) {
    EXPECT_EQ(there_and_back(as_int4, number), number);
  }
  for (const std::int64_t number :
       {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_EQ(there_and_back(as_int8, number), number);
  }
  for (const double number : {0.1, -1e300, 5e-324, 1.0 / 3, std::numeric_limits<double>::infinity(),
                              -std::numeric_limits<double>::infinity()}) {
    EXPECT_EQ(there_and_back(as_float8, number), number);
  }
  EXPECT_TRUE(std::isnan(there_and_back(as_float8, std::nan(""))));
  const Uuid id = Uuid::make();
  EXPECT_EQ(there_and_back(as_uuid, id), id);
  EXPECT_EQ(there_and_back(as_int4, LocalMinutes{615}), LocalMinutes{615});
}

TEST_F(DbValues, Instants) {
  for (const char* text :
       {"2026-11-24T09:30:00Z", "2026-11-24T09:30:00.000001Z", "1999-12-31T23:59:59.999999Z",
        "1969-12-31T23:59:59.5Z", "1900-01-01T00:00:00Z", "2200-12-31T23:59:59Z"}) {
    EXPECT_EQ(there_and_back(as_instant, instant(text)), instant(text)) << text;
  }
  EXPECT_EQ(there_and_back(as_instant, Instant::max()), Instant::max());
  EXPECT_EQ(there_and_back(as_instant, Instant::min()), Instant::min());
  constexpr Statement infinite{"infinite", "select $1::timestamptz = 'infinity' as v"};
  EXPECT_TRUE(db().read(infinite, Instant::max()).front().get<bool>("v"));
  constexpr Statement ancient{"ancient", "select timestamptz '0044-03-15 12:00+00 BC' as v"};
  const Instant ides = db().read(ancient).front().get<Instant>("v");
  EXPECT_EQ(ides, Instant{std::chrono::sys_days{std::chrono::March / 15 / -43}} + 12h);
  EXPECT_EQ(there_and_back(as_instant, ides), ides);
  constexpr Statement with_zone{"with_zone", "select timestamptz '2026-07-01 12:00+05:30' as v"};
  EXPECT_EQ(db().read(with_zone).front().get<Instant>("v"), instant("2026-07-01T06:30:00Z"));
}

TEST_F(DbValues, Dates) {
  for (const char* text : {"2024-02-29", "1900-01-01", "2200-12-31"}) {
    const Date date = ambula::parse_date(text).value();
    EXPECT_EQ(there_and_back(as_date, date), date);
  }
  const Date far{std::chrono::year::max(), std::chrono::December, std::chrono::day{31}};
  EXPECT_EQ(there_and_back(as_date, far), far);
  constexpr Statement infinite{"infinite_date", "select $1::date = 'infinity' as v"};
  EXPECT_TRUE(db().read(infinite, far).front().get<bool>("v"));
  const Date ides{std::chrono::March / 15 / -43};
  EXPECT_EQ(there_and_back(as_date, ides), ides);
}

TEST_F(DbValues, Arrays) {
  const std::vector<std::string> hard{"",   "NULL", "null",   "a,b", "{x}",
                                      "\"", "\\",   "O'Neil", " a ", "ž\n"};
  EXPECT_EQ(there_and_back(as_texts, hard), hard);
  EXPECT_THAT(there_and_back(as_texts, std::vector<std::string>{}), IsEmpty());
  const std::vector<Uuid> ids{Uuid::make(), Uuid::make()};
  EXPECT_EQ(there_and_back(as_uuids, ids), ids);
  EXPECT_THAT(there_and_back(as_int4s, std::vector<int>{3, -4}), ElementsAre(3, -4));
  const std::vector<Instant> times{instant("2026-11-24T09:30:00.5Z"), Instant::max()};
  EXPECT_EQ(there_and_back(as_instants, times), times);
  constexpr Statement sum{"sum", "select sum(n)::int8 as v from unnest($1::int8[]) n"};
  EXPECT_EQ(
      db().read(sum, std::vector<std::int64_t>{1, 5'000'000'000}).front().get<std::int64_t>("v"),
      5'000'000'001);
}

TEST_F(DbValues, Nulls) {
  const std::vector<std::optional<std::string>> some{"a", std::nullopt, "NULL"};
  constexpr Statement nulls{"nulls", "select array_position($1::text[], null) as v"};
  EXPECT_EQ(db().read(nulls, some).front().get<int>("v"), 2);
  EXPECT_EQ(there_and_back(as_text, std::optional<std::string>{}), std::nullopt);
  EXPECT_EQ(there_and_back(as_text, std::optional<std::string>{"x"}), "x");
  EXPECT_EQ(there_and_back(as_uuid, std::optional<Uuid>{}), std::nullopt);
  EXPECT_EQ(there_and_back(as_instant, std::optional<Instant>{}), std::nullopt);
  EXPECT_EQ(there_and_back(as_int4s, std::optional<std::vector<int>>{}), std::nullopt);
  const Rows rows = db().read(as_text, std::nullopt);
  EXPECT_TRUE(rows.front().is_null("v"));
}

TEST_F(DbValues, RowsAndAffected) {
  const Rows none;
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.affected(), 0U);
  db().run_script("create table counted (n int)");
  constexpr Statement fill{"fill", "insert into counted select generate_series(1, $1::int)"};
  EXPECT_EQ(db().execute(fill, 3).value().affected(), 3U);
  constexpr Statement list{"list", "select n, n * 2 as \"Twice\" from counted order by n"};
  int expected = 0;
  for (const auto row : db().read(list)) {
    ++expected;
    EXPECT_EQ(row.get<int>("n"), expected);
    EXPECT_EQ(row.get<int>("Twice"), 2 * expected);
  }
  EXPECT_EQ(expected, 3);
}

RC_GTEST_PROP(DbValueText, ArraysSurviveTheirText, (const std::vector<std::string>& texts)) {
  value_text::Elements elements(texts.begin(), texts.end());
  if (!elements.empty() && *rc::gen::arbitrary<bool>()) elements.front() = std::nullopt;
  RC_ASSERT(value_text::to_array(value_text::of_array(elements)) == elements);
}

RC_GTEST_PROP(DbValueText, InstantsSurviveTheirText, ()) {
  const Instant at{std::chrono::microseconds{
      *rc::gen::inRange<std::int64_t>(-60'000'000'000'000'000, 250'000'000'000'000'000)}};
  RC_ASSERT(value_text::to_instant(value_text::of_instant(at)) == at);
}

TEST(DbValueText, WhatIsNotAValueIsRefused) {
  for (const char* text : {"", "{", "}", "{a", "{a,", "{a,}", "{,a}", "{\"a}", "{\"a\"b}", "{a}b",
                           "{{a},{b}}", "[0:1]={a,b}", "{\"a\\"}) {
    EXPECT_FALSE(value_text::to_array(text)) << text;
  }
  for (const char* text :
       {"", "2026-11-24", "2026-11-24 09:30:00", "2026-11-24 09:30:00+01", "2026-13-24 09:30:00+00",
        "2026-02-30 09:30:00+00", "2026-11-24 09:30:00+00x", "2026-11-24 09:30:00+00 AD",
        "-1-1-1 0:0:0+00"}) {
    EXPECT_FALSE(value_text::to_instant(text)) << text;
  }
  for (const char* text : {"", "2026-11", "2026-11-31", "2026-11-24 ", "24.11.2026"}) {
    EXPECT_FALSE(value_text::to_date(text)) << text;
  }
}

}  // namespace value_test

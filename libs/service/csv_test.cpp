#include "csv.hpp"

#include <ambula/db/session.hpp>
#include <gtest/gtest.h>

#include "query.hpp"

namespace ambula::service::csv_test {

TEST(Csv, IsStreamedHeadFirstUntilThereAreNoLines) {  // REP-3
  int batch = 0;
  auto answer = csv("x.csv", {"a", "b"}, [&](db::Session&) -> CsvLines {
    return ++batch <= 2 ? CsvLines{{std::to_string(batch), "x,y"}} : CsvLines{};
  });
  EXPECT_EQ(answer.content_type, "text/csv; charset=utf-8");
  db::Session unused(db::Options{});
  EXPECT_EQ(answer.stream(unused), "a,b\r\n1,\"x,y\"\r\n");
  EXPECT_EQ(answer.stream(unused), "2,\"x,y\"\r\n");
  EXPECT_EQ(answer.stream(unused), std::nullopt);
}

TEST(Csv, AnEmptyTableHasItsHead) {
  auto answer = csv("x.csv", {"a"}, [](db::Session&) { return CsvLines{}; });
  db::Session unused(db::Options{});
  EXPECT_EQ(answer.stream(unused), "a\r\n");
  EXPECT_EQ(answer.stream(unused), std::nullopt);
}

TEST(Csv, FormulasAreTextAndNumbersAreNumbers) {  // REP-3
  EXPECT_EQ(csv_line({"=1+1", "+49", "@x", "\tx", "-x", "-", "--1", "-1-1", "-1."}),
            "'=1+1,'+49,'@x,'\tx,'-x,'-,'--1,'-1-1,'-1.\r\n");
  EXPECT_EQ(csv_line({"-5", "-0.50", "12", "say \"no\"", "a\nb"}),
            "-5,-0.50,12,\"say \"\"no\"\"\",\"a\nb\"\r\n");
}

}  // namespace ambula::service::csv_test

#include "figures.hpp"

#include <ambula/observability/metrics.hpp>
#include <ambula/testing/postgres.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ambula::service::figures_test {

using ::testing::HasSubstr;

constexpr db::Statement statement{"figures", "SELECT name, label, value FROM shown"};

TEST(Figures, AreGaugesAndFallToZeroWhenTheirRowGoes) {  // OPS-1
  testing::Postgres postgres("figures");
  db::Session session(
      db::Options{.url = postgres.url(), .application_name = "test", .schema = "figures"});
  session.run_script(
      "CREATE TABLE shown (name text, label text, value float8);"
      "INSERT INTO shown VALUES ('waiting', 'HIGH', 3), ('waiting', 'LOW', 5), ('oldest', NULL, "
      "1.5)");
  const std::vector<Figure> described{{"waiting", "Who waits.", "urgency"},
                                      {"oldest", "How long."}};
  Figures figures(statement, described);

  figures.update(session);
  EXPECT_THAT(metrics::exposition(), HasSubstr("ambula_waiting{urgency=\"HIGH\"} 3"));
  EXPECT_THAT(metrics::exposition(), HasSubstr("ambula_waiting{urgency=\"LOW\"} 5"));
  EXPECT_THAT(metrics::exposition(), HasSubstr("ambula_oldest 1.5"));

  session.run_script(
      "DELETE FROM shown WHERE label = 'HIGH'; UPDATE shown SET value = 6 WHERE label = 'LOW'");
  figures.update(session);
  EXPECT_THAT(metrics::exposition(), HasSubstr("ambula_waiting{urgency=\"HIGH\"} 0"));
  EXPECT_THAT(metrics::exposition(), HasSubstr("ambula_waiting{urgency=\"LOW\"} 6"));
}

}  // namespace ambula::service::figures_test

#include <ambula/db/failure.hpp>
#include <gtest/gtest.h>

namespace failure_test {

using ambula::db::connect_failure_code;
using ambula::db::constraint_name;
using ambula::db::sqlstate_of;

TEST(DbFailure, ReadsTheSqlstateOfTheServersTextOnly) {
  EXPECT_EQ(sqlstate_of("ERROR:  42501: permission denied for table x\nLOCATION:  a, b.c:1\n"),
            "42501");
  EXPECT_EQ(sqlstate_of("FATAL:  57P01: terminating connection"), "57P01");
  EXPECT_EQ(sqlstate_of("FEHLER:  23505: doppelter Schlüsselwert"), "23505");
  EXPECT_EQ(sqlstate_of("server closed the connection unexpectedly\n\tThis probably means"), "");
  EXPECT_EQ(sqlstate_of("ERROR:  permission denied"), "");
  EXPECT_EQ(sqlstate_of("ERROR:  smith: no"), "");
  EXPECT_EQ(sqlstate_of("ERROR:  425"), "");
  EXPECT_EQ(sqlstate_of(""), "");
}

TEST(DbFailure, ReadsTheConstraintBehindEveryValue) {
  const std::string head = "ERROR:  23505: duplicate key\nDETAIL:  Key (name)=(";
  const std::string tail = "\nTABLE NAME:  t\nCONSTRAINT NAME:  t_name_key\nLOCATION:  f, n.c:6\n";
  EXPECT_EQ(constraint_name(head + "x) already exists." + tail), "t_name_key");
  EXPECT_EQ(constraint_name(head + "\nCONSTRAINT NAME:  forged\nLOCATION:  x\n" + tail),
            "t_name_key");
  EXPECT_EQ(constraint_name(head + "\nCONSTRAINT NAME:  forged\nDATATYPE NAME:  x\nLOCATION:  y\n"),
            "");
  EXPECT_EQ(constraint_name(head + "\nCONSTRAINT NAME:  forged\n"), "");
  EXPECT_EQ(constraint_name("ERROR:  x\nCONSTRAINT NAME:  Müller's\nLOCATION:  y\n"), "");
  EXPECT_EQ(constraint_name(""), "");
}

TEST(DbFailure, NamesWhyConnectingFailed) {
  EXPECT_EQ(connect_failure_code("FATAL:  password authentication failed for user \"x\""),
            "authentication");
  EXPECT_EQ(connect_failure_code("failed: Connection refused"), "refused");
  EXPECT_EQ(connect_failure_code("FATAL:  the database system is starting up"),
            "starting_or_stopping");
  EXPECT_EQ(connect_failure_code("timeout expired"), "timeout");
  EXPECT_EQ(connect_failure_code("something new"), "other");
}

}  // namespace failure_test

#include <memory>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <ambula/db/migrate.hpp>
#include <ambula/db/session.hpp>
#include <ambula/testing/cluster.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootstrap_test {

using ambula::db::migrate;
using ambula::db::Migration;
using ambula::db::Options;
using ambula::db::Session;
using ambula::db::Statement;
using ambula::db::StatementFailed;
using ambula::testing::Cluster;

constexpr const char* services[] = {"patient",  "scheduling",   "queue",   "consultation",
                                    "pharmacy", "notification", "identity"};

std::string script() {
  const std::string here = __FILE__;
  return here.substr(0, here.rfind('/')) + "/bootstrap.sql";
}

/// psql's exit status.
int run_psql(const std::string& url, const std::string& password, bool leave_one_out = false) {
  std::vector<std::string> words{"psql", "-X", "-q", "-f", script()};
  for (const char* service : services) {
    if (leave_one_out && service == services[0]) continue;
    words.insert(words.end(), {"-v", "password_" + std::string(service) + "=" + password});
  }
  words.push_back(url);
  std::vector<char*> arguments;
  for (std::string& word : words)
    arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    ::execvp("psql", arguments.data());
    ::_exit(127);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// Roles belong to a whole cluster, so these tests never touch one that was lent to them.
class DbBootstrap : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { cluster_ = std::make_unique<Cluster>(); }
  static void TearDownTestSuite() { cluster_.reset(); }

  void SetUp() override { superuser("postgres").run_script("create database ambula"); }
  void TearDown() override {
    Session maintenance = superuser("postgres");
    maintenance.run_script("drop database ambula with (force)");
    for (const char* service : services) {
      maintenance.run_script("drop role if exists ambula_" + std::string(service));
    }
  }

  static std::string url() { return cluster_->superuser_url() + "&dbname=ambula"; }
  static Session superuser(const std::string& database) {
    Options options;
    options.url = cluster_->superuser_url() + "&dbname=" + database;
    return Session(options);
  }
  static Options as(const std::string& service) {
    // A later parameter of a URL wins. The socket trusts; that passwords are set is looked up.
    Options options;
    options.url = url() + "&user=ambula_" + service;
    options.schema = service;
    return options;
  }

 private:
  static inline std::unique_ptr<Cluster> cluster_;
};

/// A service's role can read nothing of a neighbour.
TEST_F(DbBootstrap, ARoleReadsNothingOfItsNeighbours) {
  ASSERT_EQ(run_psql(url(), "p'w \"1\\"), 0);
  constexpr Migration table[] = {{1, "secret", "create table secret (text text)"}};
  for (const char* service : services) {
    ASSERT_TRUE(migrate(as(service), service, table)) << service;
  }
  for (const char* service : services) {
    Session own(as(service));
    EXPECT_NO_THROW(own.run_script("select * from secret; insert into secret values ('x')"));
    for (const char* neighbour : services) {
      if (neighbour == service) continue;
      const std::string table_name = std::string(neighbour) + ".secret";
      for (const std::string& attempt :
           {"select * from " + table_name, "insert into " + table_name + " values ('x')",
            "select 1 from " + table_name + " limit 0",
            "create table " + std::string(neighbour) + ".mine (n int)",
            "set role ambula_" + std::string(neighbour)}) {
        try {
          own.run_script(attempt);
          ADD_FAILURE() << service << ": " << attempt;
        } catch (const StatementFailed& failed) {
          EXPECT_EQ(failed.sqlstate, "42501") << service << ": " << attempt;
        }
      }
    }
    EXPECT_THROW(own.run_script("create table public.mine (n int)"), StatementFailed);
    EXPECT_THROW(own.run_script("create role another"), StatementFailed);
    EXPECT_THROW(own.run_script("select * from pg_authid"), StatementFailed);
  }
}

TEST_F(DbBootstrap, MayBeRunAgainAndKeepsData) {
  ASSERT_EQ(run_psql(url(), "one"), 0);
  constexpr Migration table[] = {
      {1, "kept", "create table kept (n int); insert into kept values (1)"}};
  ASSERT_TRUE(migrate(as("queue"), "queue", table));
  ASSERT_EQ(run_psql(url(), "two"), 0);
  constexpr Statement kept{"kept", "select n from kept"};
  EXPECT_EQ(Session(as("queue")).read(kept).front().get<int>("n"), 1);
  constexpr Statement passwords{"passwords",
                                "select count(*)::int as n from pg_authid "
                                "where rolname like 'ambula\\_%' and rolpassword is not null"};
  EXPECT_EQ(superuser("ambula").read(passwords).front().get<int>("n"), 7);
}

TEST_F(DbBootstrap, AnotherRoleCannotConnect) {
  ASSERT_EQ(run_psql(url(), "one"), 0);
  superuser("ambula").run_script("create role stranger login");
  Options stranger;
  stranger.url = url() + "&user=stranger";
  EXPECT_FALSE(Session(stranger).ping());
  superuser("ambula").run_script("drop role stranger");
  EXPECT_TRUE(Session(as("queue")).ping());
}

TEST_F(DbBootstrap, AMissingPasswordChangesNothing) {
  EXPECT_NE(run_psql(url(), "one", true), 0);
  constexpr Statement roles{"roles", "select 1 from pg_roles where rolname like 'ambula\\_%'"};
  EXPECT_TRUE(superuser("ambula").read(roles).empty());
}

}  // namespace bootstrap_test

#include <atomic>
#include <cstdlib>
#include <unistd.h>

#include <ambula/base/uuid.hpp>
#include <ambula/db/session.hpp>
#include <ambula/testing/cluster.hpp>
#include <ambula/testing/postgres.hpp>
#include <fmt/format.h>

namespace ambula::testing {
namespace {

std::string cluster_url() {
  // Read by the first fixture of the process only; nothing changes the environment meanwhile.
  const char* given = std::getenv("AMBULA_TEST_PG_URL");  // NOLINT(concurrency-mt-unsafe)
  if (given != nullptr && *given != '\0') return given;
  static const Cluster cluster;
  return cluster.superuser_url();
}

/// libpq lets a later parameter of a URL win over what stands before it.
std::string with_parameters(const std::string& url, const std::string& parameters) {
  return url + (url.find('?') == std::string::npos ? '?' : '&') + parameters;
}

std::string next_name() {
  static std::atomic<int> number{0};
  return fmt::format("test_{}_{}", ::getpid(), ++number);
}

db::Session superuser_session(const std::string& url) {
  db::Options options;
  options.url = url;
  options.application_name = "ambula-testing";
  options.statement_timeout_ms = 60'000;
  return db::Session(std::move(options));
}

}  // namespace

struct Postgres::Impl {
  std::string name{next_name()};
  std::string password{Uuid::make().str()};
  /// To the maintenance database of the cluster, so that the test's own can be dropped.
  db::Session maintenance;
  std::string superuser_url;
  std::string url;

  explicit Impl(const std::string& cluster)
      : maintenance(superuser_session(cluster)),
        superuser_url(with_parameters(cluster, "dbname=" + name)),
        url(with_parameters(superuser_url, "user=" + name + "&password=" + password)) {}
};

Postgres::Postgres(const std::string& schema) : impl_(std::make_unique<Impl>(cluster_url())) {
  Impl& own = *impl_;
  own.maintenance.run_script(
      fmt::format("create role {} login password '{}'", own.name, own.password));
  own.maintenance.run_script(fmt::format("create database {} template template0", own.name));
  superuser_session(own.superuser_url)
      .run_script(fmt::format("create extension btree_gist schema public;"
                              "create extension pg_trgm schema public;"
                              "create extension unaccent schema public;"
                              "revoke create on schema public from public;"
                              "create schema {} authorization {}",
                              schema, own.name));
}

Postgres::~Postgres() {
  try {
    impl_->maintenance.run_script(fmt::format("drop database {} with (force)", impl_->name));
    impl_->maintenance.run_script(fmt::format("drop role {}", impl_->name));
  } catch (const std::exception& error) {
    // The cluster may be gone on purpose. A throw-away one takes the database with it.
    fmt::print(stderr, "test database not dropped: {}\n", error.what());
  }
}

const std::string& Postgres::url() const {
  return impl_->url;
}

const std::string& Postgres::superuser_url() const {
  return impl_->superuser_url;
}

void Postgres::terminate_connections() {
  // With a time limit the call waits until the server process has really gone.
  impl_->maintenance.run_script(
      fmt::format("select pg_terminate_backend(pid, 5000) from pg_stat_activity "
                  "where datname = '{}' and pid <> pg_backend_pid()",
                  impl_->name));
}

}  // namespace ambula::testing

/// libpqxx 6.4 loses the one result it was given when a connection breaks (about 2 KiB each time).
/// Without this no test that breaks a connection could pass under LeakSanitizer; without the
/// sanitizer nobody calls it.
extern "C" const char* __lsan_default_suppressions();  // NOLINT: the name is the sanitizer's
extern "C" const char* __lsan_default_suppressions() {
  return "leak:PQmakeEmptyPGresult";
}

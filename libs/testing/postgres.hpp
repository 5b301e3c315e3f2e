#pragma once

#include <memory>
#include <string>

namespace ambula::testing {

/// A database of its own on a real PostgreSQL 15, for one test executable: uses the cluster of
/// `AMBULA_TEST_PG_URL` (a superuser's URL, given by ctest's fixture) or starts a throw-away
/// cluster. Has the extensions btree_gist, pg_trgm and unaccent in `public` and one empty schema.
class Postgres {
 public:
  explicit Postgres(const std::string& schema);
  ~Postgres();
  Postgres(const Postgres&) = delete;
  Postgres& operator=(const Postgres&) = delete;

  /// Connection URL of the schema's owner.
  const std::string& url() const;
  /// Connection URL of the superuser, on the same database.
  const std::string& superuser_url() const;
  /// Ends every connection to this database from the server's side (pg_terminate_backend).
  void terminate_connections();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ambula::testing

#pragma once

#include <span>
#include <string>
#include <string_view>

#include <ambula/base/result.hpp>

namespace ambula::db {

struct Options;

/// One forward step of a schema, in one transaction. Never changed once released.
struct Migration {
  int version;
  std::string_view name;
  std::string_view sql;
};

/// Applies what is missing, in order, under an advisory lock so that replicas may start together.
/// Each step is a row of `schema_migration(component, version, name, checksum, applied_at)`; a
/// changed checksum of an applied step is an error (`migration-changed`), a database that is ahead
/// of this binary is not (expand → migrate → contract). `component` lets a library bring tables of
/// its own into the service's schema.
Result<void> migrate(const Options& options, std::string_view component,
                     std::span<const Migration> migrations);

}  // namespace ambula::db

#include <cstdint>
#include <limits>
#include <string>

#include <ambula/base/check.hpp>
#include <ambula/db/migrate.hpp>
#include <ambula/db/session.hpp>
#include <ambula/observability/log.hpp>
#include <fmt/format.h>

namespace ambula::db {
namespace {

constexpr int advisory_lock_timeout_ms = 300'000;
/// A step that cannot get its table would make every request queue up behind it; better to fail and
/// be tried again.
constexpr int step_lock_timeout_ms = 10'000;

constexpr Statement lock_schema{"migrate_lock_schema",
                                "select pg_advisory_xact_lock($1::int8)::text as locked"};
constexpr Statement limit_lock_wait{"migrate_limit_lock_wait",
                                    "select set_config('lock_timeout', $1, true) as wait"};
constexpr Statement find_step{
    "migrate_find_step",
    "select checksum from schema_migration where component = $1 and version = $2::int4"};
constexpr Statement record_step{"migrate_record_step",
                                "insert into schema_migration (component, version, name, checksum) "
                                "values ($1, $2::int4, $3, $4)"};
constexpr std::string_view create_table =
    "create table if not exists schema_migration ("
    "component text not null, version int not null, name text not null, checksum text not null, "
    "applied_at timestamptz not null default now(), primary key (component, version))";

/// FNV-1a, 64 bits: not against an attacker, who could change the table as well, but against an
/// edited file.
std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211ULL;
  }
  return hash;
}

std::string checksum(const Migration& migration) {
  return fmt::format("fnv1a64:{:016x}", fnv1a(migration.sql));
}

std::int64_t lock_key(const Options& options) {
  return static_cast<std::int64_t>(fnv1a("ambula.migrate." + options.schema));
}

Error step_error(std::string_view code, std::string_view component, const Migration& migration,
                 std::string_view what) {
  return Error{
      ErrorKind::internal, code,
      fmt::format("Step {} {} of {} {}.", migration.version, migration.name, component, what)};
}

/// Waits for replicas that migrate at the same time; the lock goes with the transaction.
void lock(Transaction& tx, const Options& options) {
  tx.exec(lock_schema, lock_key(options));
  tx.exec(limit_lock_wait, std::to_string(step_lock_timeout_ms));
}

Result<void> apply_in(Transaction& tx, const Options& options, std::string_view component,
                      const Migration& migration) {
  lock(tx, options);
  const Rows applied = tx.exec(find_step, component, migration.version);
  if (!applied.empty()) {
    if (applied.front().text("checksum") == checksum(migration)) return {};
    return step_error("migration-changed", component, migration,
                      "was applied already and has been changed since");
  }
  tx.run_script(migration.sql);
  tx.exec(record_step, component, migration.version, migration.name, checksum(migration));
  log::info("db_migration_applied", {{"component", component}, {"version", migration.version}});
  return {};
}

Result<void> apply(Session& session, const Options& options, std::string_view component,
                   const Migration& migration) {
  try {
    return session.transact(
        [&](Transaction& tx) { return apply_in(tx, options, component, migration); });
  } catch (const StatementFailed& failed) {
    return step_error("migration-failed", component, migration,
                      fmt::format("failed with SQLSTATE {}", failed.sqlstate));
  }
}

/// A step may run long; waiting for the advisory lock is a statement too.
Options migrating(Options options) {
  options.statement_timeout_ms = 0;
  options.idle_in_transaction_timeout_ms = 0;
  options.lock_timeout_ms = advisory_lock_timeout_ms;
  options.constraints = {};
  return options;
}

Result<void> create_bookkeeping(Session& session, const Options& options) {
  return session.transact([&](Transaction& tx) -> Result<void> {
    lock(tx, options);
    tx.run_script(create_table);
    return {};
  });
}

}  // namespace

Result<void> migrate(const Options& options, std::string_view component,
                     std::span<const Migration> migrations) {
  Session session(migrating(options));
  if (Result<void> created = create_bookkeeping(session, options); !created) return created;
  int previous = std::numeric_limits<int>::min();
  for (const Migration& migration : migrations) {
    AMBULA_CHECK(migration.version > previous);
    previous = migration.version;
    if (Result<void> applied = apply(session, options, component, migration); !applied) {
      return applied;
    }
  }
  return {};
}

}  // namespace ambula::db

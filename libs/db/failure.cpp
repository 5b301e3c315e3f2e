#include <algorithm>
#include <array>
#include <utility>

#include <ambula/base/text.hpp>
#include <ambula/db/failure.hpp>
#include <fmt/format.h>
#include <pqxx/except>

namespace ambula::db {
namespace {

bool is_constraint_identifier(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

/// The server ended the connection, or libpq made the error up itself (no SQLSTATE), which it does
/// when the peer is gone without the socket having noticed.
bool means_broken(std::string_view sqlstate) {
  return sqlstate.empty() || sqlstate.starts_with("08") || sqlstate.starts_with("57P") ||
         sqlstate == "25P03";
}

/// The server is there but cannot serve: cancelled by a time-out, out of resources, or read-only
/// after a fail-over.
bool means_unavailable(std::string_view sqlstate) {
  return sqlstate == "57014" || sqlstate.starts_with("53") || sqlstate == "25006";
}

[[noreturn]] void throw_sql_error(std::string_view statement, const pqxx::sql_error& error) {
  // libpqxx drops the SQLSTATE of some of its classes, insufficient_privilege for one.
  const std::string sqlstate =
      error.sqlstate().empty() ? sqlstate_of(error.what()) : error.sqlstate();
  if (means_broken(sqlstate)) {
    throw Broken(fmt::format("{}: the database connection broke", statement));
  }
  if (means_unavailable(sqlstate)) {
    throw Unavailable(fmt::format("{}: the database did not answer in time or cannot serve ({})",
                                  statement, sqlstate));
  }
  throw StatementFailed(statement, sqlstate, constraint_name(error.what()));
}

}  // namespace

StatementFailed::StatementFailed(std::string_view statement_in, std::string sqlstate_in,
                                 std::string constraint_in)
    : std::runtime_error(fmt::format("{} failed (SQLSTATE {}{}{})", statement_in, sqlstate_in,
                                     constraint_in.empty() ? "" : ", ", constraint_in)),
      statement(statement_in),
      sqlstate(std::move(sqlstate_in)),
      constraint(std::move(constraint_in)) {}

void rethrow_clean(std::string_view statement) {
  try {
    throw;
  } catch (const pqxx::in_doubt_error&) {
    throw InDoubt(fmt::format("{}: the connection broke during commit", statement));
  } catch (const pqxx::statement_completion_unknown&) {
    throw InDoubt(fmt::format("{}: the server does not know whether it happened", statement));
  } catch (const pqxx::broken_connection&) {
    throw Broken(fmt::format("{}: the database connection broke", statement));
  } catch (const pqxx::serialization_failure&) {
    throw StatementFailed(statement, "40001", "");
  } catch (const pqxx::deadlock_detected&) {
    throw StatementFailed(statement, "40P01", "");
  } catch (const pqxx::transaction_rollback&) {
    throw StatementFailed(statement, "40000", "");
  } catch (const pqxx::sql_error& error) {
    throw_sql_error(statement, error);
  } catch (const pqxx::failure&) {
    // No result and no class: libpq could not even make an error of the server's.
    throw Broken(fmt::format("{}: no answer from the database", statement));
  } catch (const pqxx::pqxx_exception&) {
    // libpqxx was used wrongly; its text may quote the statement.
    throw StatementFailed(statement, "XX000", "");
  }
}

std::string sqlstate_of(std::string_view verbose_text) {
  const std::size_t severity_end = verbose_text.find(":  ");
  if (severity_end == std::string_view::npos) return {};
  const std::string_view rest = verbose_text.substr(severity_end + 3);
  if (rest.size() < 7 || rest.substr(5, 2) != ": ") return {};
  const std::string_view code = rest.substr(0, 5);
  const bool is_code = std::all_of(code.begin(), code.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
  return is_code ? std::string(code) : std::string();
}

std::string constraint_name(std::string_view verbose_text) {
  // A verbose text ends with the server's own fields, behind every quoted value: "…CONSTRAINT NAME:
  // x\nLOCATION:  …". Looking only at the line before the last keeps a value with line breaks from
  // posing as a constraint.
  std::vector<std::string_view> lines = split(trim(verbose_text), '\n');
  if (lines.size() < 2 || !lines.back().starts_with("LOCATION:")) return {};
  constexpr std::string_view label = "CONSTRAINT NAME:  ";
  std::string_view line = lines[lines.size() - 2];
  if (!line.starts_with(label)) return {};
  line.remove_prefix(label.size());
  return is_constraint_identifier(line) ? std::string(line) : std::string();
}

std::string_view connect_failure_code(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> known{{
      {"password authentication failed", "authentication"},
      {"no password supplied", "authentication"},
      {"no pg_hba.conf entry", "not_admitted"},
      {"does not exist", "role_or_database_missing"},
      {"permission denied for database", "not_admitted"},
      {"Connection refused", "refused"},
      {"No such file or directory", "refused"},
      {"timeout expired", "timeout"},
      {"too many", "too_many_connections"},
  }};
  for (const auto& [part, code] : known) {
    if (text.find(part) != std::string_view::npos) return code;
  }
  return text.find("the database system is") != std::string_view::npos ? "starting_or_stopping"
                                                                       : "other";
}

bool is_refusal(std::string_view code) {
  return code == "authentication" || code == "not_admitted" || code == "role_or_database_missing";
}

}  // namespace ambula::db

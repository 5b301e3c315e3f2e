#include <algorithm>
#include <cctype>
#include <libpq-fe.h>
#include <map>
#include <memory>

#include <ambula/base/check.hpp>
#include <ambula/db/conninfo.hpp>
#include <ambula/db/session.hpp>
#include <fmt/format.h>

namespace ambula::db {
namespace {

using Settings = std::map<std::string, std::string>;

struct FreeConninfo {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

Settings parse_url(const std::string& url) {
  // libpq's message about a bad URL quotes it, password and all: it is freed unread.
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, FreeConninfo> parsed(
      PQconninfoParse(url.c_str(), &message));
  PQfreemem(message);
  if (!parsed) throw Refused("the database URL cannot be read");
  Settings settings;
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) settings[option->keyword] = option->val;
  }
  return settings;
}

bool is_identifier(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::islower(c) || std::isdigit(c) || c == '_';
  });
}

/// What the server sets for the session. No NOTICE is wanted: it may quote values.
std::string session_settings(const Options& options) {
  AMBULA_CHECK(options.schema.empty() || is_identifier(options.schema));
  const std::string path = options.schema.empty() ? "public" : options.schema + ",public";
  auto settings = fmt::format(
      "-c statement_timeout={} -c lock_timeout={} -c idle_in_transaction_session_timeout={} "
      "-c search_path={} -c TimeZone=UTC -c DateStyle=ISO -c client_min_messages=error",
      options.statement_timeout_ms, options.lock_timeout_ms, options.idle_in_transaction_timeout_ms,
      path);
  // What cannot be avoided is priced as if it were huge, which must not start the compiler.
  if (options.avoid_sequential_scans) settings += " -c enable_seqscan=off -c jit=off";
  if (!options.durable) settings += " -c synchronous_commit=off";
  return settings;
}

/// A dead peer that sends no reset must be noticed in seconds, not in TCP's quarter of an hour.
Settings liveness(const Options& options) {
  return {
      {"keepalives", "1"},          {"keepalives_idle", "5"},
      {"keepalives_interval", "2"}, {"keepalives_count", "3"},
      {"tcp_user_timeout", "8000"}, {"connect_timeout", std::to_string(options.connect_timeout_s)}};
}

std::string in_quotes(std::string_view value) {
  std::string out = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + '\'';
}

}  // namespace

Target connection_target(const Options& options) {
  Settings settings = parse_url(options.url);
  settings.merge(liveness(options));
  settings["client_encoding"] = "UTF8";
  if (!options.application_name.empty()) settings["application_name"] = options.application_name;
  std::string& session = settings["options"];
  session += (session.empty() ? "" : " ") + session_settings(options);

  Target target{{}, settings["host"], settings["port"]};
  for (const auto& [keyword, value] : settings) {
    if (!value.empty()) target.conninfo += keyword + '=' + in_quotes(value) + ' ';
  }
  return target;
}

}  // namespace ambula::db

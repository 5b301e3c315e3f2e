#pragma once

#include <filesystem>
#include <string>

#include <ambula/base/result.hpp>

namespace ambula::gateway {

/// Makes every secret of a new installation on one host, one folder for each reader, so that each
/// is given only its own: `<service>/db-url` and `jwks.json`; for the gateway also `signing.pem`
/// and `demo-password`, which `demo` has too; `postgres/superuser-password` and `passwords.sql`,
/// which libs/db/bootstrap.sql wants. Answers whether it made them: what is there already stays.
/// `database` is host:port of PostgreSQL.
Result<bool> make_secrets(const std::filesystem::path& folder, const std::string& database);

}  // namespace ambula::gateway

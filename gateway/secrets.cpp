#include "secrets.hpp"

#include <fstream>
#include <string_view>
#include <system_error>

#include <ambula/auth/password.hpp>
#include <ambula/auth/token.hpp>

#include "edge/routes.hpp"

namespace ambula::gateway {
namespace {

namespace fs = std::filesystem;

constexpr int password_bytes = 24;
constexpr int demo_password_bytes = 12;
constexpr std::string_view last_written = "postgres/passwords.sql";

/// Readable for the user of the container that is given the folder, whoever that is.
bool write(const fs::path& file, std::string_view content) {
  std::error_code failed;
  fs::create_directories(file.parent_path(), failed);
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << content;
  out.close();
  return static_cast<bool>(out);
}

std::string database_url(const std::string& schema, const std::string& password,
                         const std::string& database) {
  return "postgresql://ambula_" + schema + ":" + password + "@" + database + "/ambula";
}

}  // namespace

Result<bool> make_secrets(const fs::path& folder, const std::string& database) {
  if (fs::exists(folder / last_written)) return false;
  const auto pem = auth::Signer::generate_pem();
  const auto signer = auth::Signer::from_pem(pem);
  if (!signer) return signer.error();
  const auto jwks = auth::make_jwks({signer->public_jwk()});

  const auto demo = auth::random_token(demo_password_bytes);
  bool written = write(folder / "gateway/signing.pem", pem) &&
                 write(folder / "gateway/demo-password", demo) &&
                 write(folder / "demo/demo-password", demo) &&
                 write(folder / "postgres/superuser-password", auth::random_token(password_bytes));
  std::string passwords;
  for (std::size_t i = 0; i < static_cast<std::size_t>(edge::Upstream::count_); ++i) {
    const auto upstream = static_cast<edge::Upstream>(i);
    const bool own = upstream == edge::Upstream::own;
    const std::string reader(own ? "gateway" : to_string(upstream));
    const std::string schema(own ? "identity" : to_string(upstream));
    const auto password = auth::random_token(password_bytes);
    passwords += "\\set password_" + schema + " " + password + "\n";
    written = written &&
              write(folder / reader / "db-url", database_url(schema, password, database)) &&
              write(folder / reader / "jwks.json", jwks);
  }
  // Last, because it says that all of it is there.
  if (written && write(folder / last_written, passwords)) return true;
  return Error{ErrorKind::unavailable, "not-written", "Cannot write to " + folder.string()};
}

}  // namespace ambula::gateway

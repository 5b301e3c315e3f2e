#include "commands.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>

#include "edge/routes.hpp"
#include "identity/first_start.hpp"
#include "identity/store/constraints.hpp"
#include "secrets.hpp"

namespace ambula::gateway {
namespace {

using Arguments = std::vector<std::string>;

int fault(const std::string& line, int code = 2) {
  std::fprintf(stderr, "ambula-gateway: %s\n", line.c_str());
  return code;
}

/// Gives access back on a running system: its relay sends the event, its replicas read the
/// revocations.
int create_admin(const Arguments& arguments, config::Reader& reader) {
  if (arguments.size() != 1) return fault("create-admin wants one LOGIN");
  db::Options options;
  options.url = reader.required_secret("AMBULA_DB_URL", "PostgreSQL URL of the identity role");
  options.application_name = "ambula-gateway-operator";
  options.schema = "identity";
  options.constraints = identity::store::constraints();
  if (!reader.faults().empty()) return fault(reader.faults().front());
  try {
    db::Session session(options);
    const auto password = identity::create_admin(session, arguments.front(), {}, system_now());
    if (!password) return fault(password.error().detail, 1);
    std::printf("Administrator: %s  one-time password: %s\n", arguments.front().c_str(),
                password->c_str());
    return 0;
  } catch (const std::exception& failure) {
    return fault(failure.what(), 1);
  }
}

/// The public half of the signing keys, as services and integrators read it.
int jwks(const Arguments& arguments, config::Reader&) {
  std::vector<std::string> keys;
  for (std::size_t i = 0; i + 1 < arguments.size(); i += 2) {
    if (arguments[i] != "--signing-key" && arguments[i] != "--old-signing-key") break;
    std::ifstream file(arguments[i + 1], std::ios::binary);
    std::ostringstream pem;
    pem << file.rdbuf();
    const auto signer = auth::Signer::from_pem(pem.str());
    if (!signer) return fault(arguments[i] + ": " + signer.error().detail, 1);
    keys.push_back(signer->public_jwk());
  }
  if (keys.empty() || keys.size() * 2 != arguments.size()) {
    return fault("jwks wants --signing-key FILE [--old-signing-key FILE]");
  }
  std::puts(auth::make_jwks(keys).c_str());
  return 0;
}

/// What docker-compose.yml runs first.
int secrets(const Arguments& arguments, config::Reader&) {
  if (arguments.size() != 2) return fault("make-secrets wants FOLDER and HOST:PORT of PostgreSQL");
  const auto made = make_secrets(arguments[0], arguments[1]);
  if (!made) return fault(made.error().detail, 1);
  return *made ? std::puts("Secrets were made.") < 0 : std::puts("Secrets are there.") < 0;
}

int print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  return 0;
}

}  // namespace

std::vector<service::Definition::Command> commands() {
  return {
      {"create-admin", "LOGIN: an administrator with a one-time password, new or back again",
       create_admin},
      {"jwks", "--signing-key FILE [--old-signing-key FILE]: the public keys as a JWKS", jwks},
      {"make-secrets", "FOLDER HOST:PORT: keys and passwords of a new installation, a folder each",
       secrets},
      {"routes", "Every route as JSON, with its permission, service and roles",
       [](const Arguments&, config::Reader&) { return print(edge::routes_json()); }},
      {"permissions", "Who may what, as a Markdown table",
       [](const Arguments&, config::Reader&) { return print(auth::permission_table()); }},
  };
}

}  // namespace ambula::gateway

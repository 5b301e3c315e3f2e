#include "context.hpp"

#include <fstream>
#include <sstream>

#include <ambula/base/text.hpp>
#include <ambula/http/network.hpp>

namespace ambula::identity {
namespace {

Error cannot_start(std::string_view key, std::string_view fault) {
  return Error{ErrorKind::unavailable, "bad-signing-key",
               std::string(key) + ": " + std::string(fault) +
                   "; example: a PEM file with a P-256 private key"};
}

Result<std::string> read_key(std::string_view setting, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  if (!file || content.str().empty()) return cannot_start(setting, "the file cannot be read");
  return content.str();
}

}  // namespace

Result<std::unique_ptr<Context>> Context::make(const Settings& settings) {
  const auto pem = read_key("AMBULA_SIGNING_KEY_FILE", settings.signing_key_file);
  if (!pem) return pem.error();
  auto signer = auth::Signer::from_pem(*pem);
  if (!signer) return cannot_start("AMBULA_SIGNING_KEY_FILE", signer.error().detail);
  std::vector<std::string> secrets{*pem};
  if (!settings.old_signing_key_file.empty()) {
    const auto old = read_key("AMBULA_OLD_SIGNING_KEY_FILE", settings.old_signing_key_file);
    if (!old) return old.error();
    secrets.push_back(*old);
  }
  return std::make_unique<Context>(settings, *std::move(signer), RefreshTokens(secrets));
}

Context::Context(const Settings& with_settings, auth::Signer with_signer, RefreshTokens tokens)
    : settings(with_settings),
      signer(std::move(with_signer)),
      refresh_tokens(std::move(tokens)),
      backoff_(with_settings.backoff) {}

std::optional<std::chrono::seconds> Context::attempt(std::string_view login,
                                                     std::string_view address, Instant now) {
  const std::lock_guard lock(backoff_mutex_);
  return backoff_.attempt(to_lower_ascii(login), http::network_of(address), now);
}

void Context::succeeded(std::string_view login, std::string_view address) {
  const std::lock_guard lock(backoff_mutex_);
  backoff_.succeeded(to_lower_ascii(login), http::network_of(address));
}

std::string Context::access_token(const domain::Account& account, const Uuid& session_id,
                                  Instant now) const {
  return signer.sign(claims_of(account, session_id, now, now + settings.session.access_token));
}

Instant Context::tokens_expire(Instant now) const {
  return now + settings.session.access_token + std::chrono::seconds(60);
}

void Context::revoke_sessions(const std::vector<Uuid>& sessions, Instant now) const {
  std::vector<store::Revocation> revocations;
  for (const auto& id : sessions) {
    revocations.push_back({id, Instant::max(), now, tokens_expire(now)});
  }
  if (!revocations.empty()) revoked(std::move(revocations));
}

auth::Claims claims_of(const domain::Account& account, const Uuid& session_id, Instant now,
                       Instant expires_at) {
  auth::Claims claims;
  claims.account_id = account.id;
  claims.session_id = session_id;
  claims.login = account.login;
  for (const auto& membership : account.memberships) {
    auth::Membership one{membership.facility_id, {}};
    for (const auto& name : membership.roles) {
      if (const auto role = auth::parse_role(name)) one.roles.push_back(*role);
    }
    claims.memberships.push_back(std::move(one));
  }
  claims.doctor_id = account.doctor_id;
  claims.patient_id = account.patient_id;
  claims.must_change_password = account.must_change_password;
  claims.issued_at = std::chrono::floor<std::chrono::seconds>(now);
  // Tokens from before a change are refused by their second: one from after it must not look like
  // them.
  const auto changed_at = std::chrono::floor<std::chrono::seconds>(account.record.updated_at);
  if (account.record.version > 1 && changed_at >= claims.issued_at) {
    claims.issued_at = changed_at + std::chrono::seconds(1);
  }
  claims.expires_at = std::chrono::floor<std::chrono::seconds>(expires_at);
  return claims;
}

}  // namespace ambula::identity

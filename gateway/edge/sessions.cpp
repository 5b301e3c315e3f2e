#include "sessions.hpp"

#include <algorithm>
#include <chrono>

namespace ambula::edge {
namespace {

constexpr std::size_t tokens_max = 50'000;
constexpr std::size_t principals_max = 16;

bool hits(const identity::store::Revocation& revocation, const auth::Claims& claims) {
  if (revocation.issued_before == Instant::max()) return revocation.subject == claims.session_id;
  // Tokens tell whole seconds; one made later in the same second says the next (claims_of).
  const auto since = std::chrono::floor<std::chrono::seconds>(revocation.issued_before);
  return revocation.subject == claims.account_id && claims.issued_at <= since;
}

}  // namespace

Result<std::shared_ptr<const auth::Principal>> Bearer::principal(
    std::optional<std::string_view> facility) {
  const auto key = facility.value_or("");
  for (const auto& [header, known] : principals) {
    if (header == key) return known;
  }
  auto chosen = auth::choose_facility(claims, facility);
  if (!chosen) return chosen.error();
  auto made = std::make_shared<const auth::Principal>(*std::move(chosen));
  if (principals.size() < principals_max) principals.emplace_back(key, made);
  return made;
}

std::shared_ptr<const auth::Principal> Bearer::account_only() {
  return std::make_shared<const auth::Principal>(auth::account_only(claims));
}

std::shared_ptr<Bearer> Sessions::find(std::string_view token, Instant now) {
  const auto found = tokens_.find(token);
  if (found == tokens_.end()) return nullptr;
  if (now < found->second->claims.expires_at) return found->second;
  tokens_.erase(found);
  return nullptr;
}

void Sessions::remember(std::string token, std::shared_ptr<Bearer> bearer, Instant now) {
  make_room(now);
  tokens_.insert_or_assign(std::move(token), std::move(bearer));
}

bool Sessions::is_revoked(const auth::Claims& claims) const {
  for (const auto& subject : {claims.session_id, claims.account_id}) {
    const auto found = revoked_.find(subject);
    if (found != revoked_.end() && hits(found->second, claims)) return true;
  }
  return false;
}

std::vector<Uuid> Sessions::revoke(const std::vector<identity::store::Revocation>& revocations,
                                   Instant now) {
  std::vector<Uuid> news;
  for (const auto& revocation : revocations) {
    const auto [known, added] = revoked_.try_emplace(revocation.subject, revocation);
    if (!added && known->second.issued_before >= revocation.issued_before) continue;
    known->second = revocation;
    news.push_back(revocation.subject);
  }
  if (news.empty()) return news;
  std::erase_if(tokens_, [&](const auto& one) { return is_revoked(one.second->claims); });
  std::erase_if(revoked_, [&](const auto& one) { return one.second.expires_at < now; });
  return news;
}

void Sessions::make_room(Instant now) {
  if (tokens_.size() < tokens_max) return;
  std::erase_if(tokens_, [&](const auto& one) { return one.second->claims.expires_at <= now; });
  if (tokens_.size() >= tokens_max) tokens_.clear();
}

}  // namespace ambula::edge

#include <algorithm>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <ambula/auth/cache.hpp>
#include <ambula/base/check.hpp>

namespace ambula::auth {
namespace {

struct FreeDigestContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

/// Fetched once: looking an algorithm up costs more than hashing a token.
const EVP_MD* sha256() {
  static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  AMBULA_CHECK(fetched != nullptr);
  return fetched;
}

}  // namespace

TokenCache::TokenCache(std::size_t max_tokens)
    : max_per_shard_(std::max<std::size_t>(1, max_tokens / shard_count)) {
  AMBULA_CHECK(RAND_bytes(secret_.data(), static_cast<int>(secret_.size())) == 1);
}

TokenCache::Digest TokenCache::digest(std::string_view token) const {
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeDigestContext> context(EVP_MD_CTX_new());
  Digest out{};
  AMBULA_CHECK(EVP_DigestInit_ex2(context.get(), sha256(), nullptr) == 1);
  AMBULA_CHECK(EVP_DigestUpdate(context.get(), secret_.data(), secret_.size()) == 1);
  AMBULA_CHECK(EVP_DigestUpdate(context.get(), token.data(), token.size()) == 1);
  AMBULA_CHECK(EVP_DigestFinal_ex(context.get(), out.data(), nullptr) == 1);
  return out;
}

std::shared_ptr<const VerifiedToken> TokenCache::find(const Digest& digest, Instant now) {
  Shard& shard = shard_of(digest);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.tokens.find(digest);
  if (found == shard.tokens.end()) return nullptr;
  if (now < found->second->from || now >= found->second->until) {
    shard.tokens.erase(found);
    return nullptr;
  }
  return found->second;
}

void TokenCache::put(const Digest& digest, std::shared_ptr<const VerifiedToken> token,
                     std::uint64_t generation) {
  Shard& shard = shard_of(digest);
  const std::lock_guard lock(shard.mutex);
  // `purge` counts up before it looks into any shard: either it is seen here, or it sees this
  // token.
  if (generation_.load() != generation) return;
  make_room(shard, token->from);
  if (shard.tokens.insert_or_assign(digest, std::move(token)).second) {
    shard.arrivals.push_back(digest);
  }
}

void TokenCache::make_room(Shard& shard, Instant now) const {
  while (!shard.arrivals.empty()) {
    const auto oldest = shard.tokens.find(shard.arrivals.front());
    const bool gone = oldest == shard.tokens.end();
    const bool needed = shard.arrivals.size() >= max_per_shard_;
    if (!gone && !needed && oldest->second->until > now) return;
    if (!gone) shard.tokens.erase(oldest);
    shard.arrivals.pop_front();
  }
}

void TokenCache::purge(const Uuid& session_or_account) {
  generation_.fetch_add(1);
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    std::erase_if(shard.tokens, [&](const auto& entry) {
      const Claims& claims = entry.second->claims;
      return claims.session_id == session_or_account || claims.account_id == session_or_account;
    });
  }
}

std::size_t TokenCache::size() const {
  std::size_t total = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    total += shard.tokens.size();
  }
  return total;
}

}  // namespace ambula::auth

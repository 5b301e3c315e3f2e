#pragma once

// Verified tokens, for libs/auth itself.

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include <ambula/auth/principal.hpp>

namespace ambula::auth {

struct VerifiedToken {
  Claims claims;
  Instant from;   ///< when it was verified: an earlier clock asks again
  Instant until;  ///< not used from here on
};

/// Claims of verified tokens by a keyed digest of the whole token. Sharded, so that verifying
/// threads rarely meet; bounded, the oldest go first.
class TokenCache {
 public:
  using Digest = std::array<std::uint8_t, 32>;

  explicit TokenCache(std::size_t max_tokens);

  /// SHA-256 of a secret of this process and the token: nobody outside can aim at a bucket, and a
  /// memory dump of the cache holds no usable token.
  Digest digest(std::string_view token) const;

  std::shared_ptr<const VerifiedToken> find(const Digest& digest, Instant now);

  /// Taken before a verification begins and given to `put`, which then forgets what was purged
  /// between.
  std::uint64_t generation() const { return generation_.load(); }
  void put(const Digest& digest, std::shared_ptr<const VerifiedToken> token,
           std::uint64_t generation);

  void purge(const Uuid& session_or_account);
  std::size_t size() const;

 private:
  struct DigestHash {
    std::size_t operator()(const Digest& digest) const {
      std::size_t head = 0;
      std::memcpy(&head, digest.data(), sizeof(head));
      return head;
    }
  };
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<Digest, std::shared_ptr<const VerifiedToken>, DigestHash> tokens;
    /// In the order of arrival, which is nearly that of expiry; may name tokens already gone.
    std::deque<Digest> arrivals;
  };
  static constexpr std::size_t shard_count = 16;

  Shard& shard_of(const Digest& digest) { return shards_[digest.back() % shard_count]; }
  void make_room(Shard& shard, Instant now) const;

  std::size_t max_per_shard_;
  std::array<std::uint8_t, 32> secret_{};
  std::atomic<std::uint64_t> generation_{0};
  std::array<Shard, shard_count> shards_;
};

}  // namespace ambula::auth

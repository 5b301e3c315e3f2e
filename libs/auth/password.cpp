#include <argon2.h>
#include <array>
#include <cerrno>
#include <cstdint>
#include <new>
#include <openssl/evp.h>
#include <optional>
#include <sys/random.h>
#include <vector>

#include <ambula/auth/password.hpp>
#include <ambula/base/check.hpp>
#include <ambula/base/text.hpp>

namespace ambula::auth {
namespace {

constexpr std::uint32_t memory_kib = 19 * 1024;
constexpr std::uint32_t passes = 2;
constexpr std::uint32_t lanes = 1;
constexpr std::size_t salt_bytes = 16;
constexpr std::size_t hash_bytes = 32;
// A string from elsewhere may ask for more than ours, but not for the machine.
constexpr long long max_memory_kib = 128 * 1024;
constexpr long long max_passes = 10;
constexpr long long max_lanes = 8;
constexpr std::size_t max_phc_bytes = 512;

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  std::size_t done = 0;
  while (done < count) {
    const auto got = getrandom(bytes.data() + done, count - done, 0);
    if (got < 0) {
      AMBULA_CHECK(errno == EINTR);
      continue;
    }
    done += static_cast<std::size_t>(got);
  }
  return bytes;
}

struct Cost {
  long long memory_kib;
  long long passes;
  long long lanes;
};

std::optional<long long> parameter(std::string_view text, std::string_view name) {
  if (!text.starts_with(name)) return std::nullopt;
  return parse_int(text.substr(name.size()));
}

/// Of "$argon2id$v=19$m=…,t=…,p=…$salt$hash".
std::optional<Cost> cost_of(std::string_view phc) {
  if (phc.size() > max_phc_bytes) return std::nullopt;
  const auto fields = split(phc, '$');
  if (fields.size() != 6 || fields[1] != "argon2id" || fields[2] != "v=19") return std::nullopt;
  const auto numbers = split(fields[3], ',');
  if (numbers.size() != 3) return std::nullopt;
  const auto memory = parameter(numbers[0], "m=");
  const auto time = parameter(numbers[1], "t=");
  const auto parallel = parameter(numbers[2], "p=");
  if (!memory || !time || !parallel) return std::nullopt;
  return Cost{*memory, *time, *parallel};
}

bool is_affordable(const Cost& cost) {
  return cost.memory_kib <= max_memory_kib && cost.passes <= max_passes && cost.lanes <= max_lanes;
}

}  // namespace

std::string hash_password(std::string_view password) {
  if (password.size() > max_password_bytes) return {};
  const std::string salt = random_bytes(salt_bytes);
  std::string phc(argon2_encodedlen(passes, memory_kib, lanes, salt_bytes, hash_bytes, Argon2_id),
                  '\0');
  const int result =
      argon2id_hash_encoded(passes, memory_kib, lanes, password.data(), password.size(),
                            salt.data(), salt.size(), hash_bytes, phc.data(), phc.size());
  if (result == ARGON2_MEMORY_ALLOCATION_ERROR) throw std::bad_alloc();
  AMBULA_CHECK(result == ARGON2_OK);
  phc.resize(phc.find('\0'));
  return phc;
}

bool verify_password(std::string_view phc, std::string_view password) {
  if (password.size() > max_password_bytes) return false;
  const auto cost = cost_of(phc);
  if (!cost || !is_affordable(*cost)) return false;
  const std::string terminated(phc);
  const int result = argon2id_verify(terminated.c_str(), password.data(), password.size());
  if (result == ARGON2_MEMORY_ALLOCATION_ERROR) throw std::bad_alloc();
  return result == ARGON2_OK;
}

const std::string& dummy_hash() {
  static const std::string hash = hash_password(random_bytes(32));
  return hash;
}

bool needs_rehash(std::string_view phc) {
  const auto cost = cost_of(phc);
  return !cost || cost->memory_kib != memory_kib || cost->passes != passes || cost->lanes != lanes;
}

std::string random_token(int bytes) {
  AMBULA_CHECK(bytes > 0);
  return base64url_encode(random_bytes(static_cast<std::size_t>(bytes)));
}

std::string sha256_hex(std::string_view text) {
  std::array<unsigned char, 32> digest{};
  AMBULA_CHECK(
      EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr) == 1);
  return hex_encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace ambula::auth

#include "uuid.hpp"

#include <cstring>
#include <mutex>
#include <random>

namespace ambula {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr bool is_dash_at(std::size_t i) {
  return i == 8 || i == 13 || i == 18 || i == 23;
}

/// How far the clock may seem to go back and ids still rise: threads ask the time before they get
/// the lock, a full millisecond borrows from the next, and NTP corrects. A clock that goes back
/// further was set (or is a test's) and is followed.
constexpr std::uint64_t max_lead_ms = 1000;

struct Draw {
  std::uint64_t stamp;  // milliseconds << 12 | counter, RFC 9562 section 6.2 method 1
  std::uint64_t tail;
};

Draw next_draw(std::uint64_t milliseconds) {
  static std::mutex mutex;
  static std::mt19937_64 random = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device(),
                       device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  static std::uint64_t last_stamp = 0;

  const std::lock_guard lock(mutex);
  const std::uint64_t last_milliseconds = last_stamp >> 12;
  const bool counts_on =
      milliseconds <= last_milliseconds && last_milliseconds - milliseconds <= max_lead_ms;
  last_stamp = counts_on ? last_stamp + 1 : milliseconds << 12;
  return {last_stamp, random()};
}

}  // namespace

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::array<std::uint8_t, 16> bytes{};
  std::size_t nibble = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_dash_at(i)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int value = hex_value(text[i]);
    if (value < 0) return std::nullopt;
    bytes[nibble / 2] = static_cast<std::uint8_t>(bytes[nibble / 2] << 4 | value);
    ++nibble;
  }
  return Uuid(bytes);
}

Uuid Uuid::make(Instant now) {
  const auto milliseconds = static_cast<std::uint64_t>(
      std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()).count());
  const auto [stamp, tail] = next_draw(milliseconds);
  std::array<std::uint8_t, 16> bytes{};
  for (int i = 0; i < 6; ++i)
    bytes[i] = static_cast<std::uint8_t>(stamp >> (52 - 8 * i));
  bytes[6] = static_cast<std::uint8_t>(0x70 | ((stamp >> 8) & 0x0f));
  bytes[7] = static_cast<std::uint8_t>(stamp);
  std::memcpy(bytes.data() + 8, &tail, 8);
  bytes[8] = static_cast<std::uint8_t>(0x80 | (bytes[8] & 0x3f));
  return Uuid(bytes);
}

std::string Uuid::str() const {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text(36, '-');
  std::size_t at = 0;
  for (const std::uint8_t byte : bytes_) {
    if (is_dash_at(at)) ++at;
    text[at++] = digits[byte >> 4];
    text[at++] = digits[byte & 0x0f];
  }
  return text;
}

std::optional<Instant> Uuid::made_at() const {
  if (bytes_[6] >> 4 != 7) return std::nullopt;
  std::int64_t milliseconds = 0;
  for (int i = 0; i < 6; ++i)
    milliseconds = milliseconds << 8 | bytes_[i];
  return Instant(std::chrono::milliseconds(milliseconds));
}

}  // namespace ambula

std::size_t std::hash<ambula::Uuid>::operator()(const ambula::Uuid& id) const noexcept {
  std::uint64_t halves[2];
  std::memcpy(halves, id.bytes().data(), sizeof halves);
  return halves[0] ^ halves[1];
}

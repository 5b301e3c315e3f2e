#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <ambula/base/time.hpp>

namespace ambula {

/// A UUID as 16 bytes. Ids that Ambula makes are version 7 (RFC 9562): they sort by their time of
/// making and tell their age.
class Uuid {
 public:
  constexpr Uuid() = default;
  constexpr explicit Uuid(const std::array<std::uint8_t, 16>& bytes) : bytes_(bytes) {}

  /// Reads the 36-character form, either case. Anything else is nullopt.
  static std::optional<Uuid> parse(std::string_view text);

  /// A new version 7 id at `now`. Within one process ids rise strictly, also within a millisecond
  /// and when the clock goes back by up to a second; one set back further is followed.
  static Uuid make(Instant now = system_now());

  /// The lower-case 36-character form.
  std::string str() const;

  /// The time of making, to the millisecond; nullopt for other versions.
  std::optional<Instant> made_at() const;

  bool is_nil() const { return bytes_ == std::array<std::uint8_t, 16>{}; }
  const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  auto operator<=>(const Uuid&) const = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
};

}  // namespace ambula

template <>
struct std::hash<ambula::Uuid> {
  std::size_t operator()(const ambula::Uuid& id) const noexcept;
};

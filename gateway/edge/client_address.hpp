#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ambula::edge {

/// "10.0.0.0/8", "2001:db8::/32", or one address.
struct Network {
  std::array<std::uint8_t, 16> address{};  ///< IPv4 as ::ffff:a.b.c.d
  int prefix{128};

  bool contains(std::string_view address_text) const;
};
std::optional<Network> parse_network(std::string_view text);

/// Whose request it is. Only a proxy of ours is believed when it says for whom it asks
/// (X-Forwarded-For, its last entry that is no proxy of ours); from others the field means nothing.
std::string client_address(std::string_view peer, const std::vector<std::string_view>& forwarded,
                           const std::vector<Network>& proxies);

}  // namespace ambula::edge

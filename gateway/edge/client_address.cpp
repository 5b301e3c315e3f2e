#include "client_address.hpp"

#include <algorithm>
#include <arpa/inet.h>

#include <ambula/base/text.hpp>

namespace ambula::edge {
namespace {

using Bytes = std::array<std::uint8_t, 16>;
constexpr int v4_bits_before = 96;

std::optional<Bytes> parse_address(std::string_view text) {
  const std::string terminated(text);
  Bytes bytes{};
  if (inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1) return bytes;
  bytes[10] = bytes[11] = 0xFF;
  if (inet_pton(AF_INET, terminated.c_str(), bytes.data() + 12) == 1) return bytes;
  return std::nullopt;
}

bool is_ours(std::string_view address, const std::vector<Network>& proxies) {
  return std::ranges::any_of(proxies,
                             [&](const Network& network) { return network.contains(address); });
}

}  // namespace

bool Network::contains(std::string_view address_text) const {
  const auto other = parse_address(address_text);
  if (!other) return false;
  for (int bit = 0; bit < prefix; ++bit) {
    const auto byte = static_cast<std::size_t>(bit / 8);
    const int mask = 0x80 >> (bit % 8);
    if (((address[byte] ^ (*other)[byte]) & mask) != 0) return false;
  }
  return true;
}

std::optional<Network> parse_network(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  const bool v4 = text.find(':') == std::string_view::npos;
  Network network{*address, 128};
  if (slash == std::string_view::npos) return network;
  const auto bits = parse_int(text.substr(slash + 1));
  if (!bits || *bits < 0 || *bits > (v4 ? 32 : 128)) return std::nullopt;
  network.prefix = static_cast<int>(*bits) + (v4 ? v4_bits_before : 0);
  return network;
}

std::string client_address(std::string_view peer, const std::vector<std::string_view>& forwarded,
                           const std::vector<Network>& proxies) {
  if (!is_ours(peer, proxies)) return std::string(peer);
  std::string_view client = peer;
  for (auto field = forwarded.rbegin(); field != forwarded.rend(); ++field) {
    const auto hops = split(*field, ',');
    for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
      const auto address = trim(*hop);
      if (!parse_address(address)) return std::string(client);
      client = address;
      if (!is_ours(address, proxies)) return std::string(client);
    }
  }
  return std::string(client);
}

}  // namespace ambula::edge

#pragma once

#include <array>
#include <chrono>
#include <string>
#include <vector>

#include <ambula/config/config.hpp>

#include "edge/client_address.hpp"
#include "edge/routes.hpp"

namespace ambula::edge {

struct Settings {
  struct Address {
    std::string host;
    std::string port;
  };
  /// By Upstream; that of `own` is empty.
  std::array<Address, static_cast<std::size_t>(Upstream::count_)> upstreams;
  double rate_limit_scale{1};
  bool https{false};  ///< people reach us by https, so browsers may be told to insist on it
  std::chrono::milliseconds deadline{10'000};
  std::vector<std::string> cors_origins;  ///< whose pages may ask; none by default
  std::string console_dir;                ///< the built console; empty: none is served
  std::vector<Network> proxies;           ///< whose X-Forwarded-For is believed
};

Settings read_settings(config::Reader& reader);

/// "http://127.0.0.1:8081" or "http://[::1]:8081/" → host and port; nullopt for anything else.
std::optional<Settings::Address> parse_upstream(std::string_view url);

}  // namespace ambula::edge

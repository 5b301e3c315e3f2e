#include "settings.hpp"

#include <ambula/base/text.hpp>

namespace ambula::edge {
namespace {

std::string key_of(Upstream upstream) {
  std::string key = "AMBULA_UPSTREAM_";
  for (const char c : to_string(upstream))
    key += static_cast<char>(c - 'a' + 'A');
  return key;
}

std::vector<std::string> list_of(const std::string& text) {
  std::vector<std::string> items;
  for (const auto part : split(text, ',')) {
    if (!trim(part).empty()) items.emplace_back(trim(part));
  }
  return items;
}

}  // namespace

std::optional<Settings::Address> parse_upstream(std::string_view url) {
  constexpr std::string_view scheme = "http://";
  if (!url.starts_with(scheme)) return std::nullopt;
  url.remove_prefix(scheme.size());
  if (url.ends_with('/')) url.remove_suffix(1);
  std::string_view host;
  if (url.starts_with('[')) {
    const auto end = url.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    host = url.substr(1, end - 1);
    url.remove_prefix(end + 1);
  } else {
    host = url.substr(0, url.find(':'));
    url.remove_prefix(host.size());
  }
  if (host.empty() || host.find('/') != std::string_view::npos) return std::nullopt;
  if (url.empty()) return Settings::Address{std::string(host), "80"};
  const auto port = url.starts_with(':') ? parse_int(url.substr(1)) : std::nullopt;
  if (!port || *port < 1 || *port > 65535) return std::nullopt;
  return Settings::Address{std::string(host), std::to_string(*port)};
}

Settings read_settings(config::Reader& reader) {
  Settings settings;
  for (std::size_t i = 1; i < settings.upstreams.size(); ++i) {
    const auto upstream = static_cast<Upstream>(i);
    const auto url = reader.required(key_of(upstream), "address of this service, without TLS",
                                     "http://127.0.0.1:8081");
    const auto address = parse_upstream(url);
    if (!address && !url.empty()) {
      reader.refuse(key_of(upstream),
                    "an address like http://host:port, for example http://127.0.0.1:8081");
    }
    settings.upstreams[i] = address.value_or(Settings::Address{});
  }
  settings.rate_limit_scale = reader.number(
      "AMBULA_GATEWAY_RATE_LIMIT_SCALE", "multiplies every rate limit; 0 = none", 1, 0, 1'000'000);
  settings.https = reader.text("AMBULA_PUBLIC_URL", "address people use", "http://127.0.0.1:8080")
                       .starts_with("https://");
  settings.deadline = reader.milliseconds(
      "AMBULA_GATEWAY_DEADLINE_MS", "longest wait for a service's answer, in ms", settings.deadline,
      std::chrono::milliseconds(100), std::chrono::minutes(5));
  for (auto& origin : list_of(reader.text("AMBULA_GATEWAY_CORS_ORIGINS",
                                          "origins whose pages may ask, comma-separated", ""))) {
    settings.cors_origins.push_back(std::move(origin));
  }
  settings.console_dir = reader.text("AMBULA_GATEWAY_CONSOLE_DIR",
                                     "folder of the built web console; empty: none is served", "");
  constexpr auto proxies = "AMBULA_GATEWAY_TRUSTED_PROXIES";
  for (const auto& text : list_of(reader.text(
           proxies, "networks of proxies whose X-Forwarded-For is believed, comma-separated",
           ""))) {
    const auto network = parse_network(text);
    if (!network) reader.refuse(proxies, "a list of networks; example: 10.0.0.0/8");
    if (network) settings.proxies.push_back(*network);
  }
  return settings;
}

}  // namespace ambula::edge

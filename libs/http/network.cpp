#include <algorithm>
#include <arpa/inet.h>
#include <array>

#include <ambula/http/network.hpp>

namespace ambula::http {

std::string network_of(std::string_view address) {
  std::string text(address);
  if (text.find(':') == std::string::npos) return text;
  std::array<unsigned char, 16> bytes{};
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return text;
  constexpr std::array<unsigned char, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (std::equal(mapped.begin(), mapped.end(), bytes.begin())) {
    std::array<char, INET_ADDRSTRLEN> v4{};
    return inet_ntop(AF_INET, &bytes[12], v4.data(), v4.size());
  }
  return std::string(bytes.begin(), bytes.begin() + 8);
}

}  // namespace ambula::http

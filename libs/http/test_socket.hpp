#pragma once

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include <gtest/gtest.h>

namespace ambula::http::test {

/// A blocking TCP socket for tests: says exactly the bytes it is given and shows exactly those that
/// come. Reading gives up after ten seconds.
class TestSocket {
 public:
  explicit TestSocket(int descriptor) : descriptor_(descriptor) {
    const timeval limit{10, 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  ~TestSocket() { close(); }
  TestSocket(TestSocket&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), received_(std::move(other.received_)) {}
  TestSocket& operator=(TestSocket&&) = delete;

  /// `receive_buffer_bytes` below the system's default makes a slow reader felt early.
  static TestSocket connect(std::uint16_t port, int receive_buffer_bytes = 0) {
    TestSocket made(::socket(AF_INET, SOCK_STREAM, 0));
    if (receive_buffer_bytes > 0) {
      setsockopt(made.descriptor_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                 sizeof receive_buffer_bytes);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    EXPECT_EQ(
        ::connect(made.descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address),
        0);
    return made;
  }

  void send(std::string_view text) const {
    while (!text.empty()) {
      const auto size = ::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL);
      if (size <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(size));
    }
  }

  /// Up to and with `end`; less when the peer ends before.
  std::string read_until(std::string_view end) {
    auto at = received_.find(end);
    while (at == std::string::npos && receive() > 0)
      at = received_.find(end);
    const auto size = at == std::string::npos ? received_.size() : at + end.size();
    std::string text = received_.substr(0, size);
    received_.erase(0, size);
    return text;
  }

  /// One answer with content-length (or without a body).
  std::string read_answer() {
    const std::string head = read_until("\r\n\r\n");
    const auto at = head.find("content-length: ");
    if (at == std::string::npos) return head;
    const auto size = std::stoul(head.substr(at + 16));
    while (received_.size() < size && receive() > 0) {
    }
    std::string text = head + received_.substr(0, size);
    received_.erase(0, std::min(size, received_.size()));
    return text;
  }

  std::string read_to_end() {
    while (receive() > 0) {
    }
    return std::exchange(received_, {});
  }

  /// Whether the peer has ended or reset the connection, having said nothing more.
  bool ends() { return receive() <= 0 && received_.empty(); }

  void close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }

 private:
  ssize_t receive() {
    std::array<char, 16 * 1024> part{};
    const auto size = ::recv(descriptor_, part.data(), part.size(), 0);
    if (size > 0) received_.append(part.data(), static_cast<std::size_t>(size));
    return size;
  }

  int descriptor_;
  std::string received_;
};

/// A port that tests accept on by hand.
class TestListener {
 public:
  TestListener() : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval limit{10, 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    socklen_t size = sizeof address;
    auto* const plain = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(descriptor_, plain, size), 0);
    EXPECT_EQ(::listen(descriptor_, 64), 0);
    EXPECT_EQ(::getsockname(descriptor_, plain, &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~TestListener() { close(); }
  TestListener(const TestListener&) = delete;
  TestListener& operator=(const TestListener&) = delete;

  std::uint16_t port() const { return port_; }
  TestSocket accept() const {
    const int accepted = ::accept(descriptor_, nullptr, nullptr);
    EXPECT_GE(accepted, 0) << "nobody came";
    return TestSocket(accepted);
  }
  void close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }

 private:
  int descriptor_;
  std::uint16_t port_{0};
};

}  // namespace ambula::http::test

#include "server_shared.hpp"

#include "connection.hpp"

namespace ambula::http {

std::string_view ServerShared::date_line() {
  const std::time_t now = std::time(nullptr);
  if (now != date_second_) {
    date_second_ = now;
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::array<char, 48> text{};
    const auto size =
        std::strftime(text.data(), text.size(), "date: %a, %d %b %Y %H:%M:%S GMT\r\n", &utc);
    date_line_.assign(text.data(), size);
  }
  return date_line_;
}

void ServerShared::set_busy(bool is_busy) {
  const std::lock_guard lock(mutex);
  is_busy ? ++busy : --busy;
  if (busy == 0) calm.notify_all();
}

bool ServerShared::cut_longest_idle() {
  Connection* longest = nullptr;
  for (Connection* one : connections) {
    const auto since = one->idle_since();
    if (since && (longest == nullptr || *since < *longest->idle_since())) longest = one;
  }
  if (longest != nullptr) longest->cut();
  return longest != nullptr;
}

bool ServerShared::cut_slowest_reader(const Connection& but) {
  Connection* slowest = nullptr;
  for (Connection* one : connections) {
    const auto since = one == &but ? std::nullopt : one->unread_since();
    if (since && (slowest == nullptr || *since < *slowest->unread_since())) slowest = one;
  }
  if (slowest != nullptr) slowest->cut();
  return slowest != nullptr;
}

std::vector<std::shared_ptr<Connection>> ServerShared::snapshot() const {
  std::vector<std::shared_ptr<Connection>> all;
  all.reserve(connections.size());
  for (Connection* connection : connections)
    all.push_back(connection->shared_from_this());
  return all;
}

}  // namespace ambula::http

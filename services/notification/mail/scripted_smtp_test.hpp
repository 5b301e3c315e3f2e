#pragma once

// A real SMTP server on loopback that answers by a script, badly if told so.

#include <arpa/inet.h>
#include <map>
#include <mutex>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace ambula::notification::mail::scripted_smtp {

/// Stages: connect, EHLO, HELO, MAIL, RCPT, DATA, dot. The answer "drop" closes the connection
/// instead.
using Script = std::map<std::string, std::string>;

class Server {
 public:
  explicit Server(Script script = {}) : script_(std::move(script)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    listen(listener_, 8);
    socklen_t size = sizeof address;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~Server() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::string url() const { return "smtp://127.0.0.1:" + std::to_string(port_); }
  /// Messages whose final dot was seen.
  std::vector<std::string> messages() {
    const std::lock_guard lock(mutex_);
    return messages_;
  }
  std::vector<std::string> commands() {
    const std::lock_guard lock(mutex_);
    return commands_;
  }
  void set(Script script) {
    const std::lock_guard lock(mutex_);
    script_ = std::move(script);
  }

 private:
  void serve() {
    while (true) {
      const int client = accept(listener_, nullptr, nullptr);
      if (client < 0) return;
      talk(client);
      close(client);
    }
  }

  /// False when the script says to drop.
  bool answer(int client, const std::string& stage, const std::string& usual) {
    std::string text = usual;
    {
      const std::lock_guard lock(mutex_);
      if (const auto found = script_.find(stage); found != script_.end()) text = found->second;
    }
    if (text == "drop") return false;
    text += "\r\n";
    return ::send(client, text.data(), text.size(), MSG_NOSIGNAL) > 0;
  }

  bool read_until(int client, std::string& buffer, const std::string& end, std::string& out) {
    char bytes[4096];
    while (true) {
      if (const auto at = buffer.find(end); at != std::string::npos) {
        out = buffer.substr(0, at);
        buffer.erase(0, at + end.size());
        return true;
      }
      const auto got = recv(client, bytes, sizeof bytes, 0);
      if (got <= 0) return false;
      buffer.append(bytes, static_cast<std::size_t>(got));
    }
  }

  void talk(int client) {
    std::string buffer;
    std::string line;
    if (!answer(client, "connect", "220 scripted")) return;
    while (read_until(client, buffer, "\r\n", line)) {
      {
        const std::lock_guard lock(mutex_);
        commands_.push_back(line);
      }
      const auto verb = line.substr(0, 4);
      if (verb == "QUIT") {
        answer(client, "QUIT", "221 bye");
        return;
      }
      if (!answer(client, verb, verb == "DATA" ? "354 go on" : "250 fine")) return;
      const bool body = verb == "DATA" && !script_has_error("DATA");
      if (body && !take_body(client, buffer)) return;
    }
  }

  bool script_has_error(const std::string& stage) {
    const std::lock_guard lock(mutex_);
    return script_.count(stage) > 0;
  }

  bool take_body(int client, std::string& buffer) {
    std::string message;
    if (!read_until(client, buffer, "\r\n.\r\n", message)) return false;
    {
      const std::lock_guard lock(mutex_);
      messages_.push_back(message);
    }
    return answer(client, "dot", "250 taken");
  }

  std::mutex mutex_;
  Script script_;
  std::vector<std::string> messages_;
  std::vector<std::string> commands_;
  int listener_{-1};
  int port_{0};
  std::thread thread_;
};

}  // namespace ambula::notification::mail::scripted_smtp

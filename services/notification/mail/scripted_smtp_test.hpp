#pragma once

// A real SMTP server on loopback that answers by a script, badly if told so.

#include <arpa/inet.h>
#include <csignal>
#include <map>
#include <mutex>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "tls_test.hpp"

namespace ambula::notification::mail::scripted_smtp {

/// Stages: connect, EHLO, HELO, STAR (STARTTLS), AUTH, MAIL, RCPT, DATA, body, dot, QUIT. The
/// answer "drop" closes the connection instead, "hang" says nothing until the client goes away,
/// "slow" says the usual after a while.
using Script = std::map<std::string, std::string>;
constexpr std::chrono::milliseconds slow{120};

enum class Tls { none, starttls, implicit };

class Server {
 public:
  explicit Server(Script script = {}, Tls tls = Tls::none, bool asks_sign_in = false)
      : script_(std::move(script)), tls_(tls), asks_sign_in_(asks_sign_in) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to sockets whose other end has gone
    if (tls_ != Tls::none) {
      context_ = SSL_CTX_new(TLS_server_method());
      certificate_.use_in(context_);
    }
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
    SSL_CTX_free(context_);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::string url() const {
    return (tls_ == Tls::implicit ? "smtps" : "smtp") + std::string("://127.0.0.1:") +
           std::to_string(port_);
  }
  /// To be trusted.
  std::string ca_file() const { return certificate_.path(); }
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
      {
        Wire wire(client);
        if (tls_ != Tls::implicit || wire.begin(context_)) talk(wire);
      }
      close(client);
    }
  }

  std::string scripted(const std::string& stage) {
    const std::lock_guard lock(mutex_);
    const auto found = script_.find(stage);
    return found == script_.end() ? "" : found->second;
  }

  /// False when the conversation is over.
  bool answer(Wire& wire, const std::string& stage, const std::string& usual) {
    auto text = scripted(stage);
    if (text == "drop") return false;
    if (text == "slow") {
      std::this_thread::sleep_for(slow);  // paced: this server takes its time
      text.clear();
    }
    if (text == "hang") {
      char bytes[4096];
      while (wire.receive(bytes, sizeof bytes) > 0) {
      }
      return false;
    }
    return wire.say((text.empty() ? usual : text) + "\r\n");
  }

  bool read_until(Wire& wire, std::string& buffer, const std::string& end, std::string& out) {
    char bytes[4096];
    while (true) {
      if (const auto at = buffer.find(end); at != std::string::npos) {
        out = buffer.substr(0, at);
        buffer.erase(0, at + end.size());
        return true;
      }
      const auto got = wire.receive(bytes, sizeof bytes);
      if (got <= 0) return false;
      buffer.append(bytes, static_cast<std::size_t>(got));
    }
  }

  std::string greeting_of(const Wire& wire) const {
    std::string lines = "250-scripted\r\n";
    if (tls_ == Tls::starttls && !wire.encrypted()) lines += "250-STARTTLS\r\n";
    if (asks_sign_in_) lines += "250-AUTH PLAIN\r\n";
    return lines + "250 8BITMIME";
  }

  void talk(Wire& wire) {
    std::string buffer;
    std::string line;
    if (!answer(wire, "connect", "220 scripted")) return;
    while (read_until(wire, buffer, "\r\n", line)) {
      note(line);
      const auto verb = line.substr(0, 4);
      if (verb == "QUIT") {
        answer(wire, "QUIT", "221 bye");
        return;
      }
      if (!obey(wire, buffer, verb)) return;
    }
  }

  bool obey(Wire& wire, std::string& buffer, const std::string& verb) {
    if (verb == "EHLO") return answer(wire, verb, greeting_of(wire));
    if (verb == "STAR") {
      return answer(wire, verb, "220 go on") && (!scripted(verb).empty() || wire.begin(context_));
    }
    if (verb == "AUTH") return sign_in(wire, buffer);
    if (!answer(wire, verb, verb == "DATA" ? "354 go on" : "250 fine")) return false;
    if (verb != "DATA") return true;
    const auto script = scripted(verb);
    const bool refused = !script.empty() && script != "slow";
    return refused || take_body(wire, buffer);
  }

  bool sign_in(Wire& wire, std::string& buffer) {
    std::string secret;
    if (!wire.say("334 \r\n") || !read_until(wire, buffer, "\r\n", secret)) return false;
    note(secret);
    return answer(wire, "AUTH", "235 welcome");
  }

  bool take_body(Wire& wire, std::string& buffer) {
    if (scripted("body") == "drop") {
      char bytes[4096];
      wire.receive(bytes, sizeof bytes);
      return false;
    }
    std::string message;
    if (!read_until(wire, buffer, "\r\n.\r\n", message)) return false;
    {
      const std::lock_guard lock(mutex_);
      messages_.push_back(message);
    }
    return answer(wire, "dot", "250 taken");
  }

  void note(const std::string& line) {
    const std::lock_guard lock(mutex_);
    commands_.push_back(line);
  }

  std::mutex mutex_;
  Script script_;
  Tls tls_;
  bool asks_sign_in_;
  Certificate certificate_;
  SSL_CTX* context_{nullptr};
  std::vector<std::string> messages_;
  std::vector<std::string> commands_;
  int listener_{-1};
  int port_{0};
  std::thread thread_;
};

}  // namespace ambula::notification::mail::scripted_smtp

#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>

#include "notification/domain/message.hpp"

namespace ambula::notification::mail {

struct SmtpOptions {
  std::string url;  ///< smtp:// or smtps://
  std::string user;
  std::string password;
  bool starttls{false};   ///< refuse to go on without TLS
  std::string ca_file{};  ///< PEM; empty: the system's
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds timeout{
      15'000};  ///< of the whole session; below the runtime's patience at stop
};

/// Whether the URL's host is this machine.
bool is_loopback(std::string_view url);

struct Envelope {
  std::string from;
  std::string to;
  std::string message;
};

/// What came of it. `reason` and `stage` are codes of closed sets; the server's own words are never
/// kept: they quote addresses.
struct Delivery {
  domain::Outcome outcome;
  std::string reason{};
  std::string
      stage{};  ///< where it ended when not sent: connect, hello, tls, auth, mail, rcpt, data, body
};

/// One SMTP session with one mail. UNCERTAIN when the whole message may have gone out and no answer
/// came back: only then could the server have taken it without our knowing. A stop before the
/// message itself ends it (temporary).
Delivery send(const SmtpOptions& options, const Envelope& envelope, std::stop_token stop);

}  // namespace ambula::notification::mail

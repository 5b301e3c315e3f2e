#pragma once

#include <string>

namespace ambula::db {

struct Options;

/// Where a connection goes, for logs: without user and password.
struct Target {
  std::string conninfo;  ///< complete, with password; never to be logged
  std::string host;
  std::string port;
};

/// libpq's connection string for these options: settings travel in the start-up packet, so that a
/// connection costs no round trip more and a reconnect can never lose them. Keepalives and
/// time-outs named in the URL win over ours, session settings do not. Throws Unavailable when the
/// URL cannot be read.
Target connection_target(const Options& options);

}  // namespace ambula::db

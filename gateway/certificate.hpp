#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include <ambula/base/result.hpp>
#include <ambula/config/config.hpp>
#include <ambula/http/server.hpp>

namespace ambula::gateway {

/// TLS at the public port [ID-13]: with certificate files, else plain. Plain beyond this machine
/// only when the operator says that somebody in front ends TLS.
class Certificate {
 public:
  static Certificate read_settings(config::Reader& reader);

  /// Loads the files, when there are any. The error names the file and what is wrong with it.
  Result<void> set_up(http::ServerOptions& options);
  /// Uses a renewed certificate without a restart, until asked to stop. One that cannot be used
  /// changes nothing and is told once.
  void follow(const std::stop_token& stop) const;

 private:
  std::string certificate_file_;
  std::string key_file_;
  std::shared_ptr<http::TlsCertificate> present_;  ///< none: plain
};

}  // namespace ambula::gateway

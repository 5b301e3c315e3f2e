#pragma once

#include <memory>
#include <mutex>
#include <string>

#include <ambula/base/result.hpp>
#include <ambula/base/time.hpp>

namespace ambula::http {

/// What a Server shows to its clients: a certificate chain and its key, from PEM files that may be
/// replaced while it runs. TLS 1.2 and newer only.
class TlsCertificate {
 public:
  struct Context;

  /// The error names the file and what is wrong with it.
  static Result<std::shared_ptr<TlsCertificate>> load(std::string certificate_file,
                                                      std::string key_file);
  ~TlsCertificate();
  TlsCertificate(const TlsCertificate&) = delete;
  TlsCertificate& operator=(const TlsCertificate&) = delete;

  /// Reads the files again; connections made from then on get what they hold, those that are open
  /// go on. When they cannot be used or are past their end, the certificate before stays.
  Result<void> reload();
  /// Whether a file was written since it was read.
  bool is_outdated() const;
  /// End of the certificate in use.
  Instant expires_at() const;

  /// For the server: what a new connection uses. From any thread.
  std::shared_ptr<Context> present() const;

 private:
  TlsCertificate(std::string certificate_file, std::string key_file);

  Result<void> use(bool expired);

  const std::string certificate_file_;
  const std::string key_file_;
  mutable std::mutex mutex_;
  std::shared_ptr<Context> present_;
  std::string stamp_;  ///< when the files were written that are in use
};

}  // namespace ambula::http

#pragma once

#include <string>
#include <sys/types.h>

namespace ambula::testing {

/// A PostgreSQL cluster of this process alone, on a socket in a temporary directory. It goes when
/// the process goes, however that happens. Internal to the library.
class Cluster {
 public:
  /// Starts it; throws std::runtime_error with the place of the log when that fails.
  Cluster();
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  const std::string& superuser_url() const { return superuser_url_; }

 private:
  std::string directory_;
  std::string superuser_url_;
  pid_t keeper_{-1};
  int life_line_{-1};
};

}  // namespace ambula::testing

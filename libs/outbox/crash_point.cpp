#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

#include <ambula/outbox/crash_point.hpp>

namespace ambula::outbox {
namespace {

/// True for the first process that comes here; without a file there is nothing to remember it by,
/// so always.
bool first_hit() {
  const char* path = std::getenv("AMBULA_CRASH_POINT_FILE");
  if (!path) return true;
  const int file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) return false;
  close(file);
  return true;
}

}  // namespace

void crash_point(std::string_view name) {
  static const char* const wanted = std::getenv("AMBULA_CRASH_POINT");
  if (!wanted || name != wanted || !first_hit()) return;
  kill(getpid(), SIGKILL);
}

}  // namespace ambula::outbox

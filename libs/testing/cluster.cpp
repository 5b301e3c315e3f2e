#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

#include <ambula/testing/cluster.hpp>

namespace ambula::testing {
namespace {

// The keeper: starts the cluster, says so, waits until its standard input ends, and takes
// everything away. The other end of that pipe is held by the test process alone, so also a crash or
// a kill ends the cluster. Signals of the terminal go to the whole group; the keeper outlives them
// to do its work.
constexpr const char* keeper_script = R"sh(
trap '' INT TERM HUP
dir=$1
bin=${AMBULA_TEST_PG_BIN:-/usr/lib/postgresql/15/bin}
log=$dir/log
as_owner() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
start() {
  if [ "$(id -u)" = 0 ]; then chown postgres "$dir" || return 1; fi
  as_owner "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 -N || return 1
  as_owner "$bin/pg_ctl" -D "$dir/data" -l "$dir/server.log" -w -t 60 \
    -o "-F -k $dir -c listen_addresses= -c shared_buffers=32MB -c max_connections=80" \
    -o "-c full_page_writes=off" start
}
cd /
if ! start >"$log" 2>&1; then echo failed; exit 1; fi
echo ready
read -r _
as_owner "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >>"$log" 2>&1
rm -rf "$dir"
)sh";

std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
  return ends;
}

std::string make_directory() {
  // Not TMPDIR: the path of a socket has room for about a hundred characters.
  std::string name = "/tmp/ambula-pg-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  return name;
}

[[noreturn]] void become_keeper(int input, int output, const std::string& directory) {
  // A process group of its own: what a test runner sends to the test's group must not hit the
  // server.
  ::setsid();
  ::dup2(input, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::execl("/bin/sh", "sh", "-c", keeper_script, "keeper", directory.c_str(), nullptr);
  ::_exit(127);
}

std::string read_line(int input) {
  std::string line;
  for (char c = 0;;) {
    const ssize_t got = ::read(input, &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || c == '\n') return line;
    line += c;
  }
}

}  // namespace

Cluster::Cluster() : directory_(make_directory()) {
  const std::array<int, 2> life = make_pipe();
  const std::array<int, 2> answer = make_pipe();
  keeper_ = ::fork();
  if (keeper_ < 0) throw std::runtime_error("fork failed");
  if (keeper_ == 0) become_keeper(life[0], answer[1], directory_);
  ::close(life[0]);
  ::close(answer[1]);
  life_line_ = life[1];
  const std::string said = read_line(answer[0]);
  ::close(answer[0]);
  if (said != "ready") {
    throw std::runtime_error("PostgreSQL did not start, see " + directory_ + "/log");
  }
  superuser_url_ = "postgresql:///postgres?host=" + directory_ + "&user=postgres";
}

Cluster::~Cluster() {
  ::close(life_line_);
  while (::waitpid(keeper_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace ambula::testing

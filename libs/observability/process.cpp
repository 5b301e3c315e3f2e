#include "process.hpp"

#include <charconv>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

#include <ambula/base/text.hpp>

namespace ambula::metrics {
namespace {

// Positions in /proc/self/stat behind the process name, which may itself hold spaces and brackets
// (proc(5) counts them from 1 with the name as the second).
constexpr std::size_t stat_start_ticks = 22 - 3;
constexpr std::size_t stat_virtual_bytes = 23 - 3;
constexpr std::size_t stat_resident_pages = 24 - 3;

std::string read_whole(const char* path) {
  std::string text;
  const int file = ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return text;
  char buffer[4096];
  while (true) {
    const auto size = ::read(file, buffer, sizeof buffer);
    if (size <= 0) break;
    text.append(buffer, static_cast<std::size_t>(size));
  }
  ::close(file);
  return text;
}

double number_of(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

double stat_field(const std::string& stat, std::size_t index) {
  const auto name_end = stat.rfind(") ");
  if (name_end == std::string::npos) return 0;
  const auto fields = split(std::string_view(stat).substr(name_end + 2), ' ');
  return index < fields.size() ? number_of(fields[index]) : 0;
}

double boot_unix_seconds() {
  const auto stat = read_whole("/proc/stat");
  const auto at = stat.find("\nbtime ");
  return at == std::string::npos ? 0 : number_of(std::string_view(stat).substr(at + 7));
}

double cpu_seconds() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

double open_descriptors() {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc/self/fd"), &::closedir);
  if (!folder) return 0;
  int count = 0;
  while (const auto* entry = ::readdir(folder.get()))
    count += entry->d_name[0] != '.' ? 1 : 0;
  return count - 1;  // the folder itself was open while counting
}

double max_descriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<double>(limit.rlim_cur);
}

}  // namespace

ProcessFigures process_figures() {
  static const double boot = boot_unix_seconds();
  const auto stat = read_whole("/proc/self/stat");
  const auto ticks_per_second = static_cast<double>(::sysconf(_SC_CLK_TCK));
  ProcessFigures figures;
  figures.cpu_seconds = cpu_seconds();
  figures.resident_bytes =
      stat_field(stat, stat_resident_pages) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  figures.virtual_bytes = stat_field(stat, stat_virtual_bytes);
  figures.open_descriptors = open_descriptors();
  figures.max_descriptors = max_descriptors();
  figures.start_unix_seconds = boot + stat_field(stat, stat_start_ticks) / ticks_per_second;
  return figures;
}

}  // namespace ambula::metrics

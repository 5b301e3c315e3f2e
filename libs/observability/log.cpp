#include "log.hpp"

#include <atomic>
#include <cerrno>
#include <cmath>
#include <mutex>
#include <unistd.h>

#include <ambula/base/text.hpp>
#include <ambula/base/time.hpp>
#include <fmt/format.h>

#include "trace.hpp"

namespace ambula::log {
namespace {

/// A limit on everything: a field is a code or an id, so a longer text is a mistake that must not
/// flood the log.
constexpr std::size_t max_text_bytes = 1024;

struct State {
  std::atomic<Level> level{Level::info};
  std::mutex mutex;  // guards what follows and keeps the parts of a torn write together
  Identity identity;
  std::string* sink{nullptr};
};

State& state() {
  // Never destroyed: threads and static destructors may still log while the process ends.
  static auto* const state = new State;
  return *state;
}

std::string_view level_name(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warn:
      return "warn";
    case Level::error:
      return "error";
  }
  return "error";
}

void append_member(std::string& line, std::string_view name, std::string_view json) {
  if (line.size() > 1) line += ',';
  line += json_quote(to_utf8(name));
  line += ':';
  line += json;
}

void append_text(std::string& line, std::string_view name, std::string_view text) {
  append_member(line, name, json_quote(to_utf8(text.substr(0, max_text_bytes))));
}

struct JsonOf {
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(double number) const {
    return std::isfinite(number) ? fmt::format("{}", number) : "null";
  }
  std::string operator()(bool truth) const { return truth ? "true" : "false"; }
  std::string operator()(const std::string& text) const {
    return json_quote(to_utf8(std::string_view(text).substr(0, max_text_bytes)));
  }
};

std::string line_of(Level level, const Identity& identity, std::string_view event,
                    std::initializer_list<Field> fields) {
  std::string line = "{";
  append_text(line, "ts", format_instant(system_now()));
  append_text(line, "level", level_name(level));
  append_text(line, "service", identity.service);
  append_text(line, "version", identity.version);
  append_text(line, "event", event);
  if (const auto* context = trace::current()) {
    append_text(line, "trace_id", context->trace_id);
    append_text(line, "span_id", context->span_id);
  }
  const auto request_id = trace::current_request_id();
  if (!request_id.empty()) append_text(line, "request_id", request_id);
  for (const auto& field : fields)
    append_member(line, field.name, std::visit(JsonOf{}, field.value));
  line += "}\n";
  return line;
}

/// One write(2) per line; the loop is for interrupted and torn ones. A log that cannot be written
/// must not stop the work, so other failures lose the line.
void put(std::string_view line) {
  while (!line.empty()) {
    const auto written = ::write(STDOUT_FILENO, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    line.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
  auto& log = state();
  if (level < log.level.load(std::memory_order_relaxed)) return;
  const auto line = line_of(level, identity(), event, fields);
  const std::lock_guard lock(log.mutex);
  if (log.sink != nullptr) {
    *log.sink += line;
  } else {
    put(line);
  }
}

void configure(std::string_view service, std::string_view version, Level level) {
  auto& log = state();
  const std::lock_guard lock(log.mutex);
  log.identity = {std::string(service), std::string(version)};
  log.level.store(level, std::memory_order_relaxed);
}

Identity identity() {
  auto& log = state();
  const std::lock_guard lock(log.mutex);
  return log.identity;
}

std::optional<Level> parse_level(std::string_view name) {
  for (const Level level : {Level::debug, Level::info, Level::warn, Level::error}) {
    if (level_name(level) == name) return level;
  }
  return std::nullopt;
}

void capture(std::string* sink) {
  auto& log = state();
  const std::lock_guard lock(log.mutex);
  log.sink = sink;
}

}  // namespace ambula::log

#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <ambula/base/uuid.hpp>

namespace ambula::log {

enum class Level { debug, info, warn, error };

/// A typed field of a log line. Text fields take codes and ids that we made; nothing
/// that a person typed. They are cut at 1 024 bytes; malformed UTF-8 becomes U+FFFD.
struct Field {
  std::string_view name;
  std::variant<std::int64_t, double, bool, std::string> value;

  /// Any integer type; bool has its own constructor.
  template <std::integral T>
  requires(!std::same_as<T, bool>) Field(std::string_view field, T number)
      : name(field), value(static_cast<std::int64_t>(number)) {}
  Field(std::string_view field, double number) : name(field), value(number) {}
  Field(std::string_view field, bool truth) : name(field), value(truth) {}
  Field(std::string_view field, std::string_view text) : name(field), value(std::string(text)) {}
  Field(std::string_view field, const char* text) : name(field), value(std::string(text)) {}
  Field(std::string_view field, const std::string& text) : name(field), value(text) {}
  Field(std::string_view field, const Uuid& id) : name(field), value(id.str()) {}
};

/// One JSON object per line on stdout: ts, level, service, version, event, then
/// trace_id/span_id/request_id of the current scope (trace.hpp) and the fields. `event` is a stable
/// code in lower_snake_case.
void write(Level level, std::string_view event, std::initializer_list<Field> fields = {});

inline void debug(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::debug, event, fields);
}
inline void info(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::info, event, fields);
}
inline void warn(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::warn, event, fields);
}
inline void error(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::error, event, fields);
}

/// Who writes: the service and version of every line and of ambula_build_info.
struct Identity {
  std::string service;
  std::string version;
};
Identity identity();

/// "debug", "info", "warn", "error"; anything else is nullopt.
std::optional<Level> parse_level(std::string_view name);

/// Before the first line. Lines below `level` are dropped.
void configure(std::string_view service, std::string_view version, Level level);
/// For tests: lines go to `sink` instead of stdout; nullptr restores.
void capture(std::string* sink);

}  // namespace ambula::log

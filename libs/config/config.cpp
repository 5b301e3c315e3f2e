#include "config.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

#include <ambula/base/text.hpp>
#include <fmt/format.h>

namespace ambula::config {
namespace {

constexpr std::size_t max_secret_bytes = 64 * 1024;
/// Enough to recognise a mistake by, too little to fill a terminal.
constexpr std::size_t max_shown_bytes = 80;

std::string shown(std::string_view value) {
  const auto front = to_utf8(value.substr(0, max_shown_bytes));
  return json_quote(value.size() > max_shown_bytes ? front + "…" : front);
}

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::optional<bool> parse_flag(std::string_view text) {
  const auto lower = to_lower_ascii(text);
  if (lower == "true" || lower == "1" || lower == "yes" || lower == "on") return true;
  if (lower == "false" || lower == "0" || lower == "no" || lower == "off") return false;
  return std::nullopt;
}

/// The whole file without the line ends that editors and `echo` add; nullopt when it cannot be read
/// or is larger than any secret.
std::optional<std::string> read_secret_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  std::string text(max_secret_bytes + 1, '\0');
  std::size_t size = 0;
  ssize_t got = 0;
  while (size < text.size() && (got = ::read(file, text.data() + size, text.size() - size)) > 0) {
    size += static_cast<std::size_t>(got);
  }
  ::close(file);
  if (got < 0 || size > max_secret_bytes) return std::nullopt;
  text.resize(size);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
    text.pop_back();
  return text;
}

}  // namespace

Reader::Reader(Lookup lookup) : lookup_(std::move(lookup)) {}

Reader::Lookup Reader::environment() {
  return [](std::string_view key) -> std::optional<std::string> {
    const char* const value = std::getenv(std::string(key).c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

std::string Reader::required(std::string_view key, std::string_view about,
                             std::string_view example) {
  if (auto value = look(key, about, "(required)")) return *value;
  fault(fmt::format("{}: missing ({}), for example {}", key, about, example));
  return {};
}

std::string Reader::text(std::string_view key, std::string_view about, std::string_view fallback) {
  return look(key, about, fallback).value_or(std::string(fallback));
}

std::string Reader::secret(std::string_view key, std::string_view about,
                           std::string_view fallback) {
  // Whether there is a default may be told, its text may not.
  return look_secret(key, about, fallback.empty() ? "-" : "(secret)")
      .value_or(std::string(fallback));
}

std::string Reader::required_secret(std::string_view key, std::string_view about) {
  const auto faults_before = faults_.size();
  if (auto value = look_secret(key, about, "(required)")) return *value;
  if (faults_.size() == faults_before) {
    fault(fmt::format("{0}: missing ({1}), for example {0}_FILE=/run/secrets/{2}", key, about,
                      to_lower_ascii(key)));
  }
  return {};
}

std::int64_t Reader::integer(std::string_view key, std::string_view about, std::int64_t fallback,
                             std::int64_t min, std::int64_t max) {
  const auto value = look(key, about, std::to_string(fallback));
  if (!value) return fallback;
  const auto parsed = parse_int(*value);
  if (parsed && *parsed >= min && *parsed <= max) return *parsed;
  fault(fmt::format("{}: {} is not a whole number from {} to {}, for example {}", key,
                    shown(*value), min, max, fallback));
  return fallback;
}

double Reader::number(std::string_view key, std::string_view about, double fallback, double min,
                      double max) {
  const auto value = look(key, about, fmt::format("{}", fallback));
  if (!value) return fallback;
  const auto parsed = parse_number(*value);
  if (parsed && *parsed >= min && *parsed <= max) return *parsed;
  fault(fmt::format("{}: {} is not a number from {} to {}, for example {}", key, shown(*value), min,
                    max, fallback));
  return fallback;
}

bool Reader::flag(std::string_view key, std::string_view about, bool fallback) {
  const auto value = look(key, about, fallback ? "true" : "false");
  if (!value) return fallback;
  if (const auto parsed = parse_flag(*value)) return *parsed;
  fault(fmt::format("{}: {} is neither true nor false, for example {}", key, shown(*value),
                    fallback));
  return fallback;
}

std::chrono::milliseconds Reader::milliseconds(std::string_view key, std::string_view about,
                                               std::chrono::milliseconds fallback,
                                               std::chrono::milliseconds min,
                                               std::chrono::milliseconds max) {
  return std::chrono::milliseconds(integer(key, about, fallback.count(), min.count(), max.count()));
}

std::string Reader::help() const {
  std::string text;
  for (const auto& line : help_)
    text += line.text + "\n";
  return text;
}

std::optional<std::string> Reader::look(std::string_view key, std::string_view about,
                                        std::string_view fallback) {
  document(key, about, fallback);
  auto value = lookup_(key);
  // `KEY=` in a compose file or a shell means "not set".
  if (value && value->empty()) return std::nullopt;
  return value;
}

std::optional<std::string> Reader::look_secret(std::string_view key, std::string_view about,
                                               std::string_view fallback) {
  auto value = look(key, fmt::format("{}; or {}_FILE names a file with it", about, key), fallback);
  const auto file_key = std::string(key) + "_FILE";
  const auto path = lookup_(file_key);
  if (!path || path->empty()) return value;
  if (value) {
    fault(fmt::format("{}: set as well as {}; give one of them", key, file_key));
    return value;
  }
  auto content = read_secret_file(*path);
  if (!content) {
    fault(
        fmt::format("{}: the file {} cannot be read or is larger than {} bytes, for "
                    "example /run/secrets/{}",
                    file_key, shown(*path), max_secret_bytes, to_lower_ascii(key)));
  } else if (content->empty()) {
    fault(fmt::format("{}: the file {} is empty", file_key, shown(*path)));
    return std::nullopt;
  }
  return content;
}

void Reader::document(std::string_view key, std::string_view about, std::string_view fallback) {
  const auto known = [&](const HelpLine& line) { return line.key == key; };
  if (std::any_of(help_.begin(), help_.end(), known)) return;
  const auto value = fallback.empty() ? std::string_view("-") : fallback;
  help_.push_back({std::string(key), fmt::format("{:<36}  {:<20}  {}", key, value, about)});
}

void Reader::refuse(std::string_view key, std::string_view expected) {
  fault(fmt::format("{}: is not {}", key, expected));
}

void Reader::fault(std::string line) {
  if (std::find(faults_.begin(), faults_.end(), line) == faults_.end()) {
    faults_.push_back(std::move(line));
  }
}

}  // namespace ambula::config

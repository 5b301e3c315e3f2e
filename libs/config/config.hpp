#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ambula::config {

/// Reads typed settings from the environment and collects every fault, so that one start names all
/// of them. A secret may come from a file: `<KEY>_FILE` names it (Kubernetes secrets). Each read
/// also documents the key, so
/// `--help-config` prints what a process understands. An empty value counts as missing.
class Reader {
 public:
  using Lookup = std::function<std::optional<std::string>(std::string_view key)>;
  /// `lookup` is the environment unless a test gives another.
  explicit Reader(Lookup lookup = environment());
  static Lookup environment();

  /// `example` is shown when the value is missing or wrong.
  std::string required(std::string_view key, std::string_view about, std::string_view example);
  std::string text(std::string_view key, std::string_view about, std::string_view fallback);
  /// From KEY or the file KEY_FILE (line ends at its end are cut); never printed.
  std::string secret(std::string_view key, std::string_view about, std::string_view fallback = "");
  /// The same, but missing is a fault.
  std::string required_secret(std::string_view key, std::string_view about);
  std::int64_t integer(std::string_view key, std::string_view about, std::int64_t fallback,
                       std::int64_t min, std::int64_t max);
  double number(std::string_view key, std::string_view about, double fallback, double min,
                double max);
  bool flag(std::string_view key, std::string_view about, bool fallback);
  std::chrono::milliseconds milliseconds(std::string_view key, std::string_view about,
                                         std::chrono::milliseconds fallback,
                                         std::chrono::milliseconds min,
                                         std::chrono::milliseconds max);

  /// A fault of the caller's own: the value that was read for the key is not `expected`. The value
  /// itself is not told.
  void refuse(std::string_view key, std::string_view expected);

  /// One line per fault: key, what is wrong with the value (not a secret's value), an example.
  /// Empty = all is well. Variables that begin with AMBULA_ but were never read are not faults:
  /// processes share one environment.
  const std::vector<std::string>& faults() const { return faults_; }
  /// "KEY  default  about" per line, for --help-config.
  std::string help() const;

 private:
  struct HelpLine {
    std::string key;
    std::string text;
  };
  std::optional<std::string> look(std::string_view key, std::string_view about,
                                  std::string_view fallback);
  std::optional<std::string> look_secret(std::string_view key, std::string_view about,
                                         std::string_view fallback);
  void document(std::string_view key, std::string_view about, std::string_view fallback);
  void fault(std::string line);

  Lookup lookup_;
  std::vector<std::string> faults_;
  std::vector<HelpLine> help_;
};

}  // namespace ambula::config

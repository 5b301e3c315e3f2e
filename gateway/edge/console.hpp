#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <ambula/base/result.hpp>
#include <ambula/http/message.hpp>

namespace ambula::edge {

/// The web console, read once at the start and answered from memory [UI-1].
///
///   /assets/<name>-<hash>.<kind>  never changes under its name: kept for a year
///   /, and every page of the console: index.html, asked for anew each time
class Console {
 public:
  /// Reads a folder as Vite builds it; `x.br` and `x.gz` are the packed forms of `x`.
  static Result<Console> load(const std::filesystem::path& folder);

  /// nullopt: not the console's, so it is looked for elsewhere.
  std::optional<http::Response> answer(const http::Request& request) const;

 private:
  struct File {
    std::string type;
    std::string tag;
    std::string plain;
    std::string brotli;
    std::string gzip;
    bool lasting{false};
  };

  static http::Response encode(const http::Request& request, const File& file);
  void take(const std::string& path, std::string content);

  std::map<std::string, File, std::less<>> files_;
};

}  // namespace ambula::edge

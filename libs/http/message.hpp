#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ambula/http/channel.hpp>

namespace ambula::http {

/// Header fields in order of arrival. Names are stored in lower case and looked up in lower case.
class Headers {
 public:
  void add(std::string_view name, std::string_view value);
  /// Replaces every field of that name.
  void set(std::string_view name, std::string_view value);
  void remove(std::string_view name);
  /// The first field of that name. The view lives as long as the Headers are unchanged.
  std::optional<std::string_view> get(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& all() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

enum class Method { get, head, post, put, patch, delete_, options };
std::string_view to_string(Method method);
std::optional<Method> parse_method(std::string_view text);

/// A request whose head has passed the strict validator and whose body is complete.
struct Request {
  Method method{Method::get};
  std::string path;  ///< percent-decoded, without query; begins with '/'
  /// Percent-decoded query parameters in order. Never logged: they may hold patient data.
  std::vector<std::pair<std::string, std::string>> query;
  std::string raw_query;  ///< as received, for passing on
  Headers headers;
  std::string body;
  std::string remote_addr;  ///< the peer's address without port
  /// Work not begun by then is dropped with 503. From the server's total limit, shortened by the
  /// gateway's `ambula-deadline-ms` header (milliseconds that remain).
  std::chrono::steady_clock::time_point deadline;
};

/// An answer: a whole body, or a stream that is sent chunk by chunk (CSV, server-sent events).
struct Response {
  int status{200};
  Headers headers;
  std::string body;
  std::shared_ptr<Channel> stream;  ///< when set, `body` is ignored and the answer is chunked
};

}  // namespace ambula::http

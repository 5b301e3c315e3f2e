#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/time.hpp>
#include <ambula/base/uuid.hpp>

namespace ambula::db {

/// Parameters of one statement, in PostgreSQL's text format. NULL is an empty optional.
class Params {
 public:
  template <class... Args>
  static Params of(const Args&... args) {
    Params params;
    (append_param(params, args), ...);
    return params;
  }
  void add(std::optional<std::string> text) { values_.push_back(std::move(text)); }
  const std::vector<std::optional<std::string>>& values() const { return values_; }

 private:
  std::vector<std::optional<std::string>> values_;
};

// How a C++ value becomes a parameter. A type of another library joins by its own append_param
// (found by ADL) and may add several parameters.
void append_param(Params& params, std::string_view value);
inline void append_param(Params& params, const std::string& value) {
  append_param(params, std::string_view(value));
}
inline void append_param(Params& params, const char* value) {
  append_param(params, std::string_view(value));
}
void append_param(Params& params, bool value);
void append_param(Params& params, int value);
void append_param(Params& params, std::int64_t value);
void append_param(Params& params, double value);
void append_param(Params& params, const Uuid& value);
/// `Instant::max()` and `Instant::min()` are `infinity` and `-infinity`.
void append_param(Params& params, Instant value);
void append_param(Params& params, Date value);
/// As minutes (int4).
void append_param(Params& params, LocalMinutes value);
void append_param(Params& params, std::nullopt_t);
/// As a PostgreSQL array literal; cast in the statement: `$1::uuid[]`.
void append_param(Params& params, const std::vector<std::string>& values);
void append_param(Params& params, const std::vector<Uuid>& values);
void append_param(Params& params, const std::vector<std::int64_t>& values);
void append_param(Params& params, const std::vector<int>& values);
void append_param(Params& params, const std::vector<Instant>& values);
/// NULL elements allowed.
void append_param(Params& params, const std::vector<std::optional<std::string>>& values);
template <class T>
void append_param(Params& params, const std::optional<T>& value) {
  if (value) {
    append_param(params, *value);
  } else {
    append_param(params, std::nullopt);
  }
}

}  // namespace ambula::db

#pragma once

// For codec.cpp files only (tests/tidy): this header brings nlohmann_json in.

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ambula/base/result.hpp>
#include <ambula/base/time.hpp>
#include <ambula/base/uuid.hpp>
#include <nlohmann/json.hpp>

namespace ambula::json {

/// Keeps members in the order they were added, so that examples are re-encoded byte for byte.
using Value = nlohmann::ordered_json;

/// What a text may grow into. `members` counts members of objects and elements of arrays, in all.
struct Limits {
  std::size_t depth{32};
  std::size_t members{10'000};
};

/// Parses strictly: one value, UTF-8, no byte order mark, within the limits, no duplicate keys, no
/// NaN/Infinity; integers must fit int64, other numbers double. Error: 400 `invalid-request` with
/// the byte position in `detail` and no part of the text; a duplicate key also as a field with its
/// pointer.
Result<Value> parse(std::string_view text, Limits limits = {});

/// Compact text. Strings should be UTF-8 (everything that came through `parse` is); a malformed
/// byte becomes U+FFFD.
std::string dump(const Value& value);

/// What a text may be. Lengths are in code points; text is trimmed of white space at both ends
/// first.
struct Text {
  std::size_t min{1};
  std::size_t max{200};
  bool multiline{false};
};

/// Reads the members of one object and collects every fault with its JSON pointer. A member that
/// was never asked for is a fault too (`unknown-field`), found by `finish`; asking with `has`
/// counts. Rules of shape (required, type, format, unknown-field, read-only) make the whole a 400
/// `invalid-request`; rules of value (length, range, choice, control-character) a 422
/// `invalid-value`. `format` is a malformed id, instant, date or time: those are types. At most 100
/// faults are told. The value must outlive the reader. Copies share what was read and found.
///
///   json::Object body(value);
///   auto name = body.text("given_name", {.max = 100});
///   if (auto fault = body.finish()) return *fault;
class Object {
 public:
  explicit Object(const Value& value);
  explicit Object(Value&&) = delete;

  bool has(std::string_view name) const;         ///< present and not null
  bool is_null(std::string_view name) const;     ///< present as null (a PATCH that clears)
  bool is_present(std::string_view name) const;  ///< present, maybe null

  // Required readers: a missing or null member is a fault; the returned value is then a default.
  std::string text(std::string_view name, Text rule = {});
  std::int64_t integer(std::string_view name, std::int64_t min, std::int64_t max);
  double number(std::string_view name, double min, double max);
  bool boolean(std::string_view name);
  Uuid uuid(std::string_view name);
  Instant instant(std::string_view name);
  Date date(std::string_view name);
  LocalMinutes local_time(std::string_view name);
  /// One of the names (exactly). Returns its index.
  std::size_t choice(std::string_view name, const std::vector<std::string_view>& names);
  Object object(std::string_view name);
  std::vector<Object> objects(std::string_view name, std::size_t min, std::size_t max);
  std::vector<std::string> texts(std::string_view name, std::size_t min, std::size_t max,
                                 Text rule = {});
  std::vector<std::int64_t> integers(std::string_view name, std::size_t min_count,
                                     std::size_t max_count, std::int64_t min, std::int64_t max);
  std::vector<Uuid> uuids(std::string_view name, std::size_t min, std::size_t max);

  // Optional readers: a missing or null member is nullopt.
  std::optional<std::string> optional_text(std::string_view name, Text rule = {});
  std::optional<std::int64_t> optional_integer(std::string_view name, std::int64_t min,
                                               std::int64_t max);
  std::optional<double> optional_number(std::string_view name, double min, double max);
  std::optional<bool> optional_boolean(std::string_view name);
  std::optional<Uuid> optional_uuid(std::string_view name);
  std::optional<Instant> optional_instant(std::string_view name);
  std::optional<Date> optional_date(std::string_view name);
  std::optional<LocalMinutes> optional_local_time(std::string_view name);
  std::optional<std::size_t> optional_choice(std::string_view name,
                                             const std::vector<std::string_view>& names);
  std::optional<Object> optional_object(std::string_view name);

  /// Adds a fault of the codec's own. `shape` faults make the whole a 400, others a 422.
  void fault(std::string_view name, std::string_view rule, std::string_view detail,
             bool shape = false);
  /// The same for an element of the member, a list.
  void fault(std::string_view name, std::size_t index, std::string_view rule,
             std::string_view detail, bool shape = false);
  /// A field that only the server sets: 400 `read-only` when the client sent it.
  void read_only(std::initializer_list<std::string_view> names);
  /// The member's pointer ("/items/0/quantity").
  std::string pointer(std::string_view name) const;

  /// nullopt, or the Error with all faults of this object and everything nested in it. Call it on
  /// the outermost.
  std::optional<Error> finish();
  /// Like `finish`, but members that were never asked for are no fault: for events of neighbours,
  /// which may gain fields.
  std::optional<Error> finish_known();

 private:
  struct Node;   // one object: which of its members were asked for
  struct State;  // the faults and nodes of the outermost object and all nested in it

  Object(std::shared_ptr<State> state, const Value* value, std::string pointer);
  const Value* find(std::string_view name) const;
  const Value* find_required(std::string_view name);
  template <class Read>
  auto optional(std::string_view name, Read read);
  template <class Read>
  auto required(std::string_view name, Read read);
  template <class Read>
  auto list(std::string_view name, std::size_t min, std::size_t max, Read read);

  std::shared_ptr<State> state_;
  std::size_t node_{0};
};

/// For an update: absent = keep, null = clear, else set.
template <class T>
struct Change {
  bool present{false};
  std::optional<T> value;
};

/// Helpers for writing.
inline Value of(const Uuid& id) {
  return id.str();
}
inline Value of(Instant at) {
  return format_instant(at);
}
inline Value of(Date date) {
  return format_date(date);
}
inline Value of(LocalMinutes minutes) {
  return format_local_minutes(minutes);
}
inline Value of(const std::string& text) {
  return text;
}
inline Value of(std::string_view text) {
  return std::string(text);
}
inline Value of(bool truth) {
  return truth;
}
inline Value of(std::int64_t number) {
  return number;
}
inline Value of(int number) {
  return number;
}
inline Value of(double number) {
  return number;
}
template <class T>
Value of(const std::optional<T>& value) {
  return value ? of(*value) : Value(nullptr);
}
template <class T>
Value of(const std::vector<T>& values) {
  Value array = Value::array();
  for (const auto& value : values)
    array.push_back(of(value));
  return array;
}
/// Adds `name` only when there is a value: absent optionals are absent in our documents.
template <class T>
void put(Value& object, const char* name, const std::optional<T>& value) {
  if (value) object[name] = of(*value);
}

}  // namespace ambula::json

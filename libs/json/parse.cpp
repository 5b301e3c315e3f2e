#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include <ambula/base/text.hpp>
#include <fmt/format.h>

#include "json.hpp"
#include "pointer.hpp"

namespace ambula::json {
namespace {

constexpr int out_of_range_number = 406;  // nlohmann's id for numbers like 1e400

/// Walks the bytes for nlohmann's lexer and tells outside how far it has come: its handler is not
/// told the position of what it is given.
class Cursor {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Cursor() = default;
  Cursor(const char* at, const char** reached) : at_(at), reached_(reached) {}

  reference operator*() const { return *at_; }
  Cursor& operator++() {
    ++at_;
    if (reached_ != nullptr) *reached_ = at_;
    return *this;
  }
  Cursor operator++(int) {
    const Cursor before = *this;
    ++*this;
    return before;
  }
  bool operator==(const Cursor& other) const { return at_ == other.at_; }

 private:
  const char* at_{nullptr};
  const char** reached_{nullptr};
};

/// Builds the value without recursion and stops at the first fault. The names are nlohmann's.
class Builder {
 public:
  Builder(Limits limits, const char* begin) : limits_(limits), begin_(begin), reached_(begin) {}

  const char** reached() { return &reached_; }
  Value take() { return std::move(root_); }
  Error error() && { return std::move(error_); }

  bool null() { return add(Value(nullptr)) != nullptr; }
  bool boolean(bool truth) { return add(Value(truth)) != nullptr; }
  bool number_integer(std::int64_t number) { return add(Value(number)) != nullptr; }
  bool number_unsigned(std::uint64_t number) {
    if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return refuse("A number is out of range");
    }
    return number_integer(static_cast<std::int64_t>(number));
  }
  bool number_float(double number, const std::string& text) {
    // An integer too long for 64 bits arrives here, rounded.
    const bool is_integer = text.find_first_of(".eE") == std::string::npos;
    if (is_integer || !std::isfinite(number)) return refuse("A number is out of range");
    return add(Value(number)) != nullptr;
  }
  bool string(std::string& text) { return add(Value(std::move(text))) != nullptr; }
  bool binary(Value::binary_t& /*bytes*/) { return refuse("This is not JSON"); }

  bool start_object(std::size_t /*size*/) { return open(Value::object()); }
  bool key(std::string& name) {
    frames_.back().name = std::move(name);
    return true;
  }
  bool end_object() {
    const auto* const twice = repeated_name(*frames_.back().container);
    if (twice != nullptr) return refuse_duplicate(*twice);
    frames_.pop_back();
    return true;
  }

  bool start_array(std::size_t /*size*/) { return open(Value::array()); }
  bool end_array() {
    frames_.pop_back();
    return true;
  }

  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const nlohmann::detail::exception& fault) {
    // The exception's text quotes the input: only its number is used.
    return refuse(fault.id == out_of_range_number ? "A number is out of range"
                                                  : "This is not JSON");
  }

 private:
  struct Frame {
    Value* container;
    std::string name;  // of the member to come, when it is an object
  };

  bool open(Value container) {
    if (frames_.size() >= limits_.depth) {
      return refuse(fmt::format("Nested deeper than {} levels", limits_.depth));
    }
    Value* const added = add(std::move(container));
    if (added == nullptr) return false;
    frames_.push_back({added, {}});
    return true;
  }

  /// The value at its place; nullptr when there are too many. Places stay where they are while they
  /// are open: only the innermost container grows.
  Value* add(Value value) {
    if (frames_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    if (++members_ > limits_.members) {
      refuse(fmt::format("More than {} members", limits_.members));
      return nullptr;
    }
    auto& [container, name] = frames_.back();
    if (container->is_array()) {
      auto& elements = container->get_ref<Value::array_t&>();
      elements.push_back(std::move(value));
      return &elements.back();
    }
    // ordered_map looks through all its members on every insertion; appending keeps a large object
    // from costing the square of its size. Duplicates are found when it ends.
    auto& members = container->get_ref<Value::object_t&>();
    members.emplace_back(std::move(name), std::move(value));
    return &members.back().second;
  }

  static const std::string* repeated_name(const Value& object) {
    std::vector<const std::string*> names;
    const auto& members = object.get_ref<const Value::object_t&>();
    names.reserve(members.size());
    for (const auto& member : members)
      names.push_back(&member.first);
    std::sort(names.begin(), names.end(), [](auto a, auto b) { return *a < *b; });
    const auto twice =
        std::adjacent_find(names.begin(), names.end(), [](auto a, auto b) { return *a == *b; });
    return twice == names.end() ? nullptr : *twice;
  }

  bool refuse(std::string_view what) {
    error_ = {ErrorKind::malformed,
              "invalid-request",
              fmt::format("{} (near byte {}).", what, reached_ - begin_),
              {},
              {}};
    return false;
  }

  bool refuse_duplicate(const std::string& name) {
    refuse("A name appears twice in one object");
    error_.fields.push_back(
        {path_to(name), "duplicate-key", "The name appears more than once in its object."});
    return false;
  }

  /// The pointer of a member of the innermost object, as far as its names may be repeated
  /// (pointer.hpp).
  std::string path_to(const std::string& name) const {
    std::string pointer;
    for (const auto& frame : frames_) {
      const auto& container = *frame.container;
      if (container.is_array()) {
        pointer += fmt::format("/{}", container.size() - 1);
        continue;
      }
      const bool is_innermost = &frame == &frames_.back();
      const auto& step =
          is_innermost ? name : container.get_ref<const Value::object_t&>().back().first;
      if (!is_plain_name(step)) return pointer;
      pointer += "/" + step;
    }
    return pointer;
  }

  Limits limits_;
  const char* begin_;
  const char* reached_;
  Value root_;
  std::vector<Frame> frames_;
  std::size_t members_{0};
  Error error_;
};

Error not_json(std::string_view what, std::size_t position) {
  return {ErrorKind::malformed,
          "invalid-request",
          fmt::format("{} (near byte {}).", what, position),
          {},
          {}};
}

}  // namespace

Result<Value> parse(std::string_view text, Limits limits) {
  // nlohmann takes a NUL for the end of the text and skips a byte order mark; neither is JSON.
  if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
    return not_json("This is not JSON", nul);
  }
  if (text.substr(0, 3) == "\xEF\xBB\xBF") return not_json("This is not JSON", 0);
  Builder builder(limits, text.data());
  const Cursor begin(text.data(), builder.reached());
  const Cursor end(text.data() + text.size(), nullptr);
  if (!Value::sax_parse(begin, end, &builder)) return std::move(builder).error();
  return builder.take();
}

std::string dump(const Value& value) {
  // The strict handler throws an exception that quotes the text; a replacement character is better.
  return value.dump(-1, ' ', false, Value::error_handler_t::replace);
}

}  // namespace ambula::json

#pragma once

#include <optional>
#include <utility>
#include <variant>

#include <ambula/base/check.hpp>
#include <ambula/base/error.hpp>

namespace ambula {

/// A value or the Error that explains why there is none. Converts from both.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit on purpose
  Result(Error error)
      : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit on purpose

  explicit operator bool() const { return state_.index() == 0; }

  T& value() & {
    AMBULA_CHECK(state_.index() == 0);
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    AMBULA_CHECK(state_.index() == 0);
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    AMBULA_CHECK(state_.index() == 0);
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& {
    AMBULA_CHECK(state_.index() == 1);
    return *std::get_if<1>(&state_);
  }
  Error&& error() && {
    AMBULA_CHECK(state_.index() == 1);
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, Error> state_;
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit on purpose

  explicit operator bool() const { return !error_; }
  const Error& error() const& {
    AMBULA_CHECK(error_.has_value());
    return *error_;
  }
  Error&& error() && {
    AMBULA_CHECK(error_.has_value());
    return std::move(*error_);
  }

 private:
  std::optional<Error> error_;
};

}  // namespace ambula
